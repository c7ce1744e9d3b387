#!/usr/bin/env python3
"""A fit whose test set has no hand of the training set.

    python3 examples/hands_by_number.py --data data/hands
    python3 examples/hands_by_number.py --data data/hands --features pixels

Pictures of data/hands are numbered as they were taken, hand after hand, each
showing the digits in turn, so that a random split has the same hand on both
sides.  Here the first numbers are trained on and the rest, at least a fifth,
tested; the cut lies where the next hand begins: where a picture's class is
below that of the picture before.  The table has a random holdout of the same
size beside it.  Options that are not this script's own go to starpu_ridge;
without any, they are those that README quotes.
"""
import argparse
import math
import os
import pathlib
import re
import tempfile

import compare

JOB = ["--features", "patches:512:grid=2", "--augment", "6"]
PICTURES = ["--image", "40x60", "--gray"]


def numbered(folder):
    """(number, class, path) of all pictures, in the order of numbers."""
    found = []
    for path in pathlib.Path(folder).resolve().glob("*/*"):
        digits = re.findall(r"\d+", path.stem)
        if path.suffix.lower() in (".jpg", ".jpeg", ".png") and digits:
            found.append((int(digits[-1]), path.parent.name, path))
    return sorted(found)


def cut(pictures, part):
    """Where the first hand behind a part of the pictures begins."""
    for i in range(max(1, math.ceil(len(pictures) * part)), len(pictures)):
        if pictures[i][1] < pictures[i - 1][1]:
            return i
    return compare.fail("no hand begins behind %g of the pictures" % part)


def link(pictures, folder):
    """A folder of links, one sub-folder for each class."""
    for _, label, path in pictures:
        os.makedirs(os.path.join(folder, label), exist_ok=True)
        os.symlink(path, os.path.join(folder, label, path.name))


def main():
    p = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", required=True, metavar="FOLDER")
    p.add_argument("--part", type=float, default=.8,
                   help="to train on, at least (default: %(default)s)")
    p.add_argument("--starpu-ridge", metavar="PATH")
    a, job = p.parse_known_args()
    program = [compare.find_program(a.starpu_ridge), "--quiet",
               "--no-progress", "--json", "-", *PICTURES, *(job or JOB)]
    pictures = numbered(a.data)
    if not pictures:
        compare.fail("%s: no numbered pictures in folders of classes" % a.data)
    begin = cut(pictures, a.part)
    runs = {"random": compare.measure(program + [
        "--data", a.data, "--holdout", "%.6f" % (1 - begin / len(pictures))])}
    with tempfile.TemporaryDirectory() as folder:
        for name, some in (("train", pictures[:begin]),
                           ("test", pictures[begin:])):
            link(some, os.path.join(folder, name))
        runs["by number"] = compare.measure(program + ["--data", folder])
    print("| split | training | test | test accuracy | standard error "
          "| seconds |\n|---|" + "---:|" * 5)
    for name, run in runs.items():
        result = run["result"]
        accuracy, n = result["test_accuracy"], result["n_test"]
        print("| %s | %d | %d | %.4f | %.4f | %.1f |" % (
            name, result["n_train"], n, accuracy,
            (accuracy * (1 - accuracy) / n) ** .5, run["seconds"]))


if __name__ == "__main__":
    main()
