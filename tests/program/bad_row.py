"""What a row of bad input is, and what the tables of them share."""
import collections
import os

import numpy

from bad_files import put

USAGE, DATA, NOINPUT, UNAVAILABLE = 64, 65, 66, 69
MEMORY, CANTCREAT, IOERR = 71, 73, 74

Row = collections.namedtuple("Row", "name make line status says how")


def row(name, make, line, status, *says, **how):
    """make(folder) writes the bad files, line is the command line, says are
    what the message must contain.  how: settings (of the environment), before
    (what precedes the program on its command line), ranks (the runs, None being
    one without mpirun), stdout (of a rank, for the shell), needs (what the
    machine must grant, see test_bad_input.possible)."""
    return Row(name, make, line, status, says, how)


def fit(data, *options):
    return ["--data", data, "--lambda", "1", "--model", "old.safetensors",
            "--json", "old.json", *options]


def predict(data, model_file="good.safetensors", *options):
    return ["predict", "--model", model_file, "--data", data, "--output",
            "old.csv", "--json", "old.json", *options]


def nothing(folder):
    """The files that every row finds are enough."""


def file(name, data):
    return lambda folder: put(folder / name, data)


def labelled(data, labels=None, name="x"):
    """x.npy with labels for 60 samples."""
    def make(folder):
        put(folder / (name + ".npy"), data)
        if isinstance(labels, bytes):
            put(folder / (name + ".labels.npy"), labels)
        else:
            numpy.save(folder / (name + ".labels.npy"),
                       numpy.arange(60) % 3 if labels is None else labels)
    return make


def without_permission(make, name):
    def both(folder):
        make(folder)
        os.chmod(folder / name, 0)
    both.needs = "permissions"
    return both
