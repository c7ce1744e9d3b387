#!/usr/bin/env python3
"""The best rate of numpy's sgemm on all cores.

usage: sgemm.py [--seconds S]

Multiplies different float32 matrices (numpy would take X^T X for a symmetric
product) of a few shapes, each for S seconds, and prints one JSON object: the
best rate in GF/s, and the rate and shape m x n x k of each.  Needs numpy.
"""
import argparse
import json
import time

import numpy as np

SHAPES = [(2048, 2048, 2048), (4096, 4096, 4096), (784, 784, 16384)]

p = argparse.ArgumentParser()
p.add_argument("--seconds", type=float, default=1)
a = p.parse_args()
rng = np.random.default_rng(0)
rates = {}
for m, n, k in SHAPES:
    A = rng.standard_normal((k, m), np.float32)
    B = rng.standard_normal((k, n), np.float32)
    out = np.empty((m, n), np.float32)
    np.matmul(A.T, B, out=out)
    best, end = np.inf, time.perf_counter() + a.seconds
    while time.perf_counter() < end:
        t = time.perf_counter()
        np.matmul(A.T, B, out=out)
        best = min(best, time.perf_counter() - t)
    rates["%dx%dx%d" % (m, n, k)] = round(2e-9 * m * n * k / best, 1)
print(json.dumps({"gflops": max(rates.values()), "shapes": rates}))
