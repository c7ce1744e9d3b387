"""What ends a job before its time leaves nothing behind: ranks or mpirun killed
at any moment, signals, memory that runs out; and ranks that hold different data
are found before they compute.

STARPU_RIDGE_KILLS: how many random kills (12), STARPU_RIDGE_ALLOCATIONS: how
many of a graph's allocations fail in turn (12), STARPU_RIDGE_SEED: their seed.
"""
import collections
import json
import os
import pathlib
import random
import re
import shutil
import signal
import statistics
import subprocess
import tempfile
import time
import unittest

import program

KILLS = int(os.environ.get("STARPU_RIDGE_KILLS", "12"))
ALLOCATIONS = int(os.environ.get("STARPU_RIDGE_ALLOCATIONS", "12"))
SEED = int(os.environ.get("STARPU_RIDGE_SEED", "1"))
SAMPLES = 20000
LONG = ("--data", "synth:2000000", "--lambda", "1")  # some ten seconds
MARK = "STARPU_RIDGE_TEST_JOB"
# mpirun gives ranks a second, which program.py's environment takes away
AS_IT_COMES = {"OMPI_MCA_odls_base_sigkill_timeout": "1"}
MIB = 1 << 20


def status(pid, field):
    text = pathlib.Path("/proc/%d/status" % pid).read_text()
    return text.split("\n%s:" % field)[1].split("\n")[0].strip()


def preloaded(case, name):
    """The path of a library to preload, without the spaces at which the loader
    would cut it."""
    folder = tempfile.mkdtemp(prefix="starpu_ridge.")
    case.addCleanup(shutil.rmtree, folder)
    link = pathlib.Path(folder, "preloaded.so")
    link.symlink_to(os.environ["STARPU_RIDGE_TEST_" + name])
    return str(link)


class Stuck(Exception):
    """mpirun does not end, although all of its ranks have."""


class Job:
    """A run in a session of its own, whose processes are known by a mark in
    their environment, and whose temporary files have folders to themselves."""

    def __init__(self, folder, *arguments, ranks=None, shell=None,
                 line=None, **settings):
        self.folder = folder
        self.temporary, self.shared = folder / "tmp", folder / "shm"
        for path in (self.temporary, self.shared):
            path.mkdir(exist_ok=True)
        self.mark = "%d.%d" % (os.getpid(), time.monotonic_ns())
        line = line or program.command(*arguments, ranks=ranks)
        if shell:
            line = ["sh", "-c", shell + '; exec "$@"', "sh", *line]
        self.child = subprocess.Popen(
            line, cwd=folder, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            start_new_session=True, env=program.environment(
                **{MARK: self.mark}, TMPDIR=str(self.temporary),
                OMPI_MCA_btl_vader_backing_directory=str(self.shared),
                **settings))

    def processes(self):
        """Process numbers by rank; None: what has no rank."""
        found = {}
        mark = "%s=%s" % (MARK, self.mark)
        for path in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                entries = (path / "environ").read_text().split("\0")
                if mark not in entries or "Z" in status(int(path.name),
                                                        "State"):
                    continue
            except (OSError, UnicodeDecodeError, IndexError):
                continue
            rank = [entry.split("=")[1] for entry in entries
                    if entry.startswith("OMPI_COMM_WORLD_RANK=")]
            found.setdefault(int(rank[0]) if rank else None,
                             []).append(int(path.name))
        return found

    def wait_for_handlers(self, rank=None):
        """Until a rank (or the process) catches SIGINT; value: its number."""
        while self.child.poll() is None:
            for pid in self.processes().get(rank, []):
                try:
                    if int(status(pid, "SigCgt"), 16) >> 1 & 1:
                        return pid
                except (OSError, IndexError):
                    pass
            time.sleep(0.01)
        raise AssertionError("it has ended: " + self.child.stderr.read())

    def end(self, timeout=10):
        """Wait for the end. Value: what it printed on standard error."""
        try:
            return self.child.communicate(
                timeout=timeout * program.PATIENCE)[1]
        except subprocess.TimeoutExpired as late:
            found = self.processes()
            for pids in found.values():
                for pid in pids:
                    os.kill(pid, signal.SIGKILL)
            self.child.wait()
            if found == {None: [self.child.pid]}:
                raise Stuck from late
            raise

    def leftovers(self, patience=5):
        """Processes and files that are left when it has had time to go."""
        until = time.monotonic() + patience
        while True:
            left = [str(pids) for pids in self.processes().values()]
            for folder in (self.temporary, self.shared):
                left += [str(path) for path in folder.rglob("*")]
            if not left or time.monotonic() > until:
                return left
            time.sleep(0.02)


class Faults(program.Case):
    def job(self, *arguments, **how):
        job = Job(self.folder, *arguments, **how)
        self.addCleanup(job.child.stderr.close)
        self.addCleanup(job.child.kill)
        return job

    def outputs(self):
        """Names of files that jobs have made."""
        return sorted(path.name for path in self.folder.iterdir()
                      if path.name not in ("tmp", "shm", "given"))


class Kills(Faults):
    """kill -9."""

    def setUp(self):
        super().setUp()
        (self.folder / "given").mkdir()
        self.given = str(self.folder / "given" / "model")
        self.run_program("--data", "synth:500", "--lambda", "1", "--model",
                         self.given, "--quiet")
        data = ("--data", "synth:%d" % SAMPLES, "--quiet")
        self.commands = [
            ("--lambda", "1,10", "--folds", "3", "--model", "model",
             "--json", "json", *data),
            ("predict", "--part", "train", "--model", self.given, "--output",
             "csv", "--scores", "--json", "json", *data)]
        self.random = random.Random(SEED)

    def seconds(self, command):
        start = time.monotonic()
        self.run_program(*command, ranks=3)
        return time.monotonic() - start

    def check_outputs(self, old):
        """Each file is as it was, or new and whole."""
        for name in self.outputs():
            path = self.folder / name
            self.assertIn(name, ("model", "json", "csv"))
            text = path.read_bytes()
            if old and text == b"old":
                continue
            if name == "model":
                program.read_model(path)
            elif name == "json":
                json.loads(text)
            else:
                self.assertEqual(text.count(b"\n"), SAMPLES + 1)
                self.assertTrue(text.endswith(b"\n"))

    def kill(self, command, victim, moment, old):
        """Value: the seconds to the end; None: there was nobody to kill."""
        for name in self.outputs():
            (self.folder / name).unlink()
        for name in ("tmp", "shm"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        for name in ("model", "json", "csv") if old else ():
            (self.folder / name).write_text("old")
        job = self.job(*command, ranks=3, **AS_IT_COMES)
        time.sleep(moment)
        victims = ([job.child.pid] if victim == "mpirun"
                   else job.processes().get(victim, []))
        if not victims or job.child.poll() is not None:
            job.end()
            return None
        os.kill(victims[0], signal.SIGKILL)
        start = time.monotonic()
        try:
            err = job.end()
        except Stuck:
            # it waits for ever for a lock, in PMIx_server_finalize
            self.openmpi["stuck alone"] += 1
            self.check_outputs(old)
            return None
        seconds = time.monotonic() - start
        if job.child.returncode == 0:
            return None  # its work was done
        left = job.leftovers()
        if victim == "mpirun":  # whose own folder nobody removes
            self.assertEqual(job.child.returncode, -signal.SIGKILL)
            left = [path for path in left if "/ompi." not in path]
        else:
            self.assertEqual(job.child.returncode, 128 + signal.SIGKILL, err)
            self.assertIn("job has been aborted", err)
            named = r"rank %d .*exited on signal 9 \(Killed\)" % victim
            if not re.search(named, err):
                self.openmpi["rank not named"] += 1
            # made, and not yet known to mpirun
            segment = re.compile(r"/vader_segment\..*\.%d$" % victim)
            if any(map(segment.search, left)):
                self.openmpi["segment left"] += 1
                left = [path for path in left if not segment.search(path)]
        self.assertEqual(left, [], err)
        self.assertLess(seconds, 10 * program.PATIENCE)
        self.check_outputs(old)
        return seconds

    def test_at_random(self):
        whole = [self.seconds(command) for command in self.commands]
        taken = []
        # what OpenMPI 4.1 does now and then when ranks die in MPI_Init
        self.openmpi = collections.Counter()
        for attempt in range(10 * KILLS):
            if len(taken) == KILLS:
                break
            which = attempt % 2
            victim = self.random.choice([0, 0, 1, 1, 2, 2, "mpirun"])
            moment = self.random.uniform(0, whole[which])
            with self.subTest(command=which, victim=victim, moment=moment):
                seconds = self.kill(self.commands[which], victim, moment,
                                    old=attempt % 4 > 1)
                if seconds is not None:
                    taken.append(seconds)
        self.assertEqual(len(taken), KILLS)
        for times in self.openmpi.values():
            self.assertLessEqual(times, KILLS / 3)
        print("%d kills: to the end %.2f s in the median, %.2f at most; "
              "OpenMPI's own: %s" %
              (KILLS, statistics.median(taken), max(taken),
               dict(self.openmpi) or "nothing"))


class Signals(Faults):
    def check_end(self, job, code, says):
        err = job.end()
        self.assertEqual(job.child.returncode, code, err)
        self.assertEqual(err.count("starpu_ridge: "), len(says), err)
        for text in says:
            self.assertIn("starpu_ridge: %s\n" % text, err)
        self.assertEqual(job.leftovers(), [])
        self.assertEqual(self.outputs(), [])

    def test_alone(self):
        for number, code, says in ((signal.SIGINT, 130, ["interrupted"]),
                                   (signal.SIGTERM, 143, ["terminated"]),
                                   (signal.SIGHUP, 129, [])):
            for delay in (0, 0.1, 0.5):
                with self.subTest(signal=number, delay=delay):
                    job = self.job(*LONG, "--model", "model", "--quiet")
                    pid = job.wait_for_handlers()
                    time.sleep(delay)
                    os.kill(pid, number)
                    self.check_end(job, code, says)

    def test_a_rank(self):
        """The exit status that mpirun gives is that of the rank."""
        for ranks in (1, 3):
            for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
                with self.subTest(ranks=ranks, signal=number):
                    job = self.job(*LONG, "--model", "model", "--quiet",
                                   ranks=ranks)
                    pid = job.wait_for_handlers(ranks - 1)
                    time.sleep(0.3)
                    os.kill(pid, number)
                    job.end()
                    self.assertEqual(job.child.returncode, code)
                    self.assertEqual(job.leftovers(), [])
                    self.assertEqual(self.outputs(), [])

    def test_mpirun(self):
        """Ctrl-C: mpirun ends with a status of its own, but as cleanly."""
        for ranks in (1, 2, 4):
            for number in (signal.SIGINT, signal.SIGTERM):
                with self.subTest(ranks=ranks, signal=number):
                    job = self.job(*LONG, "--model", "model", "--quiet",
                                   ranks=ranks, **AS_IT_COMES)
                    job.wait_for_handlers(ranks - 1)
                    time.sleep(0.3)
                    os.killpg(job.child.pid, number)
                    job.end()
                    self.assertNotEqual(job.child.returncode, 0)
                    self.assertEqual(job.leftovers(), [])
                    self.assertEqual(self.outputs(), [])

    def test_ignored(self):
        """nohup, and jobs in a shell's background."""
        job = self.job("--data", "synth:60000", "--lambda", "1", "--quiet",
                       "--model", "model", shell="trap '' HUP INT")
        time.sleep(0.1)
        for number in (signal.SIGHUP, signal.SIGINT):
            os.kill(job.child.pid, number)
        self.assertEqual(job.end(timeout=60), "")
        self.assertEqual(job.child.returncode, 0)
        self.assertEqual(self.outputs(), ["model"])

    def test_closed_pipe(self):
        """| head: a silent end, as of any filter."""
        self.run_program("--data", "synth:500", "--lambda", "1", "--model",
                         "model", "--quiet")
        line = program.command("predict", "--model", "model", "--data",
                               "synth:400000", "--output", "-", "--quiet")
        with subprocess.Popen(line, cwd=self.folder, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE,
                              env=program.environment()) as child:
            child.stdout.readline()
            child.stdout.close()
            err = child.stderr.read()
        self.assertEqual((child.returncode, err), (128 + signal.SIGPIPE, b""))

    def test_helper(self):
        """A signal while a trace is converted ends the converter, too."""
        job = self.job("--data", "synth:4000", "--lambda", "1", "--tiles",
                       "400", "--trace", "trace", "--quiet")
        helper = []
        while job.child.poll() is None and not helper:
            helper = [pid for pid in job.processes().get(None, [])
                      if pid != job.child.pid]
            time.sleep(0.005)
        if not helper:
            err = job.end()
            if "no FxT" in err:
                self.skipTest("StarPU has no FxT")
            self.fail("no converter was seen: " + err)
        os.kill(job.child.pid, signal.SIGTERM)
        job.end()
        self.assertEqual(job.child.returncode, 143)
        self.assertEqual(job.leftovers(), [])
        for name in ("dag.dot", "paje.trace"):  # whole or not at all
            self.assertFalse((self.folder / "trace" / name).exists())


@unittest.skipIf(program.SANITIZED, "libraries are loaded before the sanitizer")
class BadEnds(Faults):
    """MPI that crashes, or waits, as it ends changes nothing."""

    def check(self, how, ranks):
        launcher = program.command(ranks=ranks)[:-1] if ranks else []
        for data, code in (("synth:1000", 0), ("missing", 66)):
            line = [*launcher, "env",
                    "LD_PRELOAD=" + preloaded(self, "BAD_END"),
                    "STARPU_RIDGE_BAD_END=" + how,
                    *program.command("--data", data, "--lambda", "1",
                                     "--quiet", "--model", "model")]
            with self.subTest(how=how, ranks=ranks, code=code):
                job = self.job(line=line)
                err = job.end(timeout=30)
                self.assertEqual(job.child.returncode, code, err)
                self.assertEqual(err.count("starpu_ridge: "), code != 0, err)
                self.assertNotIn("free()", err)
                self.assertEqual(job.leftovers(), [])
                self.assertEqual((self.folder / "model").exists(), code == 0)
                (self.folder / "model").unlink(missing_ok=True)

    def test_alone_and_on_ranks(self):
        for how in ("segmentation fault", "abort", "no end"):
            for ranks in (None, 3):
                self.check(how, ranks)


@unittest.skipIf(program.SANITIZED, "libraries are loaded before the sanitizer")
class NoMemory(Faults):
    """Memory that runs out on some ranks while they declare a graph, for whose
    tiles the others wait."""

    DATA = ("--data", "synth:200", "--quiet")
    # many more row tiles than may be in flight: declaring waits for tasks
    FIT = (*DATA, "--lambda", "1,10", "--folds", "2", "--tiles", "60",
           "--cache", "0", "--model", "model")
    PREDICT = ("predict", *DATA, "--part", "train", "--tiles", "60",
               "--model", "given/model", "--output", "csv")

    def setUp(self):
        super().setUp()
        (self.folder / "given").mkdir()
        self.run_program(*self.DATA, "--lambda", "1", "--model", "given/model")
        self.random = random.Random(SEED)

    def start(self, command, ranks, at, victims, each=(), **how):
        launcher = program.command(ranks=ranks)[:-1] if ranks else []
        fault = ",".join(map(str, (at, *victims)))
        return self.job(line=[
            *launcher, *each, "env",
            "LD_PRELOAD=" + preloaded(self, "NO_MEMORY"),
            "STARPU_RIDGE_NO_MEMORY=" + fault, *program.command(*command)],
            **how)

    def count(self, command, ranks):
        """Allocations of each rank."""
        job = self.start(command, ranks, 0, [0])
        err = job.end(timeout=30)
        self.assertEqual(job.child.returncode, 0, err)
        for name in self.outputs():
            (self.folder / name).unlink()
        return int(re.search(r"^(\d+) allocations$", err, re.M)[1])

    def check(self, job, victims):
        """The lowest of them speaks for all, and nothing is left."""
        err = job.end(timeout=20)
        self.assertEqual(job.child.returncode, 71, err)
        messages = [line for line in err.splitlines()
                    if line.startswith("starpu_ridge: ")]
        self.assertEqual(len(messages), 1, err)
        first = min(victims)
        who = "rank %d (%s): " % (first, os.uname().nodename) if first else ""
        self.assertIn("starpu_ridge: %sout of memory for " % who, messages[0])
        self.assertEqual(job.leftovers(), [])
        self.assertEqual(self.outputs(), [])

    def check_in_turn(self, command, ranks):
        last = self.count(command, ranks)
        self.assertGreater(last, 60)
        places = self.random.sample(range(2, last),
                                    min(ALLOCATIONS, last) - 2)
        for turn, at in enumerate([1, last, *sorted(places)]):
            victim = turn % (ranks or 1)
            with self.subTest(command=command[0], ranks=ranks, at=at,
                              of=last, victim=victim):
                self.check(self.start(command, ranks, at, [victim]), [victim])

    def test_fit(self):
        for ranks in (None, 2, 3):
            self.check_in_turn(self.FIT, ranks)

    def test_predict(self):
        for ranks in (None, 2, 3):
            self.check_in_turn(self.PREDICT, ranks)

    def test_at_once(self):
        for victims in ([1, 2], [0, 2], [0, 1, 2]):
            for at in (1, 100):
                with self.subTest(victims=victims, at=at):
                    self.check(self.start(self.FIT, 3, at, victims), victims)

    def test_same_status(self):
        """Each rank ends by itself, without a launcher's signal."""
        each = ("sh", "-c", "trap '' TERM; \"$@\"; code=$?; "
                "echo $code >>given/status; exit $code", "sh")
        self.check(self.start(self.FIT, 3, 100, [1], each, **AS_IT_COMES), [1])
        status = (self.folder / "given" / "status").read_text()
        self.assertEqual(status.split(), ["71"] * 3)


@unittest.skipIf(program.SANITIZED, "sanitizers take all addresses there are")
class Memory(Faults):
    JOB = ("--data", "synth:30000", "--lambda", "1", "--quiet", "--model",
           "model")

    def refused(self, job, *says):
        """Value: whether it was refused, in one line, rather than done."""
        err = job.end(timeout=60)
        self.assertIn(job.child.returncode, (0, 71), err)
        self.assertEqual(job.leftovers(), [])
        if job.child.returncode == 0:
            self.assertEqual(err, "")
            (self.folder / "model").unlink()
            return False
        lines = [line for line in err.splitlines()
                 if line.startswith("starpu_ridge: ")
                 and line != "starpu_ridge: terminated"]
        self.assertGreaterEqual(len(lines), 1, err)
        for text in (*says, "STARPU_NCPU", "--cache", "--image", "--folds"):
            self.assertIn(text, lines[0])
        self.assertEqual(self.outputs(), [])
        return True

    def sweep(self, option, sizes, **how):
        """Refused below some limit, done above it, and nothing else."""
        refused = []
        for size in sizes:
            with self.subTest(ulimit=option, mib=size):
                job = self.job(*self.JOB, STARPU_NCPU="2",
                               shell="ulimit -c 0; ulimit %s %d" %
                               (option, 1024 * size), **how)
                refused.append(self.refused(job, "ulimit " + option))
        self.assertEqual(refused, sorted(refused, reverse=True))
        self.assertTrue(refused[0])
        self.assertFalse(refused[-1])

    def test_addresses(self):
        self.sweep("-v", (100, 180, 300, 500, 620, 660, 2000))

    def test_data(self):
        self.sweep("-d", (60, 130, 300, 500, 540, 2000))

    def test_ranks(self):
        self.sweep("-v", (450, 2000), ranks=2)

    def test_cgroup(self):
        """A node, or a container, whose part is too small."""
        base = pathlib.Path("/sys/fs/cgroup")
        name = "starpu_ridge_test_%d" % os.getpid()
        group, limit = base / "memory" / name, "memory.limit_in_bytes"
        if not (base / "memory").is_dir():
            group, limit = base / name, "memory.max"
        try:
            group.mkdir()
            self.addCleanup(group.rmdir)
            (group / limit).write_text(str(64 * MIB))
        except OSError as error:
            self.skipTest("no cgroup can be made here: %s" % error)
        for ranks, sizes in ((None, (40, 80, 100, 120, 160, 1000)),
                             (2, (100, 1000))):
            refused = []
            for size in sizes:
                (group / limit).write_text(str(size * MIB))
                with self.subTest(mib=size, ranks=ranks):
                    job = self.job(*self.JOB, ranks=ranks, shell="echo $$ >%s"
                                   % (group / "cgroup.procs"))
                    refused.append(self.refused(job, "the cgroup's memory"))
            self.assertEqual(refused, sorted(refused, reverse=True))
            self.assertTrue(refused[0])
            self.assertFalse(refused[-1])


class Differences(Faults):
    """mpirun A : B starts ranks that are told different things."""

    def setUp(self):
        super().setUp()
        samples, labels = program.blobs(60, 9, 3)
        for folder in ("here", "there", "nowhere"):
            (self.folder / folder).mkdir()
        self.save("here/x", samples, labels)
        self.save("there/x", samples, labels)
        self.samples, self.labels = samples, labels

    def refuse(self, code, says, first, second, places=("here", "there")):
        """Ranks 0 and 1, and rank 2, each in a folder of its own."""
        line = ["mpirun", "--oversubscribe"]
        for count, place, arguments in ((2, places[0], first),
                                        (1, places[1], second)):
            line += [":"] if ":" not in line and count == 1 else []
            line += ["-np", str(count), "-wdir", str(self.folder / place),
                     *program.command(*arguments)]
        job = self.job(line=line)
        err = job.end(timeout=30)
        self.assertEqual(job.child.returncode, code, err)
        messages = [text for text in err.splitlines()
                    if text.startswith("starpu_ridge: rank 2 (%s): "
                                       % os.uname().nodename)]
        self.assertEqual(len(messages), 1, err)
        for text in says:
            self.assertIn(text, messages[0])

    def test_data(self):
        fit = ("--data", "x.npy", "--lambda", "1")
        self.save("there/x", self.samples[:50], self.labels[:50])
        self.refuse(65, ["x.npy", "training samples: 50, but 60 on rank 0"],
                    fit, fit)
        self.save("there/x", self.samples, (self.labels + 1) % 3)
        self.refuse(65, ["training labels", "same files"], fit, fit)
        self.save("there/x", self.samples, self.labels + 1)
        self.refuse(65, ["training class names"], fit, fit)
        self.save("there/x", self.samples + 1, self.labels)
        self.refuse(65, ["training values"], fit, fit)
        self.refuse(66, ["x.npy: No such file"], fit, fit,
                    ("here", "nowhere"))

    def test_test_set(self):
        fit = ("--data", "../here/x.npy", "--test", "x.npy", "--lambda", "1")
        self.save("there/x", self.samples[:50], self.labels[:50])
        self.refuse(65, ["test samples: 50, but 60"], fit, fit)

    def test_model(self):
        predict = ("predict", "--model", "m", "--data", "../here/x.npy")
        for place, value in (("here", "1"), ("there", "2")):
            self.run_program("--data", "here/x.npy", "--lambda", value,
                             "--model", place + "/m", "--quiet")
        self.refuse(65, ["the model's weights"], predict, predict)
        (self.folder / "there" / "m").unlink()
        self.refuse(66, ["m: "], predict, predict)

    def test_options(self):
        fit = ("--data", "x.npy")
        for say, first, second in (
                ("--tiles: 6, but 4", ("--tiles", "4"), ("--tiles", "6")),
                ("--lambda", ("--lambda", "1"), ("--lambda", "2")),
                ("--folds: 3, but 4", ("--folds", "4"), ("--folds", "3")),
                ("--seed: 1, but 0", (), ("--seed", "1")),
                ("--holdout", (), ("--holdout", "0.5"))):
            with self.subTest(say):
                self.refuse(65, [say, "same options"], fit + first,
                            fit + second)
        self.refuse(64, ["--frobnicate"], fit, ("--frobnicate",))
        self.refuse(65, ["the command"], fit, ("info", "x.npy"))


if __name__ == "__main__":
    program.main()
