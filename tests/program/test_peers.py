"""The scripts that measure feature maps beside numpy and PyTorch: on small
data, and the numpy peer's features against the formulas."""
import csv
import importlib
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

import numpy

import bad_files
import program
from test_other_pictures import png

EXAMPLES = program.ROOT / "examples"
sys.path[:0] = [str(EXAMPLES), str(EXAMPLES / "peers"),
                str(program.ROOT / "tests" / "oracle")]


def there(*packages):
    return all(importlib.util.find_spec(name) for name in packages)


NUMPY = unittest.skipUnless(there("scipy", "threadpoolctl"),
                            "scipy or threadpoolctl is not installed")
TORCH = unittest.skipUnless(there("torch"), "PyTorch is not installed")
GNUPLOT = unittest.skipUnless(shutil.which("gnuplot"),
                              "gnuplot is not installed")


class Peers(program.Case):
    def script(self, name, *arguments, status=0):
        """Run one of the examples; value: what it printed."""
        run = subprocess.run(
            [sys.executable, "-B", str(EXAMPLES / name),
             *map(str, arguments)], cwd=self.folder, text=True,
            capture_output=True, stdin=subprocess.DEVNULL,
            timeout=120 * program.PATIENCE,
            env=program.environment(PYTHONDONTWRITEBYTECODE="1",
                                    OPENBLAS_NUM_THREADS="1"))
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return run.stdout if status == 0 else run.stderr

    def cifar(self, n=200):
        """A folder of batches of bars: three classes."""
        folder = self.folder / "batches"
        folder.mkdir()
        for seed, name in enumerate(("data_batch_1", "data_batch_2",
                                     "test_batch")):
            x, y = program.bars(n, 32, 32, 3, seed)
            records = numpy.hstack([y[:, None].astype("u1"),
                                    x.transpose(0, 3, 1, 2).reshape(n, -1)])
            records.tofile(folder / (name + ".bin"))
        return folder

    def mnist(self, n=300):
        """A folder of IDX files of bars."""
        parts = [program.bars(n, 16, 16, 1, seed) for seed in (0, 1)]
        bad_files.mnist(self.folder, *[
            bad_files.idx(values.astype("u1")) for x, y in parts
            for values in (x[..., 0], y)])
        return self.folder

    @NUMPY
    def test_numpy_formulas(self):
        """Of an uneven grid, the halved picture, and unit length."""
        import features
        import numpy_features
        x, _ = program.bars(60, 33, 32, 3)
        some = x[:5, :32].astype("f4") / 255
        for term, unit in (((24, 4, 3, False), False),
                           ((16, 6, 2, True), True)):
            made = numpy_features.Term(x[:, :32], term, unit,
                                       numpy.random.default_rng(0))
            y = some
            if term[3]:
                y = some.reshape(5, 16, 2, 16, 2, 3).mean(axis=(2, 4))
            p = features.patches(y.transpose(0, 3, 1, 2).astype(float),
                                 term[1])
            # as im2col has them: row, column, channel
            p = p.reshape(*p.shape[:3], 3, term[1], term[1]).transpose(
                0, 1, 2, 4, 5, 3).reshape(p.shape)
            q = (p - p.mean(axis=-1, keepdims=True)) / numpy.sqrt(
                p.var(axis=-1, keepdims=True) + made.softness)
            w = q @ made.whitener.astype(float) - made.bias
            if unit:
                w /= numpy.sqrt((w * w).sum(axis=-1, keepdims=True) + .1)
            z = w @ made.filters.astype(float)
            expected = features.rectified(z, made.threshold, term[2], True)
            numpy.testing.assert_allclose(
                made.features(some), expected.reshape(5, -1), atol=2e-5)
            self.assertEqual(made.width, expected[0].size)

    @NUMPY
    def test_compare_features(self):
        for folder, spec, peer, d in (
                (self.cifar(), "patches:16:size=6:dims=64:unit+"
                 "patches:16:size=6:scale=2:grid=2:unit",
                 "16:6:3,16:6:2:halved", 32 * 9 + 32 * 4),
                (self.mnist(), "patches:16:size=5:grid=2", "16:5:2", 128)):
            text = self.script(
                "compare_features.py", "--starpu-ridge", program.PROGRAM,
                "--data", folder, "--features", spec, "--peer-features", peer,
                "--repeat", 2, "--json", "figures.json")
            for name in ("starpu_ridge", "numpy expert"):
                self.assertRegex(text, r"(?m)^\| %s \| 2 \|" % name)
                self.assertRegex(text, r"(?m)^%s, d = %d: " % (name, d))
            figures = self.read_json("figures.json")[str(folder)]
            for figure in figures.values():
                self.assertGreater(figure["test_accuracy"], .8)
                self.assertGreater(figure["phases"]["features"], 0)
        self.assertIn("go together",
                      self.script("compare_features.py", "--data", folder,
                                  "--features", spec, status=2))

    @GNUPLOT
    def test_curve(self):
        x, y = program.bars(300, 12, 12)
        data = self.save("x", x, y)
        text = self.script(
            "features_curve.py", "own", "--starpu-ridge", program.PROGRAM,
            "--data", data, "--holdout", "0.2", "--output", "curve",
            "--specs", "patches:8:size=5:grid=2", "patches:16:size=5:grid=2")
        self.assertRegex(text, r"(?m)^test: [+-]\d+\.\d\d points a doubling")
        with open(self.folder / "curve.csv", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([row["d"] for row in rows], ["64", "128"])
        for row in rows:
            self.assertGreater(float(row["validation"]), .5)
            self.assertGreater(float(row["test"]), .5)
            self.assertGreater(float(row["seconds"]), 0)
            self.assertGreater(float(row["peak_mib"]), 10)
        self.assertIn("points a doubling",
                      (self.folder / "curve.svg").read_text())

    @GNUPLOT
    def test_curve_is_drawn_again(self):
        (self.folder / "c.csv").write_text(
            "spec,d,validation,validation_se,test,seconds,peak_mib\n"
            "a,100,0.80,0.01,,1,9\nb,200,0.82,0.01,0.8,2,9\n"
            "c,800,0.86,0.01,0.9,3,9\n")
        (self.folder / "n.csv").write_text(
            "seconds,test_accuracy,epochs\n1,0.5,1\n2,0.6,2\n")
        text = self.script("features_curve.py", "mnist", "--draw", "--output",
                           "c", "--networks", "n.csv")
        self.assertEqual(text.splitlines(), [
            "validation: +2.00 points a doubling of d (+2.00, +2.00)",
            "test: +5.00 points a doubling of d (+5.00)"])
        self.assertIn("network, test", (self.folder / "c.svg").read_text())

    def test_hands(self):
        """Hands of three digits each: the cut lies where the next begins."""
        x, _ = program.bars(30, 12, 12)
        for i, pixels in enumerate(x):
            # 100 comes behind 99, not behind 10
            bad_files.put(self.folder / "hands" / str(i % 3) /
                          ("IMG_%d.png" % (90 + i)), png(pixels[..., 0]))
        import hands_by_number
        pictures = hands_by_number.numbered(self.folder / "hands")
        self.assertEqual([p[0] for p in pictures], list(range(90, 120)))
        self.assertEqual([hands_by_number.cut(pictures, part)
                          for part in (.5, .67, .71)], [15, 21, 24])
        text = self.script(
            "hands_by_number.py", "--starpu-ridge", program.PROGRAM, "--data",
            "hands", "--part", "0.67", "--features",
            "patches:8:size=5:grid=2:dims=16")
        self.assertRegex(text, r"(?m)^\| random \| 21 \| 9 \| ")
        self.assertRegex(text, r"(?m)^\| by number \| 21 \| 9 \| ")

    @TORCH
    def test_torch(self):
        text = self.script("peers/torch_patches.py", "--pictures", 4,
                           "--filters", 4, "--runs", 1, "--threads", 1)
        self.assertIn("unfold and matmul", text)
        for folder in (self.cifar(), self.mnist()):
            text = self.script("peers/torch_cnn.py", folder, "--at", ".2,.4",
                               "--save", "n.csv", "--threads", 1, "--batch",
                               8)
            self.assertIn('"peer": "PyTorch CNN"', text)
            self.assertIn("seconds,test_accuracy",
                          (self.folder / "n.csv").read_text())


if __name__ == "__main__":
    program.main()
