"""Peak memory grows neither with the number of samples (60,000 and 1,200,000
synthetic pictures, 0.9 GB of pixels) nor with the number of factorizations, and
is what the check before the start expects.
"""
import os
import re
import resource
import subprocess
import sys
import unittest

import program

MIB = 1 << 20
WRONG = 0.15  # of what is expected, at most
BESIDE = 16   # MiB of allocator and libraries, more or less than a tiny run's

# Samples, features and classes of float32, or 8-bit synthetic samples, or number,
# height, width and channels of pictures; what is largest there; ranks; options. Made to take 100 MiB or more.
PRIMAL = ("--solver", "primal")
SHAPES = [
    ("synth:300000", "samples", None, ()),
    ("synth:10000", "systems", None, ("--lambda", "auto")),
    ((60000, 784, 10), "samples", None, ("--lambda", "1,10,100,1000")),
    ((60000, 784, 10), "Gram", None, ("--cache", "0", "--lanes", "48")),
    ((1000, 3072, 10), "systems", None, ("--lambda", "1,10", *PRIMAL)),
    ((1000, 3072, 10), "Gram", None, PRIMAL),
    ((1000, 4096, 10), "Gram", None, PRIMAL),
    ((1000, 4096, 10), "systems", None,
     ("--lambda", "1,10", "--folds", "3", *PRIMAL)),
    ((1000, 50000, 10), "features of all samples", None, ()),
    ((3000, 4000, 10), "systems", None, ("--lambda", "1,10")),
    ((6000, 3000, 10), "products", None, ("--solver", "dual")),
    ((6000, 3000, 10), "sketches", None, ("--solver", "cg")),
    ((30000, 300, 50), "predictions", None,
     ("--lambda", "300000,1000000", "--folds", "3", "--solver", "block")),
    ((6000, 400, 2000), "class sums", None, ("--lambda", "1,10,100")),
    ((5000, 400, 500), "weights of all", None, ("--lambda", "auto")),
    ((15000, 50, 5000), "confusions", None, ()),
    ((60, 48, 48, 3), "learnt from", None,
     ("--features", "patches:2:size=20:grid=1", *PRIMAL)),
    ((60, 48, 48, 3), "learnt from", None,
     ("--features", "patches:2:size=16:grid=1+patches:2:size=14:grid=2")),
    ((1000, 3072, 10), "systems", 2, ("--lambda", "1,10", *PRIMAL)),
    ((3000, 4000, 10), "systems", 2, ("--lambda", "1,10")),
]


@unittest.skipIf(program.SANITIZED, "sanitizers take memory of their own")
class Memory(program.Case):
    def peak(self, *arguments):
        """Peak resident bytes of one process."""
        line = program.command(*arguments, "--quiet")
        pid = os.posix_spawn(line[0], line, program.environment())
        _, status, usage = os.wait4(pid, 0)
        self.assertEqual(os.waitstatus_to_exitcode(status), 0)
        return usage.ru_maxrss * 1024

    def test_samples(self):
        small = self.peak("--data", "synth:60000", "--lambda", "1")
        large = self.peak("--data", "synth:1200000", "--lambda", "1")
        print("peak %.0f MiB, of 20 times the samples %.0f MiB" %
              (small / MIB, large / MIB))
        self.assertGreater(small, 20 * MIB)
        self.assertLessEqual(large, 1.3 * small + 64 * MIB)

    def test_factorizations(self):
        """4,096 features, 5 folds x 20 lambdas; one system is 128 MiB."""
        name = self.save("wide", *program.blobs(300, 4096, 3))
        peak = self.peak("--data", self.folder / name, "--lambda", "auto",
                         "--folds", "5", *PRIMAL)
        print("peak %.0f MiB, of 100 factorizations" % (peak / MIB))
        self.assertLess(peak, 6 * 1024 * MIB)

    def data(self, shape):
        """Made by a process of its own: a child's peak begins with ours."""
        if isinstance(shape, str):
            return shape
        name = "x" + "_".join(map(str, shape))
        kind = "bars" if len(shape) == 4 else "blobs"
        if not (self.folder / (name + ".npy")).exists():
            subprocess.run(
                [sys.executable, "-c",
                 "import numpy, program\n"
                 "x, y = program.%s%r\n"
                 "numpy.save('%s.npy', x)\n"
                 "numpy.save('%s.labels.npy', y)" % (kind, shape, name, name)],
                cwd=self.folder, check=True,
                env=dict(os.environ, PYTHONPATH=os.path.dirname(
                    os.path.abspath(program.__file__))))
        return self.folder / (name + ".npy")

    def measure(self, *arguments, ranks=None):
        """MiB: the peak of the largest rank, the expected figure; its part."""
        line = program.command(*arguments, "--verbose", "--no-progress",
                               ranks=ranks)
        log = self.folder / "log"
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        workers = "1" if ranks else "2"
        pid = os.posix_spawnp(
            line[0], line, program.environment(STARPU_NCPU=workers),
            file_actions=[(os.POSIX_SPAWN_OPEN, 2, log, flags, 0o600),
                          (os.POSIX_SPAWN_OPEN, 1, os.devnull, flags, 0)])
        _, status, usage = os.wait4(pid, 0)
        text = log.read_text()
        self.assertEqual(os.waitstatus_to_exitcode(status), 0, text)
        said = re.search(r"^memory +(\d+) MiB expected \(largest: (.*), \d+ "
                         r"MiB\)$", text, re.MULTILINE)
        self.assertTrue(said, text)
        return usage.ru_maxrss / 1024, float(said[1]), said[2]

    def compare(self, name, measured, tiny, expected):
        error = measured - tiny - expected
        print("%s: %.0f MiB expected, %+.0f" % (name, expected, error))
        self.assertGreaterEqual(expected, 100)
        self.assertLessEqual(abs(error), WRONG * expected + BESIDE)

    def test_expected_of_fits(self):
        tiny = self.data((200, 16, 3))
        base = {ranks: self.measure("--data", tiny, "--lambda", "1",
                                    ranks=ranks)[0] for ranks in (None, 2)}
        for shape, part, ranks, options in SHAPES:
            if "--lambda" not in options:
                options += ("--lambda", "10")
            name = "%s %s, %s ranks" % (shape, " ".join(options), ranks)
            with self.subTest(name):
                measured, expected, largest = self.measure(
                    "--data", self.data(shape), *options, ranks=ranks)
                self.compare(name, measured, base[ranks], expected)
                self.assertIn(part, largest)

    def test_expected_of_predictions(self):
        base = None
        for shape, options in (((200, 16, 3), ()),
                               ((15000, 50, 5000), ("--tiles", "2")),
                               ((60000, 784, 10), ("--tiles", "3"))):
            with self.subTest(shape):
                data = self.data(shape)
                self.run_program("--data", data, "--lambda", "10", "--quiet",
                                 "--model", "m")
                measured, expected, _ = self.measure(
                    "predict", "--model", self.folder / "m", "--data", data,
                    *options)
                if base is None:
                    base = measured
                else:
                    self.compare("predict %s" % (shape,), measured, base,
                                 expected)

    def test_message(self):
        """The largest part is named, and what makes it less."""
        for shape, options, part, remedy in (
                ((1000, 4096, 10), ("--lambda", "1,10,100,1000", *PRIMAL),
                 "systems being factorized",
                 "fewer values of --lambda.* or --solver cg"),
                ((15000, 50, 9000), ("--lambda", "1"),
                 "confusions", "fewer classes"),
                ((60, 64, 64, 3), ("--lambda", "1", "--features",
                                   "patches:2:size=64:grid=1"),
                 "what features are learnt from", "smaller patches")):
            line = program.command("--data", self.data(shape), *options)
            limit = 1200 * MIB
            run = subprocess.run(
                line, stderr=subprocess.PIPE, text=True, check=False,
                env=program.environment(STARPU_NCPU="2"),
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS,
                                                      (limit, limit)))
            self.assertEqual(run.returncode, 71, run.stderr)
            self.assertRegex(run.stderr, r"MiB of it are %s: take .*%s" %
                             (part, remedy))


if __name__ == "__main__":
    program.main()
