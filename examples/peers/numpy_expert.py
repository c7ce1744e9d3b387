#!/usr/bin/env python3
"""What an expert would write in numpy: ridge, K folds from one pass of Grams.

usage: numpy_expert.py DIR [--lambda V[,V...]] [--folds K] [--seed S]
                           [--save OUT.npz]

The toughest peer for cross-validation: per-fold statistics added and
subtracted, one Cholesky per (fold, lambda), threaded BLAS.  Same data, scaling
and JSON as sklearn_ridge.py.  Needs numpy and scipy.
"""
import argparse
import json
import resource
import time

import numpy as np
from scipy.linalg import cho_factor, cho_solve

import pictures


def solve(n, s, G, C, ybar, lam):
    """Weights d x k and intercept k.

    From the number n of samples, their sum s, Gram G, X^T Y and mean targets.
    """
    mu = s / n
    A = G - n * np.outer(mu, mu)
    A[np.diag_indices_from(A)] += lam
    L = cho_factor(A, lower=True, overwrite_a=True, check_finite=False)
    W = cho_solve(L, C - n * np.outer(mu, ybar), check_finite=False)
    return W, ybar - mu @ W


p = argparse.ArgumentParser()
p.add_argument("dir")
p.add_argument("--lambda", dest="lam", default="1")
p.add_argument("--folds", type=int, default=5)
p.add_argument("--seed", type=int, default=0)
p.add_argument("--save")
a = p.parse_args()
t0 = time.perf_counter()
X, y = pictures.read_part(a.dir, "train")
Z, z = pictures.read_part(a.dir, "t10k")
X = X.reshape(len(X), -1).astype(np.float32) / np.float32(255)
Z = Z.reshape(len(Z), -1).astype(np.float32) / np.float32(255)
t1 = time.perf_counter()
k = int(y.max()) + 1
lams = [float(v) for v in a.lam.split(",")]
K = a.folds if len(lams) > 1 else 1
fold = np.random.default_rng(a.seed).permutation(len(X)) % K
parts = []
for f in range(K):
    rows = np.flatnonzero(fold == f) if K > 1 else slice(None)
    Xf, yf = X[rows], y[rows]
    Y = np.where(yf[:, None] == np.arange(k), np.float32(1), np.float32(-1))
    parts.append((len(yf), Xf.sum(0, dtype=np.float64),
                  (Xf.T @ Xf).astype(np.float64),
                  (Xf.T @ Y).astype(np.float64),
                  Y.sum(0, dtype=np.float64), Xf, yf))
n, s, G, C, ys = [sum(q[i] for q in parts) for i in range(5)]
t2 = time.perf_counter()
cv = []
if len(lams) > 1:
    for lam in lams:
        acc = []
        for q in parts:
            m = n - q[0]
            W, b = solve(m, s - q[1], G - q[2], C - q[3], (ys - q[4]) / m, lam)
            guess = (q[5] @ W.astype(np.float32) + b).argmax(1)
            acc.append((guess == q[6]).mean())
        cv.append((lam, float(np.mean(acc))))
chosen = max(cv, key=lambda r: (r[1], r[0]))[0] if cv else lams[0]
W, b = solve(n, s, G, C, ys / n, chosen)
t3 = time.perf_counter()
acc = float(((Z @ W + b).argmax(1) == z).mean())
t4 = time.perf_counter()
if a.save:
    np.savez(a.save, coef=W.T, intercept=b)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({
    "peer": "numpy expert", "lambda": chosen, "test_accuracy": acc, "cv": cv,
    "seconds": {"load": round(t1 - t0, 4), "gram": round(t2 - t1, 4),
                "select+solve": round(t3 - t2, 4),
                "predict": round(t4 - t3, 4), "total": round(t4 - t0, 4)},
    "peak_mib": round(peak)}))
