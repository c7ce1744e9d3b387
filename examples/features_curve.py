#!/usr/bin/env python3
"""Accuracy against the number of features, and against seconds.

    python3 examples/features_curve.py cifar10 --data data/cifar10
    python3 examples/features_curve.py mnist --data data/mnist \\
        --networks networks.csv
    python3 examples/features_curve.py hands --data data/hands
    python3 examples/features_curve.py own --data x.npy --holdout 0.2 \\
        --specs patches:64 patches:128

One fit of starpu_ridge for each size of the map, of growing d; options that
are not this script's own go to starpu_ridge.  NAME.csv has a line for each as
soon as it is done: validation and test accuracy, seconds of the whole process
and its peak memory.  NAME.svg has both curves, drawn by gnuplot, with the line
whose slope, points of accuracy a doubling of d, is printed.  --networks adds
what peers/torch_cnn.py --save wrote.  --draw draws what NAME.csv already has.
Let nothing else run meanwhile.
"""
import argparse
import csv
import math
import pathlib
import subprocess

import compare

COLUMNS = ["spec", "d", "validation", "validation_se", "test", "seconds",
           "peak_mib"]
TWO = "patches:%d:grid=2:soft=0.6+patches:%d:size=4:grid=2:soft=0.6"
SIZES = (64, 128, 256, 512, 1024)
CURVES = {  # maps of growing size, and options of the program
    "cifar10": ([TWO % (2 * k, 2 * k) for k in SIZES], ["--mirror"]),
    "mnist": (["patches:%d" % k for k in SIZES], []),
    "hands": (["patches:%d:grid=2" % k for k in SIZES],
              ["--image", "40x60", "--gray", "--holdout", "0.2",
               "--augment", "6"]),
    "own": ([], [])}
STYLE = """set terminal svg size 960,360 dynamic font 'sans-serif,14'
set encoding utf8
set border 3 linecolor '#8a919c'
set tics nomirror out scale 0.5, 0.2 textcolor '#4b525d'
set rmargin 2
set grid ytics linetype 1 linecolor '#e3e6ea' linewidth 1
set key bottom right samplen 1 textcolor '#4b525d'
set title textcolor '#1c2026'
set logscale x 2
set offsets graph 0.05, graph 0.05, graph 0.05, graph 0.05
set ylabel 'accuracy, %'
"""


def fit(program, spec, job):
    """A line of the table."""
    run = compare.measure([program, "--quiet", "--no-progress", "--json", "-",
                           "--features", spec, *job])
    result = run["result"]
    chosen = [one for one in result["cv"]
              if one["lambda"] == result["lambda"]]
    validation = chosen[0] if chosen else {"accuracy": None,
                                           "accuracy_se": None}
    return dict(zip(COLUMNS, (
        spec, result["features"], validation["accuracy"],
        validation["accuracy_se"], result.get("test_accuracy"),
        round(run["seconds"], 2), round(run["peak_mib"]))))


def number(text):
    """Of a cell of the table."""
    return float(text) if text not in ("", None) else None


def read_table(path):
    """Lines of a .csv, numbers but for `spec`."""
    with open(path, newline="", encoding="utf-8") as file:
        return [{key: value if key == "spec" else number(value)
                 for key, value in line.items()}
                for line in csv.DictReader(file)]


def line_through(points):
    """Slope and height of the line of least squares."""
    n = len(points)
    x, y = (sum(v) / n for v in zip(*points))
    slope = (sum((a - x) * (b - y) for a, b in points) /
             sum((a - x) ** 2 for a, b in points))
    return slope, y - slope * x


def doublings(table, key):
    """(log2 d, percent) of what is known."""
    return [(math.log2(row["d"]), 100 * row[key]) for row in table
            if row[key] is not None]


def print_slopes(table):
    """Points a doubling, of all and between neighbours.  Value: the line
    through each curve that has one, by its column."""
    lines = {}
    for key in ("validation", "test"):
        points = doublings(table, key)
        if len({x for x, _ in points}) < 2:
            continue
        lines[key] = line_through(points)
        steps = ["%+.2f" % ((d - b) / (c - a)) for (a, b), (c, d) in
                 zip(points, points[1:]) if c != a]
        print("%s: %+.2f points a doubling of d (%s)" % (
            key, lines[key][0], ", ".join(steps)))
    return lines


def block(name, points):
    """Data of a script of gnuplot's."""
    return "$%s << EOD\n%s\nEOD\n" % (
        name, "\n".join(" ".join(map(str, point)) for point in points))


def script(table, lines, title, networks):
    """Two charts beside each other."""
    text, left, right = STYLE, [], []
    for key, color in (("validation", "#9aa7b8"), ("test", "#2f6db5")):
        rows = [row for row in table if row[key] is not None]
        if not rows:
            continue
        look = "with linespoints pt 7 ps 0.6 lc rgb '%s' title '%s'" % (
            color, key)
        text += block(key, [(row["d"], row["seconds"], 100 * row[key])
                            for row in rows])
        left.append("$%s using 1:3 %s" % (key, look))
        right.append("$%s using 2:3 %s" % (key, look))
        if key in lines:
            left.append("%.9g * log(x) / log(2) + %.9g with lines dt 3 lc rgb "
                        "'%s' title '%+.1f points a doubling'" %
                        (*lines[key], color, lines[key][0]))
    if networks:
        text += block("networks", [(row["seconds"], 100 * row["test_accuracy"])
                                   for row in networks])
        right.append("$networks using 1:2 with linespoints pt 5 ps 0.6 lc rgb "
                     "'#c0603a' title 'network, test'")
    text += "set multiplot layout 1,2 title '%s'\n" % title
    for label, curves in (("features d", left), ("seconds", right)):
        text += "set xlabel '%s'\nplot %s\n" % (label, ", ".join(curves))
    return text + "unset multiplot\n"


def draw(table, lines, stem, networks):
    """NAME.svg."""
    # -d: whatever the user's own ~/.gnuplot says
    run = subprocess.run(["gnuplot", "-d", "-"], text=True,
                         input=script(table, lines, stem.name, networks),
                         capture_output=True)
    if run.returncode:
        compare.fail("gnuplot: %s" % run.stderr.strip())
    stem.with_suffix(".svg").write_text(run.stdout, encoding="utf-8")


def fits(program, specs, job, path):
    """All fits, each written when it is done."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        for spec in specs:
            row = fit(program, spec, job)
            table.writerow(row)
            file.flush()
            compare.progress("d = %(d)d: validation %(validation)s, test "
                             "%(test)s, %(seconds).1f s, %(peak_mib)d MiB" %
                             row)


def main():
    p = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("name", choices=CURVES)
    p.add_argument("--specs", metavar="SPEC", nargs="+", help="other maps")
    p.add_argument("--networks", metavar="FILE.csv")
    p.add_argument("--output", metavar="NAME", type=pathlib.Path,
                   help="default: features-NAME")
    p.add_argument("--draw", action="store_true")
    p.add_argument("--starpu-ridge", metavar="PATH")
    a, job = p.parse_known_args()
    stem = a.output or pathlib.Path("features-" + a.name)
    path = stem.with_suffix(".csv")
    if not a.draw:
        specs, options = CURVES[a.name]
        specs = a.specs or specs
        if not specs:
            p.error("%s: give --specs" % a.name)
        fits(compare.find_program(a.starpu_ridge), specs, options + job, path)
    table = read_table(path)
    draw(table, print_slopes(table), stem,
         read_table(a.networks) if a.networks else None)


if __name__ == "__main__":
    main()
