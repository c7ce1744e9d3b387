#!/usr/bin/env python3
"""starpu_ridge side by side with scikit-learn and numpy, as README quotes it.

    sh examples/get_data.sh mnist
    python3 -m venv ~/peers
    ~/peers/bin/pip install -r examples/peers/requirements.txt
    ~/peers/bin/python examples/compare.py --data data/mnist
    ~/peers/bin/python examples/compare.py --gram

With --data: one lambda, then 5 folds x 20 lambda, each with starpu_ridge and
with the peers beside this file, in turn in the same run, so that a change of
the machine's speed meets all of them.  Times are those of whole processes,
start-up and loading included.  The ratios are the peer's time over that of
starpu_ridge: of the medians, and between runs that stood next to each other.

With --gram: the rate of the Gram tasks, N d^2 operations over the time that
the workers spend in them, against numpy's sgemm on all cores; for 8-bit
images, and for floating-point data in a temporary file (about 1 GB, in
$TMPDIR or /tmp).

The peers run under the Python that runs this script.  Tables go to standard
output, in Markdown; let nothing else run on the machine meanwhile.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PEERS = HERE / "peers"
LAMBDAS = ["%.17g" % 10 ** (-2 + 7 * i / 19) for i in range(20)]
FOLDS = "5"
VERSIONS = """
import json, platform, numpy, scipy, sklearn
try:
    from threadpoolctl import threadpool_info
    blas = sorted({"%s %s (%s), %d threads" % (
        b["internal_api"], b["version"], b.get("architecture", "?"),
        b["num_threads"]) for b in threadpool_info()
        if b["user_api"] == "blas"})
except ImportError:
    blas = ["unknown: threadpoolctl is not installed"]
print(json.dumps({"python": platform.python_version(),
                  "numpy": numpy.__version__, "scipy": scipy.__version__,
                  "scikit-learn": sklearn.__version__, "blas": blas}))
"""


def fail(message):
    sys.exit("%s: %s" % (pathlib.Path(sys.argv[0]).name, message))


def progress(text):
    print(text, file=sys.stderr, flush=True)


def find_program(given=None):
    """The starpu_ridge to measure: the one given, built here, or installed."""
    built = HERE.parent / "build" / "starpu_ridge"
    path = given or (str(built) if built.exists()
                     else shutil.which("starpu_ridge"))
    if not path or not os.access(path, os.X_OK):
        fail("no program %s; build it (sh examples/quickstart.sh), or give "
             "--starpu-ridge PATH" % (path or built))
    return os.path.abspath(path)


def measure(command):
    """Run a command to its end: its JSON output, seconds and peak MiB.

    A child's peak memory is at least what this process holds when it starts
    it (Linux counts from before the exec), so numpy is not imported here.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begin = time.perf_counter()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                 stdout=out, stderr=err)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - begin
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if child.returncode:
            fail("%s: exit status %d\n%s" % (
                " ".join(command), child.returncode, err.read().decode()))
        result = json.load(out)
    return {"seconds": seconds, "peak_mib": usage.ru_maxrss / 1024,
            "result": result}


def round_robin(contenders, runs, warm_up):
    """contenders: name -> (command, largest number of runs)."""
    measured = {name: [] for name in contenders}
    if warm_up:
        for name, (command, _) in contenders.items():
            progress("  warm-up: %s" % name)
            measure(command)
    for i in range(runs):
        for name, (command, most) in contenders.items():
            if i < most:
                one = measure(command)
                progress("  run %d: %s %.3f s" % (i + 1, name, one["seconds"]))
                measured[name].append(one)
    return measured


def summary(runs, ours):
    """The figures of one contender against starpu_ridge's runs."""
    times = [r["seconds"] for r in runs]
    pairs = [a["seconds"] / b["seconds"] for a, b in zip(runs, ours)]
    median = statistics.median(times)
    last = runs[-1]["result"]
    return {"runs": len(runs), "seconds": times, "min": min(times),
            "median": median, "max": max(times),
            "ratio_of_medians":
                median / statistics.median(r["seconds"] for r in ours),
            "pairwise_ratios": pairs,
            "peak_mib": max(r["peak_mib"] for r in runs),
            "test_accuracy": last["test_accuracy"], "lambda": last["lambda"]}


def print_table(title, figures):
    print("\n| %s | runs | min s | median s | max s | ratio of medians "
          "| ratios of pairs | peak MiB | test accuracy | lambda |" % title)
    print("|---|" + "---:|" * 9)
    for name, f in figures.items():
        print("| %s | %d | %.3f | %.3f | %.3f | %.2f | %.2f to %.2f | %.0f "
              "| %.4f | %.4g |" % (
                  name, f["runs"], f["min"], f["median"], f["max"],
                  f["ratio_of_medians"], min(f["pairwise_ratios"]),
                  max(f["pairwise_ratios"]), f["peak_mib"],
                  f["test_accuracy"], f["lambda"]), flush=True)


def compare(title, contenders, runs, warm_up):
    progress(title)
    measured = round_robin(contenders, runs, warm_up)
    ours = measured["starpu_ridge"]
    figures = {name: summary(m, ours) for name, m in measured.items()}
    print_table(title, figures)
    n = ours[-1]["result"]["n_test"]
    p = figures["starpu_ridge"]["test_accuracy"]
    error = (p * (1 - p) / n) ** .5
    print("\nOne standard error of a test accuracy of %.4f on %d samples: %.4f"
          % (p, n, error))
    return figures, ours[-1]["result"]


def ridge(a, data):
    """One lambda, and 5 folds x 20 lambda."""
    program = [a.starpu_ridge, "--data", data, "--quiet", "--no-progress",
               "--json", "-", "--lambda"]
    sklearn = [sys.executable, str(PEERS / "sklearn_ridge.py"), data,
               "--dtype", "float32", "--lambda"]
    expert = [sys.executable, str(PEERS / "numpy_expert.py"), data, "--lambda"]
    path = ",".join(LAMBDAS)
    one, result = compare("one lambda", {
        "starpu_ridge": (program + ["1"], a.runs),
        "numpy expert": (expert + ["1"], a.runs),
        "scikit-learn RidgeClassifier": (sklearn + ["1"], a.runs)},
        a.runs, True)
    contenders = {
        "starpu_ridge": (program + [path, "--folds", FOLDS], a.runs),
        "numpy expert": (expert + [path, "--folds", FOLDS], a.runs),
        "scikit-learn GridSearchCV":
            (sklearn + [path, "--folds", FOLDS], min(a.runs, a.slow_runs))}
    if not a.slow_runs:
        del contenders["scikit-learn GridSearchCV"]
    folds, _ = compare("5 folds x 20 lambda", contenders, a.runs, False)
    return {"one_lambda": one, "folds": folds}, result


def write_float_data(path, rows, features=784):
    """float32 samples and labels in .npy files, a few rows at a time."""
    import numpy as np
    rng = np.random.default_rng(0)
    labels = rng.integers(10, size=rows, dtype=np.uint8)
    centres = rng.standard_normal((10, features), np.float32) / 10
    samples = np.lib.format.open_memmap(path, "w+", np.float32,
                                        (rows, features))
    for i in range(0, rows, 4096):
        part = labels[i:i + 4096]
        samples[i:i + 4096] = centres[part] + rng.standard_normal(
            (len(part), features), np.float32)
    samples.flush()
    np.save(path[:-len(".npy")] + ".labels.npy", labels)


def print_gram_table(rates):
    print("\n| Gram tasks, d = 784 | runs | min GF/s | median GF/s | max GF/s "
          "| ratio of medians to sgemm | ratios in a round |")
    print("|---|" + "---:|" * 6)
    sgemm = rates["sgemm"]
    for name, values in rates.items():
        pairs = [v / s for v, s in zip(values, sgemm)]
        print("| %s | %d | %.0f | %.0f | %.0f | %.2f | %.2f to %.2f |" % (
            name, len(values), min(values), statistics.median(values),
            max(values), statistics.median(values) / statistics.median(sgemm),
            min(pairs), max(pairs)), flush=True)


def gram(a):
    """The Gram's rate on 8-bit and floating-point data, against sgemm's."""
    rates = {"sgemm": [], "8-bit": [], "floating point": []}
    program = [a.starpu_ridge, "--lambda", "1", "--quiet", "--no-progress",
               "--json", "-", "--data"]
    progress("Gram against sgemm")
    with tempfile.TemporaryDirectory(prefix="compare.") as folder:
        data = os.path.join(folder, "float.npy")
        progress("  writing %d rows of floating-point data" % a.gram_rows)
        write_float_data(data, a.gram_rows)
        for i in range(a.gram_runs):
            sgemm = measure([sys.executable, str(PEERS / "sgemm.py")])
            images = measure(program + ["synth:%d" % a.gram_images])
            floats = measure(program + [data])
            rates["sgemm"].append(sgemm["result"]["gflops"])
            rates["8-bit"].append(images["result"]["gram_gflops"])
            rates["floating point"].append(floats["result"]["gram_gflops"])
            progress("  run %d: " % (i + 1) + ", ".join(
                "%s %.0f GF/s" % (name, r[-1]) for name, r in rates.items()))
    print_gram_table(rates)
    result = images["result"]
    print("\n%d workers; 8-bit: %d images, %.1f s of each in Gram tasks; "
          "floating point: %d rows" % (
              result["workers"], a.gram_images,
              1e-9 * result["n_train"] * 784 ** 2 / result["gram_gflops"],
              a.gram_rows))
    return {"gflops": rates}, result


def options():
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--data", metavar="FOLDER", help="MNIST's four IDX files")
    p.add_argument("--starpu-ridge", metavar="PATH",
                   help="the program (default: build/starpu_ridge, or the\n"
                        "one on the PATH)")
    p.add_argument("--runs", type=int, default=5,
                   help="runs of each contender (default: %(default)s)")
    p.add_argument("--slow-runs", type=int, default=1,
                   help="runs of GridSearchCV, about a minute each; 0 leaves\n"
                        "it out (default: %(default)s)")
    p.add_argument("--gram", action="store_true",
                   help="measure the Gram's rate")
    p.add_argument("--gram-runs", type=int, default=3,
                   help="rounds of --gram (default: %(default)s)")
    p.add_argument("--gram-images", type=int, default=1200000,
                   help="8-bit images (default: %(default)s)")
    p.add_argument("--gram-rows", type=int, default=300000,
                   help="floating-point rows (default: %(default)s)")
    p.add_argument("--json", metavar="FILE", help="write all figures as JSON")
    a = p.parse_args()
    if not a.data and not a.gram:
        p.error("give --data FOLDER, --gram, or both")
    if min(a.runs, a.gram_runs, a.gram_images, a.gram_rows) < 1:
        p.error("numbers of runs, images and rows start at 1")
    a.starpu_ridge = find_program(a.starpu_ridge)
    return a


def peer_versions():
    run = subprocess.run([sys.executable, "-c", VERSIONS], text=True,
                         capture_output=True)
    if run.returncode:
        fail("%s lacks what the peers need (%s); see --help for how to make "
             "an environment that has it" % (
                 sys.executable, run.stderr.strip().rsplit("\n", 1)[-1]))
    return json.loads(run.stdout)


def print_versions(peers, ours):
    print("\nPeers: " + "; ".join(
        "%s %s" % (name, value) for name, value in peers.items()
        if name != "blas") + "; BLAS " + ", ".join(peers["blas"]))
    print("Program: %s worker(s); " % ours["workers"] + "; ".join(
        "%s %s" % pair for pair in ours["versions"].items()))
    print("Machine: %d cores" % len(os.sched_getaffinity(0)))


def main():
    a = options()
    peers = peer_versions()
    if os.getloadavg()[0] > .3:
        progress("compare.py: the machine is busy (load %.1f): other work "
                 "will disturb the figures" % os.getloadavg()[0])
    figures = {}
    if a.data:
        figures["ridge"], ours = ridge(a, a.data)
    if a.gram:
        figures["gram"], ours = gram(a)
    print_versions(peers, ours)
    figures.update(peers=peers, versions=ours["versions"],
                   workers=ours["workers"])
    if a.json:
        with open(a.json, "w") as file:
            json.dump(figures, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
