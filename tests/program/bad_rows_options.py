"""Rows of wrong command lines and settings."""
from bad_row import (NOINPUT, UNAVAILABLE, USAGE, fit, nothing, row,
                     without_permission)


def option_rows():
    data = ["--data", "good.npy"]
    one = data + ["--lambda", "1"]
    rows = [
        row(" ".join(["options", *line]), nothing, line, USAGE, *says)
        for line, *says in [
            (["--frobnicate"], "--frobnicate", "--help"),
            (["-x"], "-x", "--help"),
            (["fti"], "'fti'", "predict"),
            (["fit", "good.npy"], "'good.npy'", "--data"),
            (["info"], "FILE"),
            (["info", "a", "b"], "'b'"),
            (["info", ""], "empty"),
            (["predict"], "--model"),
            (["predict", "--model", "good.safetensors"], "--data"),
            (["predict", *data], "--model"),
            (["predict", *data, "--model", "good.safetensors", "--lambda",
              "1"], "--lambda", "predict"),
            (["synth", "d"], "--n"),
            (["synth", "--n", "7"], "OUT"),
            (["synth", "d", "--n", "0"], "--n", "'0'"),
            (["synth", "d", "--n", "99999999999999999999"], "--n",
             "4294967295"),
            (["synth", "d", "--n", "4294967295"], "4294967295",
             "1000000000"),
            (["--data"], "--data", "value"),
            (["--lambda"], "--lambda", "value"),
            (["--quiet=yes"], "--quiet", "no value"),
            (one + ["--quiet", "--verbose"], "--quiet", "--verbose"),
            (one + ["--test", "good.npy", "--holdout", "0.5"], "--test",
             "--holdout"),
            (one + ["--model", "a", "--json", "a"], "--model", "--json",
             "'a'"),
            (one + ["--model", "a", "--json", "./a"], "--model", "--json"),
            (one + ["--model", "a", "--json", "../run/a"], "--model",
             "--json"),
            (one + ["--model", "a", "--json", ".//a"], "--model", "--json"),
            (one + ["--model", "t", "--trace", "t"], "--model", "--trace"),
            (one + ["--json", "t/dag.dot", "--trace", "t"], "--json",
             "--trace"),
            (one + ["--image", "4x4"], "good.npy", "--image"),
            (one + ["--gray"], "good.npy", "--gray"),
            (one + ["--threshold", "0.5"], "good.npy", "--threshold"),
            (one + ["--output", "a.csv"], "--output", "fit"),
            (data + ["--lambda", ""], "--lambda", "''"),
            (data + ["--lambda=-1"], "--lambda", "'-1'"),
            (data + ["--lambda", "1,,2"], "--lambda", "''"),
            (data + ["--lambda", "1,x"], "--lambda", "'x'"),
            (data + ["--lambda", "nan"], "--lambda", "'nan'"),
            (data + ["--lambda", "inf"], "--lambda", "'inf'"),
            (data + ["--lambda", "1e999"], "--lambda", "'1e999'"),
            (data + ["--lambda", "1,1e101"], "--lambda", "'1e101'", "1e+100"),
            (data + ["--lambda", ",".join(map(str, range(1, 5000)))],
             "--lambda", "4999"),
            (data + ["--folds", "1"], "--folds", "2 folds"),
            (data + ["--folds", "61", "--lambda", "1,2"], "--folds 61", "60"),
            (one + ["--tiles", "61"], "--tiles 61", "60"),
            (data + ["--tiles", "4", "--lambda", "1,2"], "--tiles 4",
             "--folds 5"),
            (data + ["--holdout", "0.001"], "--holdout 0.001", "test on"),
            (data + ["--holdout", "0.999"], "--folds 5", "3 training"),
            (data + ["--select", "best"], "'best'", "accuracy"),
            (data + ["--seed=-1"], "--seed", "'-1'"),
            (data + ["--seed", "9223372036854775808"], "--seed",
             "9223372036854775807"),
            (["--data", "synth:0"], "synth:0", "1"),
            (["--data", "synth:x"], "synth:x", "synth[:N[:SEED]]"),
            (["--data", "synth:-5"], "synth:-5"),
            (["--data", "synth:10:"], "synth:10:"),
            (["--data", "synth:99999999999999999999"], "1000000000"),
        ]]
    for name in ("--folds", "--tiles", "--block", "--lanes"):
        rows += [row("options %s %s" % (name, value), nothing,
                     data + [name + "=" + value], USAGE, name, "'%s'" % value)
                 for value in ("0", "-3", "", "x", "1.5", "2147483648",
                               "18446744073709551617")]
    for name, values in (("--holdout", ("0", "1", "-0.1", "nan", "1e999", "")),
                         ("--threshold", ("2", "-1", "nan", "", "x")),
                         ("--image", ("0x5", "5", "5x", "x", "5x70000", "",
                                      "-5x5", "5x5x5")),
                         ("--cache", ("-1", "", "1e9", "2147483648"))):
        rows += [row("options %s %s" % (name, value), nothing,
                     data + [name + "=" + value], USAGE, name, "'%s'" % value)
                 for value in values]
    return rows


def environment_rows():
    fit_good = fit("good.npy")
    return [
        row("STARPU_SCHED unknown", nothing, fit_good, UNAVAILABLE,
            "STARPU_SCHED", "nonsense", "dmdas",
            settings={"STARPU_SCHED": "nonsense"}),
        row("STARPU_SCHED that waits for ever", nothing, fit_good, UNAVAILABLE,
            "STARPU_SCHED", "graph_test", "dmdas",
            settings={"STARPU_SCHED": "graph_test"}),
        row("STARPU_NCPU 0", nothing, fit_good, UNAVAILABLE, "STARPU_NCPU",
            settings={"STARPU_NCPU": "0"}),
        row("STARPU_HOME that cannot be made", nothing, fit_good, UNAVAILABLE,
            "STARPU_HOME=/proc/none", "set STARPU_HOME",
            settings={"STARPU_HOME": "/proc/none"}),
        row("STARPU_HOME a file", nothing, fit_good, UNAVAILABLE,
            "STARPU_HOME=old.csv", "Not a directory",
            settings={"STARPU_HOME": "old.csv"}),
        row("STARPU_HOME without permission", without_permission(
            lambda f: (f / "d").mkdir(), "d"), fit_good, UNAVAILABLE,
            "STARPU_HOME=d", "Permission denied",
            settings={"STARPU_HOME": "d"}),
        row("STARPU_NCPU garbage", nothing, fit_good, UNAVAILABLE,
            "STARPU_NCPU", "'many'",
            settings={"STARPU_NCPU": "many"}),
        row("STARPU_WORKERS_CPUID garbage", nothing, fit_good, UNAVAILABLE,
            "STARPU_WORKERS_CPUID", "'all'",
            settings={"STARPU_WORKERS_CPUID": "all"}),
        row("STARPU_HOSTNAME a path", nothing, fit_good, UNAVAILABLE,
            "STARPU_HOSTNAME", "'a/b'", settings={"STARPU_HOSTNAME": "a/b"}),
        row("SLURM_PROCID without SLURM_NTASKS", nothing, ["info", "gone"],
            NOINPUT, "gone: ", settings={"SLURM_PROCID": "1"},
            ranks=(None,)),
        *[row("%s=%s" % (name, value), nothing, fit_good, UNAVAILABLE, name,
              "'%s'" % value, settings={name: value})
          for name, value in (("STARPU_CALIBRATE", "yes"),
                              ("STARPU_MAIN_THREAD_BIND", "x"),
                              ("STARPU_MAIN_THREAD_CPUID", "999999"),
                              ("STARPU_MPI_NOBIND", "x"),
                              ("STARPU_NOPENCL", "x"))],
        row("STARPU_NCPUS empty", nothing, fit_good, UNAVAILABLE,
            "STARPU_NCPUS", "''", settings={"STARPU_NCPUS": ""}),
    ]
