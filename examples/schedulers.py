#!/usr/bin/env python3
"""Every scheduler of StarPU's, side by side on the same job.

    python3 examples/schedulers.py --data data/mnist
    python3 examples/schedulers.py --runs 3 --data x.npy --holdout 0.2

What follows the options of this script's own goes to starpu_ridge.  First one
run with --calibrate fills the performance models on which dmda and its like
rely; then the schedulers take turns, so that a change of the machine's speed
meets all of them.  The table goes to standard output, in Markdown: seconds of
whole processes, where the workers' time went, and whether the model's bytes
are those of the first scheduler.  Let nothing else run meanwhile.
"""
import argparse
import hashlib
import pathlib
import statistics
import subprocess
import tempfile

import compare

SCHEDULERS = """prio eager random lws ws dm dmda dmdap dmdar dmdas dmdasd
heteroprio pheft peager modular-eager modular-eager-prefetching
modular-eager-prio modular-gemm modular-prio modular-prio-prefetching
modular-random modular-random-prio modular-random-prefetching
modular-random-prio-prefetching modular-prandom modular-prandom-prio modular-ws
modular-dmda modular-dmdap modular-dmdar modular-dmdas modular-heft
modular-heft-prio modular-heft2 modular-heteroprio modular-heteroprio-heft
modular-pheft""".split()


def works(command):
    """Whether the scheduler is there and ends the job, within two minutes."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, timeout=120,
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def shares(runs):
    """Busy, idle and overhead, in percent of all workers' time."""
    keys = ("busy", "idle", "overhead")
    seconds = [sum(w[key] for r in runs for w in r["result"]["worker_seconds"])
               for key in keys]
    return [100 * s / sum(seconds) for s in seconds]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--schedulers", help="some of them, with commas")
    parser.add_argument("--starpu-ridge", metavar="PATH")
    options, job = parser.parse_known_args()
    program = compare.find_program(options.starpu_ridge)

    with tempfile.TemporaryDirectory() as folder:
        names = (options.schedulers or ",".join(SCHEDULERS)).split(",")
        models = {name: pathlib.Path(folder, name) for name in names}
        line = {name: ["env", "STARPU_SCHED=" + name, program, *job, "--json",
                       "-", "--model", str(models[name])] for name in names}
        compare.progress("calibrating")
        compare.measure(["env", "STARPU_SCHED=dmda", program, *job, "--json",
                         "-", "--calibrate"])
        out = [name for name in names if not works(line[name])]
        names = [name for name in names if name not in out]
        measured = compare.round_robin(
            {name: (line[name], options.runs) for name in names},
            options.runs, False)
        digest = {name: hashlib.sha256(models[name].read_bytes()).digest()
                  for name in names}

    print("| scheduler | median s | min | max | busy | idle | overhead "
          "| same model |\n|---|" + "---:|" * 6 + "---|")
    for name, runs in measured.items():
        times = [r["seconds"] for r in runs]
        print("| %s | %.2f | %.2f | %.2f | %.0f %% | %.0f %% | %.0f %% | %s |"
              % (name, statistics.median(times), min(times), max(times),
                 *shares(runs),
                 "yes" if digest[name] == digest[names[0]] else "NO"))
    if out:
        print("\nNot there, or did not end the job: %s." % ", ".join(out))


if __name__ == "__main__":
    main()
