"""Rows of outputs that cannot be written."""
import os

from bad_files import IDX, IMAGES, LABELS, mnist, npy, pictures, put
from bad_row import (CANTCREAT, IOERR, USAGE, file, nothing, row,
                     without_permission)


def output_rows():
    small = ["--data", "good.npy", "--lambda", "1", "--quiet"]
    guess = ["predict", "--model", "good.safetensors", "--data", "good.npy",
             "--quiet"]
    rows = []
    for name, line in (("--model", small), ("--json", small),
                       ("--report", small), ("--confusion", small),
                       ("--weights", small), ("--output", guess),
                       ("--json", guess), ("--confusion", guess)):
        what = name + (" of predict" if line is guess else "")
        rows += [
            row(what + " in a missing folder", nothing,
                line + [name, "no/out"], CANTCREAT, "no/out: ", "create"),
            row(what + " in a file", nothing, line + [name, "old.csv/out"],
                CANTCREAT, "old.csv/out: ", "is a file"),
            row(what + " a folder", lambda f: (f / "out").mkdir(),
                line + [name, "out"], CANTCREAT, "out: ", "folder"),
            row(what + " in a folder without permission",
                without_permission(lambda f: (f / "d").mkdir(), "d"),
                line + [name, "d/out"], CANTCREAT, "d/out: ",
                "Permission denied"),
            row(what + " a file without permission", without_permission(
                file("out", b"old"), "out"), line + [name, "out"], CANTCREAT,
                "out: ", "Permission denied"),
            row(what + " in /sys", nothing, line + [name, "/sys/out"],
                CANTCREAT, "/sys/out: ", "write"),
            row(what + " of a name too long", nothing,
                line + [name, "n" * 300], CANTCREAT, "nnn", "shorter"),
            row(what + " of an empty name", nothing, line + [name, ""],
                USAGE, name, "empty"),
            row(what + " a link to a missing folder", lambda f: (
                f / "out").symlink_to("no/where"), line + [name, "out"],
                CANTCREAT, "out: ", "link", "No such file"),
            row(what + " a link to itself", lambda f: (
                f / "out").symlink_to("out"), line + [name, "out"],
                CANTCREAT, "out: ", "link", "mend"),
            row(what + " to /dev/full", nothing, line + [name, "/dev/full"],
                IOERR, "/dev/full: ", "free some space"),
            row(what + " to a full standard output", nothing,
                line + [name, "-"], IOERR, "standard output: ", "space",
                stdout="/dev/full"),
            row(what + " over its data", nothing, line + [name, "good.npy"],
                USAGE, name, "good.npy"),
            row(what + " over its labels", nothing,
                line + [name, "good.labels.npy"], USAGE, name,
                "good.labels.npy"),
        ]
    tables = small[:-1]
    return rows + [
        row("--model over a picture", lambda f: pictures(f / "d"),
            ["--data", "d", "--lambda", "1", "--model", "d/a/0.png"], USAGE,
            "--model", "d/a/0.png", "--data"),
        row("--model over a picture in capitals", lambda f: put(
            f / "d/a/IMG.JPG", b"x"), ["--data", "d", "--lambda", "1",
                                       "--model", "d/a/IMG.JPG"], USAGE,
            "--model", "d/a/IMG.JPG", "--data"),
        row("--output over a picture of no class", lambda f: put(
            f / "d/1.png", b"x"), ["predict", "--model", "photos.safetensors",
                                   "--data", "d", "--output", "d/1.png"],
            USAGE, "--output", "d/1.png", "--data"),
        row("--json over IDX labels", lambda f: mnist(f / "d", IMAGES, LABELS),
            ["--data", "./d", "--lambda", "1", "--json", "d/" + IDX[1]], USAGE,
            "--json", IDX[1], "--data"),
        row("--model over labels of any name", lambda f: (
            put(f / "x.dat", npy()), put(f / "x.dat.labels.npy", b"x")),
            ["--data", "npy:x.dat", "--lambda", "1", "--model",
             "x.dat.labels.npy"], USAGE, "--model", "x.dat.labels.npy"),
        row("--json to a pipe that nobody reads", lambda f: os.mkfifo(
            f / "out"), small + ["--json", "out"], CANTCREAT, "out: ",
            "reads the pipe"),
        row("--trace with a folder in the way", lambda f: (
            f / "t" / "dag.dot").mkdir(parents=True), small + ["--trace", "t"],
            CANTCREAT, "t/dag.dot: ", "folder"),
        row("--trace of a name too long", nothing, small + [
            "--trace", "n/" * 500], CANTCREAT, "--trace", "too long"),
        row("synth over a data set", lambda f: mnist(
            f / "d", IMAGES, LABELS, suffix=".gz"),
            ["synth", "d", "--n", "9"], CANTCREAT, "d: ", "another folder"),
        row("--output over its model", nothing,
            guess + ["--output", "./good.safetensors"], USAGE, "--output",
            "good.safetensors"),
        row("tables to a full standard output", nothing, tables, IOERR,
            "standard output: ", "space", stdout="/dev/full"),
        row("tables of predict to a full standard output", nothing,
            guess[:-1], IOERR, "standard output: ", "space",
            stdout="/dev/full"),
        row("info to a full standard output", nothing, ["info", "good.npy"],
            IOERR, "standard output: ", "space", stdout="/dev/full"),
        row("help to a full standard output", nothing, ["--help"], IOERR,
            "standard output: ", "space", stdout="/dev/full", ranks=(None,)),
        row("tables to a closed standard output", nothing, tables, IOERR,
            "standard output: ", stdout="&-"),
        row("--json to a closed standard output", nothing,
            small + ["--json", "-"], IOERR, "standard output: ",
            stdout="&-"),
        row("--trace in a missing folder", nothing,
            small + ["--trace", "no/trace"], CANTCREAT, "no/trace", "folder"),
        row("--trace a file", nothing, small + ["--trace", "old.csv"],
            CANTCREAT, "old.csv", "folder"),
        row("--trace without permission", without_permission(
            lambda f: (f / "d").mkdir(), "d"), small + ["--trace", "d"],
            CANTCREAT, "d: "),
        row("synth in a missing folder", nothing,
            ["synth", "no/where", "--n", "9"], CANTCREAT, "no/where: ",
            "folder"),
        row("synth a file", nothing, ["synth", "old.csv", "--n", "9"],
            CANTCREAT, "old.csv", "is a file"),
        row("synth without permission", without_permission(
            lambda f: (f / "d").mkdir(), "d"), ["synth", "d", "--n", "9"],
            CANTCREAT, "d/", "Permission denied"),
    ]


def disk_rows():
    """A full disk: a small tmpfs, gone with the run, at the folder disk."""
    script = ("mount -t tmpfs -o size=%dk none disk && \"$@\"; status=$?; "
              "[ -z \"$(ls -A disk)\" ] || status=99; exit $status")

    def full(name, kibibytes, *line):
        return row(name + " on a full disk", lambda f: (f / "disk").mkdir(),
                   [*line, name, "disk/out"], IOERR, "disk/out: ", "space",
                   needs="a small disk", before=[
                       "unshare", "-m", "sh", "-c", script % kibibytes, "sh"])

    def limited(name, *line):
        return row(name + " beyond the limit of file sizes", nothing,
                   [*line, name, "out"], IOERR, "out: ",
                   ranks=(None,), before=[ # MPI has files of its own
                       "sh", "-c", 'ulimit -f 1; exec "$@"', "sh"])

    digits = ["--data", "synth:60", "--lambda", "1", "--quiet"]
    choice = ["--data", "good.npy", "--quiet", "--lambda",
              ",".join(map(str, range(1, 200)))]
    guess = ["predict", "--model", "good.safetensors", "--data", "good.npy",
             "--scores", "--quiet"]
    return [
        full("--model", 16, *digits),
        full("--json", 4, *choice),
        full("--output", 4, *guess),
        limited("--model", *digits),
        limited("--json", *choice),
        limited("--output", *guess),
        row("synth on a full disk", lambda f: (f / "disk").mkdir(),
            ["synth", "disk/d", "--n", "200"], IOERR, "disk/d/", "space",
            needs="a small disk", before=["unshare", "-m", "sh", "-c",
                                          script % 64, "sh"]),
        row("synth beyond the limit of file sizes", nothing,
            ["synth", "d", "--n", "200"], IOERR, "d/",
            ranks=(None,), before=["sh", "-c", 'ulimit -f 1; exec "$@"',
                                   "sh"]),
    ]
