"""What goes wrong is said once, in one line that names the file, the value and
the remedy; all ranks end with the same documented status, soon, and without
much memory; no output file is left behind, and old ones stay as they were.

bad_rows.py holds the table, of files by topic.  Each row is run in a folder of
its own, which must look the same afterwards: alone, and on one and on three
ranks of mpirun.  Then what the message advises is done, and must work, where
bad_remedies.py has a way to do it.
BAD_INPUT=gz in the environment chooses the rows with "gz" in their name.
"""
import concurrent.futures
import functools
import os
import pathlib
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
import unittest

import numpy

import bad_remedies
import bad_row
import bad_rows
import bad_rows_features
import program
from bad_files import pictures, put

SECONDS = 30 * program.PATIENCE # for a run; most take a tenth of one
MEBIBYTES = 400                 # of a process; sanitizers take more
WORKERS = 3                     # rows at a time

# ---- Running a row --------------------------------------------------------

# root may read everything, unless it is without these capabilities
CAPLESS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
MOUNT = ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"]


@functools.lru_cache
def possible(what):
    """Can tests have it here?"""
    if what == "ulimit -v":
        return not program.SANITIZED
    line = {"permissions": CAPLESS + ["true"], "a small disk": MOUNT}[what]
    if what == "permissions" and os.geteuid():
        return True
    try:
        return not subprocess.run(line, capture_output=True,
                                  check=False).returncode
    except FileNotFoundError:
        return False


def contents(folder):
    """Path: kind, permissions, and what it holds, of all that is there."""
    found = {}
    for path in pathlib.Path(folder).rglob("*"):
        info = path.lstat()
        held = None
        if stat.S_ISLNK(info.st_mode):
            held = os.readlink(path)
        elif stat.S_ISREG(info.st_mode) and os.access(path, os.R_OK):
            held = path.read_bytes()
        found[str(path.relative_to(folder))] = (info.st_mode, held)
    return found


def end(line, folder, logs, settings):
    """Run a command to its end: its status (a signal's is negative, that of
    one too slow is None), peak memory in MiB, standard output and error."""
    with open(logs / "out", "wb") as out, open(logs / "err", "wb") as err:
        child = subprocess.Popen(line, cwd=folder, stdin=subprocess.DEVNULL,
                                 stdout=out, stderr=err,
                                 env=program.environment(**settings),
                                 start_new_session=True)
    slow = threading.Event()

    def kill():
        slow.set()
        os.killpg(child.pid, signal.SIGKILL)
    timer = threading.Timer(SECONDS, kill)
    timer.start()
    _, status, usage = os.wait4(child.pid, 0)
    timer.cancel()
    child.returncode = os.waitstatus_to_exitcode(status)
    return (None if slow.is_set() else child.returncode,
            usage.ru_maxrss / 1024,
            *((logs / name).read_text(errors="replace")
              for name in ("out", "err")))


def run(each, ranks, folder, logs, temporary):
    """Run a row; all that is wrong with how it ends.  It has a folder for
    temporary files to itself, as two mpiruns side by side may trip over each
    other in making and removing the one that they share."""
    caps = CAPLESS if not os.geteuid() and possible("permissions") else []
    stdout = each.how.get("stdout")
    to = " >" + stdout if stdout else "" # of a rank, not of mpirun
    line = [*each.how.get("before", []), *program.command(*each.line)]
    # every rank's status; mpirun is told of success, and silent; but out of
    # memory, ranks end without its leave, and it ends them
    every = ranks is None or ranks > 1 and each.status != bad_row.MEMORY
    if every:
        line = ["sh", "-c", '"$@"%s; echo $? >$LOGS/${OMPI_COMM_WORLD_RANK:-0}'
                % to, "sh"] + line
    if ranks is not None:
        line = program.command(ranks=ranks)[:-1] + line
    status, memory, out, err = end(caps + line, folder, logs, {
        "LOGS": str(logs), "TMPDIR": str(temporary),
        **each.how.get("settings", {})})
    statuses = [status]
    if every:
        statuses = [int(path.read_text())
                    for path in sorted(logs.glob("[0-9]"))]
    faults = []
    if status is None:
        faults.append("no end after %g s" % SECONDS)
    if statuses != [each.status] * (ranks or 1 if every else 1):
        faults.append("status %s is not %d" % (statuses, each.status))
    if memory > MEBIBYTES and not program.SANITIZED:
        faults.append("took %.0f MiB" % memory)
    messages = [text for text in err.splitlines() if "starpu_ridge: " in text]
    if len(messages) != 1 or not messages[0].startswith("starpu_ridge: "):
        faults.append("not one message: " + err)
    elif missing := [part for part in each.says if part not in messages[0]]:
        faults.append("%s not in: %s" % (missing, messages[0]))
    if out or (every and err.count("\n") != 1):
        faults.append("says more: " + out + err)
    for path in logs.iterdir():
        path.unlink()
    return faults


def follow(each, folder, logs, temporary):
    """Do what a row's message advises; what is wrong with how that ends."""
    remedy = bad_remedies.remedy_of(each)
    if not callable(remedy):
        return []
    line = remedy(folder, each)
    status, _, _, err = end(program.command(*line), folder, logs,
                            {"TMPDIR": str(temporary)})
    return [] if status == 0 else ["the remedy %s: status %s: %s" % (
        " ".join(line)[:200], status, err)]


class BadInput(program.Case):
    @classmethod
    def setUpClass(cls):
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="starpu_ridge."))
        cls.addClassCleanup(shutil.rmtree, cls.shared, ignore_errors=True)
        samples, labels = program.blobs(60, 9, 3)
        for name, values, names in (
                ("good", program.bytes_of(samples), labels),
                ("floats", samples, labels),
                ("narrow", program.bytes_of(samples[:, :8]), labels),
                ("strange", program.bytes_of(samples), labels + 5),
                ("squares", bad_rows_features.squares(), labels)):
            numpy.save(cls.shared / (name + ".npy"), values)
            numpy.save(cls.shared / (name + ".labels.npy"), names)
        for name in ("safetensors", "json", "csv"):
            put(cls.shared / ("old." + name), b"old\n")
        with tempfile.TemporaryDirectory() as other:
            pictures(pathlib.Path(other))
            for name, data, *options in (
                    ("good", "good.npy"), ("floats", "floats.npy"),
                    ("photos", other), ("mapped", "squares.npy", "--features",
                                        "patches:8:size=5:grid=2:dims=16"),
                    ("single", "squares.npy", "--precision", "float",
                     "--features", "patches:8:size=5:grid=2:dims=16")):
                subprocess.run(
                    program.command("--data", data, "--lambda", "1", "--quiet",
                                    "--model", name + ".safetensors",
                                    *options),
                    cwd=cls.shared, env=program.environment(), check=True,
                    timeout=SECONDS)

    def test_all(self):
        chosen = os.environ.get("BAD_INPUT", "") # a part of rows' names
        rows = [each for each in bad_rows.table(
            (self.shared / "good.safetensors").read_bytes())
                if chosen in each.name]
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            found = list(pool.map(self.examine, rows))
        for each, (faults, _) in zip(rows, found):
            with self.subTest(each.name):
                self.assertFalse(faults, "\n".join(faults))
        for lacking in sorted({lacking for _, lacking in found if lacking}):
            print("without %s, not seen: %s" % (lacking, ", ".join(
                each.name for each, (_, what) in zip(rows, found)
                if what == lacking)))
        print("%d rows" % len(rows))

    def examine(self, each):
        """All that is wrong with how a row ends; and what this machine lacks
        to see it."""
        needs = getattr(each.make, "needs", None) or each.how.get("needs")
        if needs and not possible(needs):
            return [], needs
        with tempfile.TemporaryDirectory(prefix="starpu_ridge.") as top:
            folder, logs, temporary = (
                pathlib.Path(top, name) for name in ("run", "logs", "tmp"))
            shutil.copytree(self.shared, folder)
            logs.mkdir()
            temporary.mkdir()
            each.make(folder)
            before = contents(folder)
            faults = []
            for ranks in each.how.get("ranks", (None, 1, 3)):
                if ranks == 1 and "stdout" in each.how:
                    continue # mpirun's is another
                faults += ["%s: %s" % ("alone" if ranks is None else
                                       "%d ranks" % ranks, fault)
                           for fault in run(each, ranks, folder, logs,
                                            temporary)]
                after = contents(folder)
                if after != before:
                    faults.append("left or changed: %s" % [
                        path for path in {**before, **after}
                        if before.get(path) != after.get(path)])
            faults += follow(each, folder, logs, temporary)
            subprocess.run(["chmod", "-R", "u+rwx", folder], check=False,
                           stderr=subprocess.DEVNULL)
        return faults, None

    def test_message_is_never_lost(self):
        """Of four ranks that find the same fault, rank 0 is to say it, although
        mpirun ends all of them as soon as one has failed."""
        for _ in range(10):
            run = self.run_program("--frobnicate", ranks=4,
                                   status=bad_row.USAGE)
            self.assertEqual(run.stderr.count("starpu_ridge: unknown"), 1)


class Harmless(program.Case):
    """What looks wrong, and works; and remedies, which must."""

    def test_settings_and_sizes(self):
        samples, labels = program.blobs(60, 9, 3)
        labels[:] %= 2
        labels[7] = 2 # of which most folds have none
        name = self.save("good", program.bytes_of(samples), labels)
        self.fit("--data", name, "--lambda", "1,2", "--folds", "20",
                 "--model", "m.safetensors")
        model = (self.folder / "m.safetensors").read_bytes()
        largest = str((1 << 31) - 1)
        for ranks in (None, 3):
            for what in ({"TMPDIR": "/nonexistent"}, {"STARPU_NCPU": "3"},
                         {"OMP_NUM_THREADS": "nonsense"}):
                self.fit("--data", name, "--lambda", "1,2", "--folds", "20",
                         "--model", "m.safetensors", "--block", largest,
                         "--lanes", largest, "--cache", largest, ranks=ranks,
                         settings=what)
                self.assertEqual((self.folder / "m.safetensors").read_bytes(),
                                 model)

    def test_singular_gram(self):
        """Lambda 0 is refused with a lambda to take instead, which works."""
        samples, labels = program.blobs(60, 9, 3)
        samples[:, 4] = 77
        name = self.save("constant", program.bytes_of(samples), labels)
        run = self.run_program("--data", name, "--lambda", "0",
                               status=bad_row.DATA)
        self.assertIn("feature 4", run.stderr)
        self.assertIn("--lambda 1", run.stderr)
        self.fit("--data", name, "--lambda", "1")

    def test_singular_gram_in_validation(self):
        """Lambda 0 is shown as failed; another is chosen."""
        samples, labels = program.blobs(60, 9, 3)
        samples[:, 4] = 77
        name = self.save("constant", program.bytes_of(samples), labels)
        for ranks in (None, 2):
            with self.subTest(ranks=ranks):
                result = self.fit("--data", name, "--lambda", "0,1,10",
                                  ranks=ranks)
                self.assertEqual([row["failed_folds"] for row in
                                  result["cv"]], [5, 0, 0])
                self.assertEqual([row["accuracy"] is None for row in
                                  result["cv"]], [True, False, False])
                self.assertIn(result["lambda"], (1, 10))
        run = self.run_program("--data", name, "--lambda", "0,1,10")
        self.assertIn("not positive definite in 5 of 5 folds", run.stdout)


if __name__ == "__main__":
    program.main()
