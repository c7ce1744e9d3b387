"""How tests run the program: alone or under mpirun, in a folder of their own,
in an environment without settings of StarPU's or MPI's, and with a time limit.

$STARPU_RIDGE names the program; without it, build/starpu_ridge is taken.
$STARPU_RIDGE_RANKS is the number of ranks where a test does not give it, under
mpirun; without it, the program then runs alone.
"""
import json
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("STARPU_RIDGE", str(ROOT / "build" / "starpu_ridge"))
SKIPPED = 77  # the exit status that CTest takes for "skipped"
SANITIZED = "STARPU_RIDGE_SANITIZED" in os.environ  # slower, takes more memory
PATIENCE = float(os.environ.get("STARPU_RIDGE_PATIENCE", 1))  # times seconds
RANKS = int(os.environ.get("STARPU_RIDGE_RANKS", 0)) or None  # where a test
                                                              # says nothing


def environment(**settings):
    """This process' environment, without STARPU_* and MPI's own variables."""
    strange = ("STARPU_", "OMPI_", "PMIX_", "PMI_", "OPENBLAS_", "SLURM_")
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(strange)}
    for name in ("STARPU_HOME", "STARPU_PERF_MODEL_DIR", "STARPU_PREFIX"):
        if name in os.environ:
            kept[name] = os.environ[name]
    kept.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                NO_COLOR="1",
                # mpirun kills at once what is left after a failure
                OMPI_MCA_odls_base_sigkill_timeout="0")
    kept.update(settings)
    return {name: value for name, value in kept.items() if value is not None}


def command(*arguments, ranks=None, mpirun=("--oversubscribe",)):
    """The command line; ranks None: without mpirun, 0: as many as it likes."""
    line = [PROGRAM] + [str(argument) for argument in arguments]
    if ranks is None:
        return line
    count = ["-np", str(ranks)] if ranks else []
    return ["mpirun", *mpirun, *count] + line


class Case(unittest.TestCase):
    """A test with a folder that is thrown away after it."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="starpu_ridge."))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        if SANITIZED:
            self.watch_sanitizers()

    def watch_sanitizers(self):
        """A report of any process fails the test, however that process ends and
        whatever becomes of its output."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="starpu_ridge_reports."))
        options = os.environ["ASAN_OPTIONS"]

        def check():
            os.environ["ASAN_OPTIONS"] = options
            reports = [path.read_text() for path in folder.iterdir()]
            shutil.rmtree(folder)
            errors = [text for text in reports if "ERROR: " in text]
            self.assertEqual(len(errors), 0, "\n" + "\n".join(errors))

        self.addCleanup(check)
        os.environ["ASAN_OPTIONS"] += ":log_path=%s" % (folder / "report")

    def shortDescription(self):
        """Nothing: the names of tests say it."""

    def run_program(self, *arguments, ranks=RANKS, status=0, timeout=120,
                    settings=None, mpirun=("--oversubscribe",), before=()):
        """Run it, check how it ends, and give what it printed; `before`: a
        command that starts it. Settings of None are unset."""
        line = [*before, *command(*arguments, ranks=ranks, mpirun=mpirun)]
        timeout *= PATIENCE
        with subprocess.Popen(line, cwd=self.folder, text=True,
                              stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=environment(**(settings or {})),
                              start_new_session=True) as child:
            try:
                out, err = child.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                out, err = child.communicate()
                self.fail("no end after %g s: %s\n%s" %
                          (timeout, " ".join(line), err))
        self.assertEqual(child.returncode, status,
                         "%s\n%s%s" % (" ".join(line), out, err))
        return subprocess.CompletedProcess(line, status, out, err)

    def fit(self, *arguments, **how):
        """Train; value: what --json says."""
        self.run_program("--quiet", "--json", "fit.json", *arguments, **how)
        return self.read_json("fit.json")

    def read_json(self, name):
        with open(self.folder / name, encoding="utf-8") as file:
            return json.load(file)

    def save(self, name, samples, labels=None):
        """NAME.npy, and its labels beside it."""
        import numpy
        numpy.save(self.folder / (name + ".npy"), samples)
        if labels is not None:
            numpy.save(self.folder / (name + ".labels.npy"), labels)
        return name + ".npy"


DTYPES = {"F64": "<f8", "F32": "<f4", "I32": "<i4", "I16": "<i2", "I8": "i1",
          "U8": "u1"}


def read_tensors(path):
    """A model: its tensors by name, and its metadata."""
    import numpy
    data = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8:8 + length])
    metadata = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = numpy.frombuffer(
            data[8 + length:][begin:end],
            DTYPES[entry["dtype"]]).reshape(entry["shape"])
    return tensors, metadata


def read_model(path):
    """A model: weights (classes x features), intercept, metadata."""
    tensors, metadata = read_tensors(path)
    assert all(tensor.dtype == "<f8" for tensor in
               (tensors["weights"], tensors["intercept"]))
    return tensors["weights"], tensors["intercept"], metadata


def blobs(n, d, k, seed=0, spread=3.0):
    """Random float32 samples around a centre for each class, and labels."""
    import numpy
    random = numpy.random.default_rng(seed)
    centres = random.uniform(-1, 1, (k, d))
    labels = random.integers(0, k, n)
    labels[:k] = numpy.arange(k)
    samples = centres[labels] + spread * random.uniform(-1, 1, (n, d))
    return samples.astype(numpy.float32), labels.astype(numpy.int64)


def bars(n, height, width, channels=1, seed=0):
    """Pictures (n x height x width x channels) of bars on noise, strong ones and
    such as hardly show; and their labels, which of three directions they have,
    that mirror images keep."""
    import numpy
    random = numpy.random.default_rng(seed)
    y, x = numpy.mgrid[:height, :width]
    labels = numpy.arange(n) % 3
    angle = (.8 * labels + random.uniform(-.3, .3, n))[:, None, None]
    wave = numpy.sin((x * numpy.cos(angle) + y * numpy.sin(angle)) * .9 +
                     random.uniform(0, 6, (n, 1, 1)))
    pictures = (127 + random.uniform(0, 120, (n, 1, 1, channels)) *
                wave[..., None] + random.normal(0, 4, (*wave.shape, channels)))
    return numpy.rint(pictures).clip(0, 255).astype(numpy.uint8), labels


def bytes_of(samples):
    """Floats of blobs() as 8-bit values."""
    import numpy
    return numpy.clip(samples * 32 + 128, 0, 255).astype(numpy.uint8)


def cores():
    """Cores that this process may use: hardware threads share one."""
    found = set()
    for cpu in os.sched_getaffinity(0):
        path = "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list"
        try:
            found.add(pathlib.Path(path % cpu).read_text())
        except OSError:
            found.add(cpu)
    return len(found)


def main():
    """Run the tests of the calling file; a skipped file exits with 77."""
    program = unittest.main(verbosity=2, exit=False)
    result = program.result
    if result.wasSuccessful() and result.testsRun == len(result.skipped):
        sys.exit(SKIPPED)
    sys.exit(not result.wasSuccessful())
