#!/usr/bin/env python3
"""What 8 bits of features cost: accuracy of starpu_ridge with features in 8
bits, in single precision, and in 8 bits of their square roots (compand), over
seeds, which draw other patches, filters and folds.

    sh examples/get_data.sh mnist cifar10
    python3 examples/precision.py
    python3 examples/precision.py --jobs cifar10-9216 --seeds 5

Differences are of runs with the same seed, and so with the same patches, in
points (hundredths) with their standard errors over the seeds.  The table goes
to standard output, in Markdown.  Takes numpy; a few minutes a job.
"""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy

# Data, options, patches.
JOBS = collections.OrderedDict([
    ("mnist", ("mnist", [], "patches:256")),
    ("cifar10", ("cifar10", ["--mirror"], "patches:128:unit")),
    ("cifar10-9216", ("cifar10", ["--mirror"], "patches:512:unit")),
])

# What is added to the options, and to the map's words.
WAYS = collections.OrderedDict([
    ("float", (["--precision", "float"], "")),
    ("int8", (["--precision", "int8"], "")),
    ("int8, compand", (["--precision", "int8"], ":compand")),
])
BASE = next(iter(WAYS))


def accuracies(arguments, job, way, seed):
    """Validation and test accuracy in %, and features."""
    data, options, features = JOBS[job]
    more, words = WAYS[way]
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out.json"
        subprocess.run(
            [arguments.program, "--data", os.path.join(arguments.data, data),
             "--features", features + words, "--seed", str(seed), "--json",
             str(out), "--quiet", *options, *more], check=True)
        result = json.loads(out.read_text(encoding="utf-8"))
    chosen = min(result["cv"],
                 key=lambda row: abs(row["lambda"] - result["lambda"]))
    return (100 * chosen["accuracy"], 100 * result["test_accuracy"],
            result["features"])


def with_error(values):
    """Mean and its standard error."""
    return "%+.2f ± %.2f" % (numpy.mean(values), numpy.std(values, ddof=1) /
                             len(values) ** 0.5)


def print_rows(job, found):
    """found: for each way, validation, test and features of each seed."""
    for way, rows in found.items():
        rows, base = numpy.array(rows), numpy.array(found[BASE])
        cells = [job if way == BASE else "", "%d" % rows[0, 2], way]
        for column in (0, 1):
            cells.append("%.2f" % rows[:, column].mean())
            cells.append("" if way == BASE else with_error(
                rows[:, column] - base[:, column]))
        print("| %s |" % " | ".join(cells), flush=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n\n")[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--program", default="starpu_ridge")
    parser.add_argument("--data", default="data",
                        help="the folder that has mnist and cifar10")
    parser.add_argument("--jobs", nargs="+", choices=JOBS,
                        default=["mnist", "cifar10"])
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    if arguments.seeds < 2:
        parser.error("--seeds: a standard error takes at least 2")

    print("| data | features | kept as | validation, % | less float | "
          "test, % | less float |\n|---|---|---|---|---|---|---|", flush=True)
    for job in arguments.jobs:
        found = {way: [] for way in WAYS}
        for seed in range(arguments.seeds):
            for way in WAYS:
                found[way].append(accuracies(arguments, job, way, seed))
                print("%s, seed %d, %s: validation %.2f %%, test %.2f %%" %
                      (job, seed, way, *found[way][-1][:2]), file=sys.stderr,
                      flush=True)
        print_rows(job, found)


if __name__ == "__main__":
    main()
