#!/usr/bin/env python3
"""Reference run of scikit-learn's ridge classifier, to compare against.

usage: sklearn_ridge.py DIR [--lambda V[,V...]] [--folds K]
                            [--dtype float32|float64] [--save OUT.npz]

DIR holds the four MNIST-style IDX files, plain or .gz.  Pixels are divided by
255.  With one lambda it fits RidgeClassifier(alpha=V); with several and
--folds K it runs a stratified K-fold GridSearchCV; with several and no folds,
RidgeClassifierCV (leave-one-out).  Prints one JSON object: seconds for load,
fit and predict, the test accuracy, the chosen lambda, and peak memory in MiB.
Needs scikit-learn: requirements.txt beside this file, or Debian's
python3-sklearn.
"""
import argparse
import json
import resource
import time

import numpy as np
from sklearn.linear_model import RidgeClassifier, RidgeClassifierCV
from sklearn.model_selection import GridSearchCV

import pictures

p = argparse.ArgumentParser()
p.add_argument("dir")
p.add_argument("--lambda", dest="lam", default="1")
p.add_argument("--folds", type=int, default=0)
p.add_argument("--dtype", default="float32")
p.add_argument("--save", help="write coef and intercept to this .npz")
a = p.parse_args()
t0 = time.perf_counter()
X, y = pictures.read_part(a.dir, "train")
Z, z = pictures.read_part(a.dir, "t10k")
X = X.reshape(len(X), -1).astype(a.dtype) / np.asarray(255, a.dtype)
Z = Z.reshape(len(Z), -1).astype(a.dtype) / np.asarray(255, a.dtype)
t1 = time.perf_counter()
lams = [float(v) for v in a.lam.split(",")]
if len(lams) == 1:
    m = RidgeClassifier(alpha=lams[0]).fit(X, y)
    chosen = lams[0]
elif a.folds:
    g = GridSearchCV(RidgeClassifier(), {"alpha": lams}, cv=a.folds).fit(X, y)
    m, chosen = g.best_estimator_, g.best_params_["alpha"]
else:
    m = RidgeClassifierCV(alphas=lams).fit(X, y)
    chosen = float(m.alpha_)
t2 = time.perf_counter()
acc = float(m.score(Z, z))
t3 = time.perf_counter()
if a.save:
    np.savez(a.save, coef=m.coef_, intercept=m.intercept_)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({
    "peer": "scikit-learn", "dtype": a.dtype, "lambda": chosen,
    "test_accuracy": acc,
    "seconds": {"load": round(t1 - t0, 4), "fit": round(t2 - t1, 4),
                "predict": round(t3 - t2, 4)},
    "peak_mib": round(peak)}))
