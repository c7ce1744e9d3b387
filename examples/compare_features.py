#!/usr/bin/env python3
"""Feature maps side by side with numpy and PyTorch.

    ~/peers/bin/python examples/compare_features.py --data data/mnist
    ~/peers/bin/python examples/compare_features.py --data data/cifar10
    cmake --build build --target bench_patches
    python3 -m venv ~/peers-networks
    ~/peers-networks/bin/pip install -r \\
        examples/peers/requirements-networks.txt
    ~/peers/bin/python examples/compare_features.py --kernels \\
        --torch ~/peers-networks/bin/python

With --data: starpu_ridge and peers/numpy_features.py, the same map end to end
(MNIST: d = 9,216; CIFAR-10: d = 17,920; or --features for both), in turn, so
that a change of the machine's speed meets both.  Times are those of whole
processes.  Ratios are the peer's time over that of starpu_ridge.

With --kernels: pictures of 3 x 32 x 32 a second through 512 filters of
6 x 6 x 3, rectified both ways and pooled: our kernels, one process for each
core at the same time, with patches whitened to 64 dimensions and to all 108;
and PyTorch's, on as many threads.  GF/s are those of a convolution by
6 x 6 x 3 filters, whoever saves some of them.

Tables go to standard output, in Markdown; let nothing else run meanwhile.
"""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys

import compare

MAPS = {  # as starpu_ridge takes them; the peer has presets
    "mnist": "patches:512",
    "cifar10": "patches:512:unit+patches:256:size=4:unit+"
               "patches:512:scale=2:grid=2:unit"}
PICTURE_OPS = 2 * 27 * 27 * 108 * 512
RATE = re.compile(r"(?m)^(.+?)  .* (\d+) pictures/s")  # of bench_patches


def phases(runs):
    """Medians of each phase's seconds."""
    names = runs[0]["result"]["seconds"]
    return {name: statistics.median(r["result"]["seconds"][name]
                                    for r in runs) for name in names}


def fits(a, folder):
    """The same map by both programs."""
    kind = ("cifar10" if pathlib.Path(folder, "test_batch.bin").exists()
            else "mnist")
    ours = ["--features", a.features or MAPS[kind]]
    if kind == "cifar10":
        ours.append("--mirror")
    theirs = ["--features", a.peer_features] if a.peer_features else []
    contenders = {
        "starpu_ridge": ([a.starpu_ridge, "--data", folder, "--quiet",
                          "--no-progress", "--json", "-", *ours], a.repeat),
        "numpy expert": ([sys.executable,
                          str(compare.PEERS / "numpy_features.py"), folder,
                          *theirs], a.repeat)}
    compare.progress(kind)
    measured = compare.round_robin(contenders, a.repeat, False)
    figures = {name: compare.summary(runs, measured["starpu_ridge"])
               for name, runs in measured.items()}
    compare.print_table(kind, figures)
    print()
    for name, runs in measured.items():
        figures[name]["phases"] = phases(runs)
        print("%s, d = %d: %s" % (
            name, runs[0]["result"]["features"], ", ".join(
                "%s %.1f s" % pair for pair in phases(runs).items())))
    return figures


def our_kernels(bench, dims):
    """Pictures/s of each kernel, a process for each core, together."""
    cores = sorted(os.sched_getaffinity(0))
    children = [subprocess.Popen(
        [bench, "512", str(dims), "6"], stdout=subprocess.PIPE, text=True,
        env=dict(os.environ, OPENBLAS_NUM_THREADS="1"),
        preexec_fn=lambda core=core: os.sched_setaffinity(0, [core]))
        for core in cores]
    rates = {}
    for child in children:
        text, _ = child.communicate()
        if child.returncode:
            compare.fail("%s: exit status %d" % (bench, child.returncode))
        for name, rate in RATE.findall(text):
            name = "%s; %d dimensions" % (name, dims)
            rates[name] = rates.get(name, 0) + float(rate)
    return rates


def torch_kernels(python):
    """Pictures/s of each of PyTorch's ways."""
    run = subprocess.run([python, str(compare.PEERS / "torch_patches.py")],
                         stdout=subprocess.PIPE, text=True)
    if run.returncode:
        compare.fail("torch_patches.py: exit status %d" % run.returncode)
    return {"PyTorch, %s, batches of %d" % (r["method"], r["batch"]):
            r["pictures_per_s"] for r in json.loads(run.stdout)["results"]}


def kernels(a):
    """Our kernels and PyTorch's, in turn."""
    rounds = []
    for i in range(a.repeat):
        compare.progress("kernels, round %d" % (i + 1))
        rates = {}
        for dims in (64, 108):
            rates.update(our_kernels(a.bench, dims))
        if a.torch:
            rates.update(torch_kernels(a.torch))
        rounds.append(rates)
    medians = {name: statistics.median(r[name] for r in rounds)
               for name in rounds[0]}
    best = max((v for name, v in medians.items() if "PyTorch" in name),
               default=0)
    print("\n| 512 filters 6 x 6 x 3 | pictures/s | GF/s |%s\n|---|%s" % (
        (" times PyTorch's best |", 3 * "---:|") if best
        else ("", 2 * "---:|")))
    for name, rate in medians.items():
        print("| %s | %.0f | %.1f |%s" % (
            name, rate, 1e-9 * rate * PICTURE_OPS,
            " %.2f |" % (rate / best) if best else ""))
    return {"pictures_per_s": medians, "rounds": rounds}


def options():
    p = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", action="append", default=[], metavar="FOLDER",
                   help="MNIST's four IDX files or CIFAR-10's binary batches")
    p.add_argument("--features", metavar="SPEC", help="another map, ...")
    p.add_argument("--peer-features", metavar="K:S:G[:H],...",
                   help="and the same as the numpy peer takes it")
    p.add_argument("--kernels", action="store_true")
    p.add_argument("--bench", metavar="PATH", help="bench_patches",
                   default=str(compare.HERE.parent / "build/bench_patches"))
    p.add_argument("--torch", metavar="PYTHON",
                   help="a Python that has PyTorch")
    p.add_argument("--repeat", type=int, default=5,
                   help="rounds (default: %(default)s)")
    p.add_argument("--starpu-ridge", metavar="PATH",
                   help="the program (default: build/starpu_ridge, or the one "
                        "on the PATH)")
    p.add_argument("--json", metavar="FILE", help="write all figures")
    a = p.parse_args()
    if not a.data and not a.kernels:
        p.error("give --data FOLDER, --kernels, or both")
    if a.repeat < 1:
        p.error("--repeat starts at 1")
    if bool(a.features) != bool(a.peer_features):
        p.error("--features and --peer-features go together")
    if a.data:
        a.starpu_ridge = compare.find_program(a.starpu_ridge)
    if a.kernels and not os.access(a.bench, os.X_OK):
        p.error("no program %s; cmake --build build --target bench_patches, "
                "or give --bench PATH" % a.bench)
    return a


def main():
    a = options()
    figures = {folder: fits(a, folder) for folder in a.data}
    if a.kernels:
        figures["kernels"] = kernels(a)
    if a.json:
        with open(a.json, "w", encoding="utf-8") as file:
            json.dump(figures, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
