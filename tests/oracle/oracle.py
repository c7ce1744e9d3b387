"""What comparisons with Python share: the data sets, the documented rule of
folds and hold-outs, and ridge regression in double precision.

Data sets lie in $STARPU_RIDGE_DATA or, beside the project, in shared/data;
tests that need one are skipped, with a line that says so, where it is not.
"""
import gzip
import os
import pathlib
import sys
import unittest

import numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "program"))

import program  # noqa: E402 (found by the line above)

DATA = pathlib.Path(os.environ.get("STARPU_RIDGE_DATA",
                                   ROOT.parent / "shared" / "data"))


def needs(name):
    """Decorates a test that reads the data set of this name."""
    return unittest.skipUnless(
        (DATA / name).is_dir(),
        "no %s; set STARPU_RIDGE_DATA to the folder of data sets" %
        (DATA / name))


def read_idx(path):
    with gzip.open(path) as file:
        data = file.read()
    sizes = numpy.frombuffer(data, ">u4", data[3], 4).astype(int)
    return numpy.frombuffer(data, numpy.uint8,
                            offset=4 + 4 * data[3]).reshape(sizes)


def mnist():
    """Pixels (n x 784, u8) and labels of train and test."""
    parts = []
    for part in ("train", "t10k"):
        pixels = read_idx(DATA / "mnist" / (part + "-images-idx3-ubyte.gz"))
        labels = read_idx(DATA / "mnist" / (part + "-labels-idx1-ubyte.gz"))
        parts += [pixels.reshape(len(pixels), -1), labels.astype(int)]
    return parts


def cifar10():
    """Pixels (n x 3072, u8) and labels of train and test."""
    names = [["data_batch_%d" % i for i in range(1, 6)], ["test_batch"]]
    parts = []
    for part in names:
        data = numpy.concatenate([numpy.fromfile(
            DATA / "cifar10" / (name + ".bin"), numpy.uint8).reshape(-1, 3073)
            for name in part])
        parts += [data[:, 1:], data[:, 0].astype(int)]
    return parts


# ---- Folds and hold-outs, by the rule of src/split.h ------------------------

def splitmix64(x):
    x = numpy.asarray(x, dtype=numpy.uint64)
    with numpy.errstate(over="ignore"):
        x = x + numpy.uint64(0x9e3779b97f4a7c15)
        x = (x ^ x >> numpy.uint64(30)) * numpy.uint64(0xbf58476d1ce4e5b9)
        x = (x ^ x >> numpy.uint64(27)) * numpy.uint64(0x94d049bb133111eb)
    return x ^ x >> numpy.uint64(31)


def keys(rows, seed):
    with numpy.errstate(over="ignore"):
        return splitmix64(splitmix64(seed) + rows.astype(numpy.uint64))


def folds(labels, count, seed=0, rows=None):
    """The fold of each sample."""
    rows = numpy.arange(len(labels)) if rows is None else rows
    order = numpy.lexsort((rows, keys(rows, seed), labels))
    fold = numpy.empty(len(labels), dtype=int)
    fold[order] = numpy.arange(len(labels)) % count
    return fold


def holdout(labels, fraction, seed=0):
    """Which samples are held out for testing."""
    rows = numpy.arange(len(labels))
    order = numpy.lexsort((rows, keys(rows, seed + 1), labels))
    held = numpy.zeros(len(labels), dtype=bool)
    for c in numpy.unique(labels):
        of_class = order[labels[order] == c]
        held[of_class[:int(fraction * len(of_class) + 0.5)]] = True
    return held


# ---- Ridge classification by normal equations, in double precision ----------

class Statistics:
    """Samples' count, sums and products; exact for integers."""

    def __init__(self, samples, labels, classes, chunk=10000):
        d = samples.shape[1]
        self.n, self.gram = len(labels), numpy.zeros((d, d))
        self.sums = numpy.zeros((classes, d))
        self.counts = numpy.bincount(labels, minlength=classes).astype(float)
        for begin in range(0, len(labels), chunk):
            x = samples[begin:begin + chunk].astype(float)
            self.gram += x.T @ x
            onehot = labels[begin:begin + chunk, None] == numpy.arange(classes)
            self.sums += onehot.T.astype(float) @ x

    def minus(self, other):
        """The statistics of all samples but those of `other`."""
        rest = object.__new__(Statistics)
        rest.n = self.n - other.n
        rest.gram = self.gram - other.gram
        rest.sums = self.sums - other.sums
        rest.counts = self.counts - other.counts
        return rest

    def solve(self, penalty, scale):
        """Weights (k x d, of samples * scale) and intercept."""
        from scipy.linalg import solve
        mean = self.sums.sum(axis=0) / self.n
        target = 2 * self.counts / self.n - 1
        gram = scale ** 2 * (self.gram - self.n * numpy.outer(mean, mean))
        right = scale * (2 * self.sums - self.n * mean
                         - numpy.outer(target, self.n * mean))
        gram[numpy.diag_indices_from(gram)] += penalty
        weights = solve(gram, right.T, assume_a="pos",
                        overwrite_a=True).T
        return weights, target - weights @ mean * scale


def evaluate(weights, intercept, scale, samples, labels):
    """Accuracy, and mean squared error per sample and target."""
    scores = samples.astype(float) @ (scale * weights.T) + intercept
    targets = 2.0 * (labels[:, None] == numpy.arange(len(intercept))) - 1
    return ((scores.argmax(axis=1) == labels).mean(),
            ((scores - targets) ** 2).mean())


def validate(samples, labels, fold, penalties, scale):
    """Accuracy and mean squared error of each penalty: means over folds."""
    classes, count = labels.max() + 1, fold.max() + 1
    parts = [Statistics(samples[fold == f], labels[fold == f], classes)
             for f in range(count)]
    total = Statistics(samples, labels, classes)
    table = numpy.zeros((len(penalties), 2))
    for f in range(count):
        rest = total.minus(parts[f])
        for i, penalty in enumerate(penalties):
            table[i] += evaluate(*rest.solve(penalty, scale), scale,
                                 samples[fold == f], labels[fold == f])
    return table / count


class Case(program.Case):
    def train(self, *arguments, **how):
        """Value: weights, intercept, and what --json says."""
        result = self.fit("--model", "m.safetensors", *arguments, **how)
        weights, intercept, _ = program.read_model(
            self.folder / "m.safetensors")
        return weights, intercept, result

    def check_model(self, model, expected, tolerance):
        """Largest and mean difference, both relative."""
        for got, good in zip(model, expected):
            norm = numpy.linalg.norm
            self.assertLess(norm(got - good) / norm(good), tolerance)
            self.assertLess(abs(got - good).max() / abs(good).max(), tolerance)

    def check_validation(self, result, table, tolerance):
        for row, (accuracy, mse) in zip(result["cv"], table, strict=True):
            with self.subTest(penalty=row["lambda"]):
                self.assertAlmostEqual(row["accuracy"], accuracy, delta=1e-12)
                self.assertAlmostEqual(row["mse"], mse, delta=tolerance * mse)


main = program.main
