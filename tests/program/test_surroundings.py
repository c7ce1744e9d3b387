"""Launchers of other MPIs, and what containers lack: a home, a name, shared
memory, system calls, processors' time, a root that can be written."""
import hashlib
import os
import pathlib
import platform
import pty
import shutil
import subprocess
import sys
import unittest

import program

FIT = ("--data", "synth:600", "--lambda", "1,10", "--model", "m.st")
QUIET = (*FIT, "--quiet")
FORBID = (sys.executable, "-B", str(pathlib.Path(__file__).with_name(
    "forbid.py")))
UNAVAILABLE = 69

SBATCH = {"SLURM_JOB_ID": "7", "SLURM_NTASKS": "4", "SLURM_NPROCS": "4",
          "SLURM_PROCID": "0", "SLURM_LOCALID": "0", "SLURM_NODEID": "0",
          "SLURM_TASKS_PER_NODE": "4", "SLURM_JOBID": "7",
          "SLURM_NODELIST": "localhost", "SLURM_JOB_NODELIST": "localhost"}
STEP = {**SBATCH, "SLURM_STEP_ID": "0", "SLURM_STEPID": "0",
        "SLURM_STEP_NUM_TASKS": "4"}
PMI_2 = {"PMI_FD": "99", "PMI_JOBID": "7.0"}

NO_HOMES = {"XDG_CACHE_HOME": None, "STARPU_HOME": None,
            "STARPU_PERF_MODEL_DIR": None}


def works(*line):
    return subprocess.run(line, stdin=subprocess.DEVNULL, check=False,
                          capture_output=True).returncode == 0


NAME_SPACE = os.geteuid() == 0 and works("unshare", "-m", "true")
PERSONS = os.geteuid() == 0 and works("setpriv", "--reuid", "54321", "true")
FILTERS = works(*FORBID, "personality", "true")


class Case(program.Case):
    def check(self, *arguments, **how):
        """It trains, and says nothing."""
        (self.folder / "m.st").unlink(missing_ok=True)
        run = self.run_program(*(arguments or QUIET), **how)
        self.assertEqual((run.stdout, run.stderr), ("", ""))
        self.assertTrue((self.folder / "m.st").exists())


class Launchers(Case):
    def start(self, environments, *arguments):
        """Processes side by side, as a launcher starts them; their statuses,
        and what they print together."""
        children = [subprocess.Popen(
            program.command(*arguments), cwd=self.folder, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=program.environment(**settings))
            for settings in environments]
        prints = [child.communicate(timeout=60 * program.PATIENCE)
                  for child in children]
        return ([child.returncode for child in children],
                "".join(out for out, _ in prints),
                "".join(err for _, err in prints))

    def test_others(self):
        """One of them says why, and nothing is written or computed."""
        kinds = {
            "PMI_SIZE": [{"PMI_RANK": str(rank), "PMI_SIZE": "3"}
                         for rank in range(3)],
            "SLURM_STEP_NUM_TASKS": [{**STEP, "SLURM_PROCID": str(rank)}
                                     for rank in range(4)],
            "PMI_SIZE, in Slurm": [
                {**STEP, **PMI_2, "PMI_RANK": str(rank), "PMI_SIZE": "3"}
                for rank in range(3)],
        }
        for name, environments in kinds.items():
            name = name.split(",")[0]
            for arguments in (FIT, ("info", "synth:600"), ("--no-such",)):
                with self.subTest(name=name, arguments=arguments):
                    statuses, out, err = self.start(environments, *arguments)
                    self.assertEqual(set(statuses), {UNAVAILABLE}, err)
                    self.assertEqual(out, "")
                    self.assertEqual(err.count("\n"), 1, err)
                    self.assertIn("started %d processes (%s)" %
                                  (len(environments), name), err)
                    self.assertIn("mpirun", err)
        self.assertEqual(os.listdir(self.folder), [])

    def test_remedy(self):
        """What the message says makes one process of it."""
        self.check(settings={**STEP, "SLURM_STEP_NUM_TASKS": None})
        self.check(settings={"PMI_RANK": "1"})

    def test_one_process(self):
        for settings in (
                SBATCH,
                {**STEP, "SLURM_STEP_NUM_TASKS": "1"},
                {**STEP, **PMI_2, "SLURM_STEP_NUM_TASKS": "1",
                 "PMI_RANK": "0", "PMI_SIZE": "1"},
                {"PMI_RANK": "0", "PMI_SIZE": "1"},
                {"PMIX_RANK": "0", "PMIX_NAMESPACE": "gone"},
                {"OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2"}):
            with self.subTest(settings=settings):
                self.check(settings=settings, ranks=None)

    def test_mpirun_within(self):
        for ranks in (1, 2):
            for settings in (SBATCH, STEP, {"PMI_RANK": "1", "PMI_SIZE": "3"}):
                # mpirun itself is not to look for Slurm
                settings = {**settings, "OMPI_MCA_ras": "^slurm",
                            "OMPI_MCA_plm": "^slurm"}
                with self.subTest(ranks=ranks, settings=settings):
                    self.check(ranks=ranks, settings=settings)

    def test_shell_of_a_step(self):
        """srun --pty gives a shell a terminal; what is typed there is one."""
        child, terminal = pty.fork()
        if child == 0:
            try:
                os.chdir(self.folder)
                os.execve(program.PROGRAM, program.command(*QUIET),
                          program.environment(**STEP, SLURM_PTY_PORT="9"))
            finally:
                os._exit(1)
        printed = b""
        try:
            while part := os.read(terminal, 4096):
                printed += part
        except OSError:
            pass  # the end
        status = os.waitpid(child, 0)[1]
        os.close(terminal)
        self.assertEqual((status, printed), (0, b""))


@unittest.skipUnless(PERSONS, "only root may run as somebody else")
class Persons(Case):
    """An arbitrary uid, as OpenShift gives."""

    def setUp(self):
        super().setUp()
        os.chmod(self.folder, 0o777)
        self.public = self.folder / "public"
        (self.public / "lib").mkdir(parents=True)
        shutil.copy(program.PROGRAM, self.public)
        libraries = subprocess.run(["ldd", program.PROGRAM], check=True,
                                   capture_output=True, text=True).stdout
        for line in libraries.splitlines():
            if "starpu" in line and "/" in line:
                shutil.copy(line.split("=>")[1].split()[0],
                            self.public / "lib")
        self.read_only = self.folder / "read-only"
        self.read_only.mkdir(mode=0o555)

    def start(self, home, ranks=None, status=0, arguments=QUIET, **settings):
        """As nobody in particular; value: what it prints on standard error."""
        shutil.rmtree(self.folder / "work", ignore_errors=True)
        work = self.folder / "work"
        work.mkdir()
        work.chmod(0o777)
        line = ["setpriv", "--reuid", "54321", "--regid", "0",
                "--clear-groups", "--"]
        if ranks:
            line += ["mpirun", "--oversubscribe", "-np", str(ranks)]
        run = subprocess.run(
            [*line, self.public / pathlib.Path(program.PROGRAM).name,
             *arguments], cwd=work, text=True, capture_output=True,
            timeout=60 * program.PATIENCE, check=False,
            env=program.environment(**{
                "HOME": home, "USER": None, "LOGNAME": None, **NO_HOMES,
                "LD_LIBRARY_PATH": str(self.public / "lib"), **settings}))
        self.assertEqual(run.returncode, status, run.stderr)
        self.assertEqual((work / "m.st").exists(), status == 0)
        return run.stderr

    @unittest.skipIf(program.SANITIZED, "its libraries are root's")
    def test_homes(self):
        read_only = str(self.read_only)
        for ranks in (None, 2):
            for home in ("/", "/root", "/nonexistent", read_only, ""):
                with self.subTest(home=home, ranks=ranks):
                    self.assertEqual(self.start(home, ranks), "")
        for settings in ({"XDG_CACHE_HOME": "/root"}, {"TMPDIR": read_only},
                         {"TMPDIR": "/nonexistent"}, {"TMPDIR": "t" * 5000},
                         {"STARPU_SCHED": "lws"}):
            with self.subTest(settings=settings):
                self.assertEqual(self.start("/", **settings), "")

    @unittest.skipIf(program.SANITIZED, "its libraries are root's")
    def test_no_home(self):
        """(mpirun of OpenMPI 4.1 itself crashes then.)"""
        self.assertEqual(self.start(None), "")
        self.assertEqual(self.start(None, TMPDIR=str(self.read_only)), "")

    @unittest.skipIf(program.SANITIZED, "its libraries are root's")
    def test_others_folder(self):
        """StarPU's folder in a folder that all share is somebody else's."""
        shared = self.folder / "shared"
        (shared / ".starpu" / "sampling").mkdir(parents=True)
        shared.chmod(0o1777)
        for settings in ({"HOME": str(shared)}, {"HOME": None},
                         {"HOME": "/", "XDG_CACHE_HOME": str(shared)}):
            home = settings.pop("HOME")
            with self.subTest(home=home, settings=settings):
                self.assertEqual(
                    self.start(home, TMPDIR=str(shared), **settings), "")
                self.assertEqual(os.listdir(shared), [".starpu"])

    @unittest.skipIf(program.SANITIZED, "its libraries are root's")
    def test_measurements_that_are_wanted(self):
        """--calibrate is for nothing where they cannot be kept."""
        err = self.start("/", status=UNAVAILABLE,
                         arguments=(*QUIET, "--calibrate"))
        self.assertIn("HOME=/: StarPU cannot keep its measurements", err)
        self.assertIn("set STARPU_HOME", err)


class Homes(Case):
    def test_folders_that_are_not_to_be_made(self):
        """A home that is missing is not made, and nothing is left behind, by
        schedulers that measure or by what draws, either."""
        missing = self.folder / "missing"
        temporary = self.folder / "temporary"
        temporary.mkdir()
        for home in (str(missing), None):
            for scheduler in (None, "dmda"):
                with self.subTest(home=home, scheduler=scheduler):
                    self.check(*QUIET, "--confusion", "c.png", settings={
                        "HOME": home, "TMPDIR": str(temporary), **NO_HOMES,
                        "STARPU_SCHED": scheduler}, ranks=None)
                    self.assertFalse(missing.exists())
                    self.assertEqual(os.listdir(temporary), [])

    def test_killed(self):
        """Nothing is left by a run that is killed once it computes."""
        temporary = self.folder / "temporary"
        temporary.mkdir()
        line = program.command("--data", "synth:3000000", "--lambda", "1",
                               "--verbose")
        with subprocess.Popen(
                line, cwd=self.folder, text=True, stderr=subprocess.PIPE,
                env=program.environment(HOME="/nonexistent", **NO_HOMES,
                                        TMPDIR=str(temporary))) as child:
            for printed in child.stderr:
                if printed.startswith("memory "):
                    break
            child.kill()
        self.assertEqual(os.listdir(temporary), [])


@unittest.skipUnless(NAME_SPACE, "only root may mount")
class SharedMemory(Case):
    def mounted(self, *commands):
        """Mounts for the program alone."""
        return ("unshare", "-m", "sh", "-c",
                " && ".join(commands) + ' && exec "$@"', "sh")

    def test_home_full(self):
        """Or over its quota: not where StarPU may write."""
        home = self.folder / "home"
        home.mkdir()
        self.check(ranks=None, settings={"HOME": str(home), **NO_HOMES},
                   before=self.mounted(
                       "mount -t tmpfs -o size=16k home '%s'" % home,
                       "{ head -c 100000 /dev/zero 2>/dev/null >'%s'/x; true; }"
                       % home))

    def test_small(self):
        self.check()
        want = hashlib.sha256((self.folder / "m.st").read_bytes()).digest()
        for size, ranks in (("16k", 2), ("1m", 4), ("4m", 2), ("12m", 2),
                            ("64m", 4)):
            with self.subTest(size=size, ranks=ranks):
                self.check(before=self.mounted(
                    "mount -t tmpfs -o size=%s shm /dev/shm" % size),
                    ranks=ranks)
                got = (self.folder / "m.st").read_bytes()
                self.assertEqual(hashlib.sha256(got).digest(), want)

    def test_full(self):
        self.check(ranks=2, before=self.mounted(
            "mount -t tmpfs -o size=8m shm /dev/shm",
            "head -c 8000000 /dev/zero >/dev/shm/other"))

    def test_read_only(self):
        self.check(ranks=2, before=self.mounted(
            "mount -t tmpfs -o ro shm /dev/shm"))

    def test_nowhere_to_map(self):
        """Neither there nor in /tmp: TCP; also where ranks seem to be on more
        nodes than one."""
        shutil.copy(program.PROGRAM, self.folder / "ridge")
        for local in ("6", "5"):
            run = subprocess.run(
                [*self.mounted("mount --bind '%s' /mnt" % self.folder,
                               "mount -t tmpfs -o size=1m shm /dev/shm",
                               "mount -t tmpfs -o size=12m tmp /tmp",
                               "cd /mnt"),
                 "mpirun", "--oversubscribe", "-np", "6", "env",
                 "OMPI_COMM_WORLD_LOCAL_SIZE=" + local, "./ridge", *QUIET],
                cwd=self.folder, text=True, capture_output=True, check=False,
                timeout=60 * program.PATIENCE,
                env=program.environment(TMPDIR=None))
            with self.subTest(local=local):
                self.assertEqual((run.returncode, run.stdout, run.stderr),
                                 (0, "", ""))
                (self.folder / "m.st").unlink()

    def test_root_read_only(self):
        read_only = ("mount -o remount,bind,ro /",
                     "mount -t tmpfs shm /dev/shm")
        for ranks, folder in ((None, None), (2, "/dev/shm")):
            out = self.run_program("--data", "synth:600", "--lambda", "1",
                                   before=self.mounted(*read_only),
                                   ranks=ranks, settings={
                                       "STARPU_HOME": None,
                                       "XDG_CACHE_HOME": None,
                                       "TMPDIR": folder})
            self.assertIn("Accuracy", out.stdout)
            self.assertEqual(out.stderr, "")

    def test_nothing_to_write_to(self):
        out = self.run_program(
            "--data", "synth:600", ranks=None, status=UNAVAILABLE,
            settings={"HOME": "/", **NO_HOMES},
            before=self.mounted("mount -t tmpfs -o ro shm /dev/shm",
                                "mount -o remount,bind,ro /"))
        self.assertIn("set TMPDIR", out.stderr)
        self.assertIn("mount a tmpfs at /tmp", out.stderr)


@unittest.skipUnless(FILTERS, "no filters of system calls to be had")
@unittest.skipIf(program.SANITIZED, "sanitizers make calls of their own")
class Calls(Case):
    """What seccomp forbids in containers."""

    def test_forbidden(self):
        memory = "process_vm_readv,process_vm_writev,ptrace"
        numa = "mbind,set_mempolicy,get_mempolicy,migrate_pages,move_pages"
        rest = ("personality,memfd_create,userfaultfd,io_uring_setup,unshare,"
                "setns,bpf,kcmp,setpriority,sched_setscheduler,mlock,"
                "perf_event_open,membarrier")
        for calls in (memory, numa, "sched_setaffinity",
                      ",".join((memory, numa, rest, "sched_setaffinity"))):
            for ranks in (None, 2):
                with self.subTest(calls=calls, ranks=ranks):
                    self.check("--data", "synth:20000", "--lambda", "1,10",
                               "--quiet", "--model", "m.st", ranks=ranks,
                               before=(*FORBID, calls))


class Quota(Case):
    """Time that a control group leaves, on the version that this system has."""

    def setUp(self):
        super().setUp()
        self.group = None
        for root, files in (("/sys/fs/cgroup/cpu", "cpu.cfs_quota_us"),
                            ("/sys/fs/cgroup", "cpu.max")):
            group = pathlib.Path(root) / self.folder.name
            try:
                group.mkdir()
            except OSError:
                continue
            if (group / files).exists():
                self.group = group
                self.addCleanup(group.rmdir)
                break
            group.rmdir()
        if not self.group or program.cores() < 2:
            self.skipTest("no control group for time may be made here, or "
                          "there is but one core")

    def limit(self, percent):
        quota, period = str(percent * 1000), "100000"
        if (self.group / "cpu.max").exists():
            (self.group / "cpu.max").write_text(quota + " " + period)
        else:
            (self.group / "cpu.cfs_period_us").write_text(period)
            (self.group / "cpu.cfs_quota_us").write_text(quota)

    def start(self, **how):
        return self.run_program(
            "--data", "synth:600", "--lambda", "1", "--verbose", ranks=None,
            before=("sh", "-c", 'echo $$ >"$0"/cgroup.procs && exec "$@"',
                    str(self.group)), **how).stderr

    def test_workers_follow(self):
        cores = program.cores()
        for percent, workers in ((50, 1), (100, 1), (150, 2)):
            self.limit(percent)
            with self.subTest(percent=percent):
                err = self.start()
                self.assertRegex(err, r"(?m)^workers +%d " % workers)
                if workers < cores:
                    self.assertRegex(
                        err, r"(?m)^cores +%d on this node, of %d: a cgroup's "
                        r"quota leaves the time of %g$" %
                        (workers, cores, percent / 100))
        self.limit(100 * cores + 50)
        self.assertRegex(self.start(),
                         r"(?m)^cores +%d on this node$" % cores)
        self.limit(50)
        self.assertRegex(self.start(settings={"STARPU_NCPU": "2"}),
                         r"(?m)^workers +2 ")


@unittest.skipUnless(platform.machine() == "x86_64", "kernels of x86-64")
class Portable(Case):
    """Kernels of BLAS that processors of other kinds take."""
    OLD = {"OPENBLAS_CORETYPE": "Prescott"}  # runs everywhere

    def bytes_of_model(self):
        return (self.folder / "m.st").read_bytes()

    def mixed(self, *arguments):
        """Ranks 0 and 1 on processors that BLAS takes for unlike ones."""
        line = program.command(*arguments)
        run = subprocess.run(
            ["mpirun", "--oversubscribe", "-np", "1", *line, ":", "-np", "1",
             "-x", "OPENBLAS_CORETYPE=Prescott", *line], cwd=self.folder,
            text=True, capture_output=True, check=True, timeout=120,
            env=program.environment())
        return run.stderr

    def test_same_bytes(self):
        self.check(*QUIET, settings=self.OLD, ranks=None)
        old = self.bytes_of_model()
        self.check(*QUIET, "--portable", ranks=None)
        want = self.bytes_of_model()
        self.assertNotEqual(want, old)
        self.check(*QUIET, "--portable", settings=self.OLD, ranks=None)
        self.assertEqual(self.bytes_of_model(), want)
        self.check(*QUIET, "--portable", settings=self.OLD, ranks=2)
        self.assertEqual(self.bytes_of_model(), want)
        self.assertEqual(self.mixed(*QUIET, "--portable"), "")
        self.assertEqual(self.bytes_of_model(), want)

    def test_floats_and_predictions(self):
        """Sums of floats, and scores, too."""
        self.save("x", *program.blobs(900, 40, 3))
        written = set()
        for settings in ({}, self.OLD):
            self.check("--data", "x.npy", "--lambda", "auto", "--quiet",
                       "--model", "m.st", "--portable", settings=settings)
            self.run_program("predict", "--model", "m.st", "--data", "x.npy",
                             "--output", "p.csv", "--scores", "--quiet",
                             "--portable", settings=settings)
            written.add(self.bytes_of_model() +
                        (self.folder / "p.csv").read_bytes())
        self.assertEqual(len(written), 1)

    def test_unlike_ranks(self):
        fit = ("--data", "synth:600", "--lambda", "1", "--verbose")
        err = self.mixed(*fit)
        self.assertRegex(err, r"(?m)^warning +BLAS computes with kernels for "
                         r"\w+ on rank 0 \(.+\), for Prescott on rank 1 \(.+\)"
                         r".*--portable")
        self.assertNotIn("warning", self.mixed(*fit, "--portable"))
        self.assertNotIn("warning",
                         self.run_program(*fit, ranks=2).stderr)
        self.assertEqual(self.mixed(*QUIET), "")


if __name__ == "__main__":
    program.main()
