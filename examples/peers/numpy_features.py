#!/usr/bin/env python3
"""What an expert would write in numpy: ridge on random whitened patches.

usage: numpy_features.py DIR [--preset mnist|cifar] [--features K:S:G[:H],...]
                             [--seed S] [--threads T]

The formulas of docs/features.md, in single precision throughout: im2col and
np.matmul over a few pictures at a time, one chunk a thread with a BLAS thread
of its own; features of all training pictures are kept, F.T @ F is BLAS' ssyrk,
and a Cholesky factorization for each lambda of one fold of ten, and one for
all samples, is LAPACK's spotrf.  Prints one JSON object: seconds of each
phase, accuracies and peak memory.  Needs numpy, scipy and threadpoolctl.
"""
import argparse
import concurrent.futures
import json
import os
import resource
import time

import numpy as np
from numpy.lib.stride_tricks import as_strided
from scipy.linalg import cho_factor, cho_solve
from threadpoolctl import threadpool_limits

import pictures

# (filters, side of a patch, grid, halved) of each term; unit length; mirror
PRESETS = {
    "mnist": ([(512, 10, 3, False)], False, False),
    "cifar": ([(512, 6, 3, False), (256, 4, 3, False), (512, 6, 2, True)],
              True, True)}
LAMBDAS = (.0003, .001, .003, .01, .03)  # times the number of samples
FOLDS, SAMPLED, EPSILON, DIMS = 10, 100000, np.float32(.1), 64
CHUNK = 2  # pictures at a time: what they become stays in the cache


def halve(x):
    """Means of 2 x 2 pixels; pictures are n x H x W x C."""
    return (x[:, ::2, ::2] + x[:, 1::2, ::2] + x[:, ::2, 1::2] +
            x[:, 1::2, 1::2]) / np.float32(4)


def windows(x, size):
    """All patches, not copied: n x rows x columns x size x (size * C)."""
    n, h, w, c = x.shape
    a, b, d, e = x.strides
    return as_strided(x, (n, h - size + 1, w - size + 1, size, size * c),
                      (a, b, d, b, e))


class Term:
    """Features of one size of patches, learnt from training pictures."""

    def __init__(self, x, term, unit, random):
        self.k, self.size, self.grid, self.halved = term
        self.unit = unit
        some = x[random.permutation(len(x))[:5000]].astype(np.float32) / 255
        view = windows(np.ascontiguousarray(halve(some) if self.halved
                                            else some), self.size)
        n, rows, columns = view.shape[:3]
        p = view[random.integers(n, size=SAMPLED),
                 random.integers(rows, size=SAMPLED),
                 random.integers(columns, size=SAMPLED)].reshape(SAMPLED, -1)
        self.softness = np.float32(2.5) * p.var(axis=1).mean()
        q = p - p.mean(axis=1, keepdims=True)
        norm = np.linalg.norm(q, axis=1)
        q /= np.sqrt((q ** 2).mean(axis=1, keepdims=True) + self.softness)
        mean = q.mean(axis=0)
        values, vectors = np.linalg.eigh(np.cov(q.T, bias=True))
        whitener = vectors[:, -DIMS:] / np.sqrt(values[-DIMS:] + EPSILON)
        self.bias = (mean @ whitener).astype(np.float32)
        # without the mean of each column, as of patches their mean
        self.whitener = (whitener - whitener.mean(axis=0)).astype(np.float32)
        x = self.whiten(p)
        good = np.flatnonzero(norm >= np.median(norm) / 2)
        w = x[random.choice(good, self.k, replace=False)]
        w /= np.linalg.norm(w, axis=1, keepdims=True)
        self.filters = np.ascontiguousarray(w.T)
        z = x[:20000] @ self.filters
        self.threshold = np.float32(.3) * np.sqrt((z * z).mean())
        cell = [np.arange(r) * self.grid // r for r in (rows, columns)]
        raster = np.add.outer(cell[0] * self.grid, cell[1]).ravel()
        hot = np.arange(self.grid ** 2)[:, None] == raster
        self.pool = (hot / hot.sum(axis=1, keepdims=True)).astype(np.float32)
        self.width = 2 * self.k * self.grid ** 2

    def whiten(self, p):
        """Of patches as rows."""
        m = p.shape[1]
        mean = p.mean(axis=1)
        variance = np.einsum("ij,ij->i", p, p) / m - mean * mean
        x = p @ self.whitener
        x /= np.sqrt(variance + self.softness)[:, None]
        x -= self.bias
        if self.unit:
            x /= np.sqrt(np.einsum("ij,ij->i", x, x) + EPSILON)[:, None]
        return x

    def features(self, x):
        """Of some pictures."""
        view = windows(np.ascontiguousarray(halve(x) if self.halved else x),
                       self.size)
        n, positions = len(x), view.shape[1] * view.shape[2]
        z = self.whiten(view.reshape(n * positions, -1)) @ self.filters
        z = z.reshape(n, positions, self.k)
        # max(z - t, 0) = max(z, t) - t: half the passes over z
        above = self.pool @ np.maximum(z, self.threshold)
        below = self.pool @ np.minimum(z, -self.threshold, out=z)
        return np.concatenate([above.reshape(n, -1) - self.threshold,
                               -self.threshold - below.reshape(n, -1)], axis=1)


class Map:
    """All terms' features of pictures, with those of their mirror images."""

    def __init__(self, x, terms, unit, mirror, random):
        self.terms = [Term(x, term, unit, random) for term in terms]
        self.mirror = mirror
        self.width = sum(term.width for term in self.terms)

    def some(self, x, out):
        """Features of some pictures."""
        x = x.astype(np.float32) / np.float32(255)
        begin = 0
        for term in self.terms:
            f = term.features(x)
            if self.mirror:
                f += term.features(x[:, :, ::-1])
            out[:, begin:begin + term.width] = f
            begin += term.width

    def features(self, x, threads):
        """Of all pictures, a chunk a thread at a time."""
        out = np.empty((len(x), self.width), np.float32)
        with threadpool_limits(1, "blas"), \
                concurrent.futures.ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda i: self.some(x[i:i + CHUNK],
                                              out[i:i + CHUNK]),
                          range(0, len(x), CHUNK)))
        return out


def standardize(f, mean, deviation):
    """In place, rows at a time."""
    for i in range(0, len(f), 256):
        f[i:i + 256] -= mean
        f[i:i + 256] /= deviation


def moments(f, y, k):
    """Number, sums, Gram, X^T Y and sums of targets."""
    t = np.where(y[:, None] == np.arange(k), np.float32(1), np.float32(-1))
    return [len(f), f.sum(axis=0), f.T @ f, f.T @ t, t.sum(axis=0)]


def solve(parts, lam):
    """Weights and intercept; lam is times the number of samples."""
    n, s, gram, c, t = parts
    mean = s / np.float32(n)
    a = gram - np.outer(s, mean)
    a[np.diag_indices_from(a)] += np.float32(lam * n)
    factor = cho_factor(a.T, overwrite_a=True, check_finite=False)
    w = cho_solve(factor, c - np.outer(mean, t), check_finite=False)
    return w, t / np.float32(n) - mean @ w


def accuracy(f, w, b, y):
    """Of predictions."""
    return float(((f @ w + b).argmax(axis=1) == y).mean())


def options():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("dir")
    p.add_argument("--preset", choices=PRESETS, help="default: by the data")
    p.add_argument("--features", metavar="K:S:G[:H],...",
                   help="terms instead of the preset's: filters, side of a "
                        "patch, grid; H: any text, of the halved picture")
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--threads", type=int,
                   default=len(os.sched_getaffinity(0)))
    return p.parse_args()


def report(width, lam, right, cv, clock):
    """One JSON object."""
    names = ("load", "learn", "features", "gram", "select", "solve", "predict")
    seconds = {name: round(end - begin, 3) for name, begin, end in
               zip(names, clock, clock[1:])}
    seconds["total"] = round(clock[-1] - clock[0], 3)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({
        "peer": "numpy features", "features": width, "lambda": lam,
        "validation_accuracy": max(v for _, v in cv), "test_accuracy": right,
        "cv": cv, "seconds": seconds, "peak_mib": round(peak)}))


def main():
    a = options()
    clock = [time.perf_counter()]
    (x, y), (xt, yt) = pictures.read_pictures(a.dir)
    x, xt = (np.ascontiguousarray(v.transpose(0, 2, 3, 1)) for v in (x, xt))
    terms, unit, mirror = PRESETS[
        a.preset or ("mnist" if x.shape[3] == 1 else "cifar")]
    if a.features:
        fields = [term.split(":") for term in a.features.split(",")]
        terms = [(*map(int, f[:3]), len(f) > 3) for f in fields]
    k = int(y.max()) + 1
    random = np.random.default_rng(a.seed)
    order = random.permutation(len(x))
    x, y, held = x[order], y[order], len(x) // FOLDS
    clock.append(time.perf_counter())
    features = Map(x[held:], terms, unit, mirror, random)
    clock.append(time.perf_counter())
    f = features.features(x, a.threads)
    clock.append(time.perf_counter())
    mean, deviation = f[:5000].mean(axis=0), f[:5000].std(axis=0)
    deviation[deviation == 0] = 1
    standardize(f, mean, deviation)
    fold = moments(f[:held], y[:held], k)
    rest = moments(f[held:], y[held:], k)
    clock.append(time.perf_counter())
    cv = [accuracy(f[:held], *solve(rest, lam), y[:held]) for lam in LAMBDAS]
    chosen = LAMBDAS[int(np.argmax(cv))]
    del f
    for i, part in enumerate(fold):
        rest[i] += part
    clock.append(time.perf_counter())
    w, b = solve(rest, chosen)
    clock.append(time.perf_counter())
    w /= deviation[:, None]
    b -= mean @ w
    right = [accuracy(features.features(xt[i:i + 1000], a.threads), w, b,
                      yt[i:i + 1000]) for i in range(0, len(xt), 1000)]
    clock.append(time.perf_counter())
    report(features.width, chosen * len(y), float(np.mean(right)),
           [[lam * len(y), v] for lam, v in zip(LAMBDAS, cv)], clock)


if __name__ == "__main__":
    main()
