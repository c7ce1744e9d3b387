"""Rows of bad .npy files, of samples and of labels."""
import numpy

from bad_files import flip, npy, pictures, put
from bad_row import (DATA, MEMORY, NOINPUT, USAGE, file, fit, labelled,
                     nothing, row)


def npy_rows():
    def array(name, data, *says, status=DATA, labels=None):
        return row("npy " + name, labelled(data, labels), fit("x.npy"),
                   status, *says)

    def labels(name, values, *says):
        return array(name, npy(), "x.labels.npy: ", *says, labels=values)

    def special(name, value, at, *options):
        values = numpy.ones((60, 9), "f4")
        values[at, 5] = value
        return row("npy " + name, labelled(npy(data=values.tobytes())),
                   fit("x.npy", *options), DATA, "x.npy: ",
                   "row %d, feature 5 " % (at % 60),
                   "NaN" if numpy.isnan(value) else "infinite")

    return [
        array("empty", b"", "x.npy: ", "not a .npy file"),
        array("that is text", b"1,2,3\n4,5,6\n", "x.npy: ", "not a .npy",
              "CSV", "numpy.loadtxt"),
        array("that is an archive", b"PK\3\4" + bytes(999), "x.npy: ",
              "not a .npy", "zip"),
        array("of another magic", flip(npy(), 1), "x.npy: ", "not a .npy"),
        array("of version 9", flip(npy(), 6, 8), "x.npy: ", "version"),
        array("cut in its magic", npy()[:7], "x.npy: ", "not a .npy"),
        array("cut in its header", npy()[:30], "x.npy: ", "header"),
        array("cut after its header", npy(data=b""), "x.npy: ", "2160", " 0 "),
        array("cut in its data", npy(data=bytes(2159)), "x.npy: ", "2160",
              "2159", "save it again"),
        array("too long", npy(data=bytes(2161)), "x.npy: ", "2161"),
        array("header longer than the file", npy(length=60000), "x.npy: ",
              "header"),
        array("header of 4 GiB", npy(length=0xffffffff, version=2),
              "x.npy: ", "header"),
        array("header too short", npy(length=20), "x.npy: ", "numpy.save"),
        array("header that is no dictionary", npy(header="[1, 2, 3]"),
              "x.npy: ", "numpy.save"),
        array("header without shape", npy(
            header="{'descr': '<f4', 'fortran_order': False}"), "x.npy: ",
              "numpy.save"),
        array("of 0 samples", npy((0, 9), data=b""), "x.npy: ", "empty"),
        array("of 0 features", npy((60, 0), data=b""), "x.npy: ", "empty"),
        array("of a negative shape", npy((-60, 9)), "x.npy: ", "numpy.save"),
        array("claiming 2^31 samples", npy((1 << 31, 9)), "x.npy: ",
              "77309411328", "2160"),
        array("claiming more than 2^64 bytes", npy((1 << 62, 9)), "x.npy: ",
              "impossibly large"),
        array("shape beyond 64 bits", npy((1 << 70, 9)), "x.npy: ",
              "numpy.save"),
        array("of one dimension", npy((540,)), "x.npy: ", "1 dimension",
              "N x d"),
        array("of seven dimensions", npy((60, 9, 1, 1, 1, 1, 1)), "x.npy: "),
        array("of objects", npy(descr="|O"), "x.npy: ", "'|O'", "features",
              "X.astype('float64')"),
        array("of long doubles", npy(descr="<f16", data=bytes(8640)),
              "x.npy: ", "'<f16'", "X.astype('float64')"),
        array("of complex numbers", npy((30, 9), descr="<c8"), "x.npy: ",
              "c8", "X.real"),
        array("of dates", npy(descr="<M8[ns]", data=bytes(4320)), "x.npy: ",
              "dates"),
        array("of text", npy(descr="<U2", data=bytes(4320)), "x.npy: ",
              "text"),
        array("of records", npy(header="{'descr': [('x', '<f4')], "
                                "'fortran_order': False, 'shape': (540,)}"),
              "x.npy: ", "numpy.save"),
        special("of NaN in its first row", numpy.nan, 0),
        special("of NaN in the middle", numpy.nan, 31, "--tiles", "60"),
        special("of infinity in its last row", numpy.inf, -1, "--tiles", "7"),
        special("of NaN in the test part", numpy.nan, 59, "--holdout", "0.5"),
        row("npy of float64 beyond squares", labelled(npy(
            descr="<f8", data=(1e200 * numpy.arange(540.0)).tobytes())),
            fit("x.npy"), DATA, "x.npy: ", "feature 0 ", "size of", "scale it"),
        labels("with too few labels", numpy.arange(59) % 3, "59", "60"),
        labels("with labels of NaN", numpy.full(60, numpy.nan),
               "whole number"),
        labels("with labels of 0.5", numpy.arange(60) / 2, "label 1 ",
               "whole number"),
        labels("with labels in two columns", numpy.zeros((60, 2), int),
               "row 0 ", "y.argmax(1)", "y[:, 0]"),
        labels("with labels across", numpy.zeros((3, 60), int), "y.T"),
        labels("with labels of two ones", numpy.tile([[0, 1, 1]], (60, 1)),
               "row 0 ", "y.argmax(1)"),
        labels("with labels in three dimensions", numpy.zeros((60, 2, 2)),
               "3 dimensions"),
        labels("with a single label", numpy.array(3), "1 label for the 60"),
        labels("with labels of objects", numpy.array(["a", 1] * 30, object),
               "'|O'", "y.astype(str)"),
        labels("with labels of complex numbers", numpy.zeros(60, complex),
               "c16", "integers"),
        labels("with labels of dates", numpy.zeros(60, "M8[D]"), "dates",
               "y.astype(str)"),
        labels("with labels that are empty", b"", "not a .npy"),
        labels("with labels beyond 2^63", numpy.full(60, 1 << 63, "u8"),
               "label 0 "),
        row("npy of one class", labelled(npy(), numpy.full(60, -3)),
            fit("x.npy"), DATA, "x.npy: ", "one class", "'-3'"),
        row("npy of too many classes", lambda f: (
            put(f / "x.npy", npy((66000, 1), "|u1", data=bytes(66000))),
            numpy.save(f / "x.labels.npy", numpy.arange(66000))),
            fit("x.npy"), DATA, "x.labels.npy: ", "65535", "classes"),
        row("npy of an empty class name", labelled(npy(), numpy.array(
            ["a", ""] * 30)), fit("x.npy"), DATA, "x.npy: ", "name of class"),
        row("npy without labels", file("x.npy", npy()), fit("x.npy"), DATA,
            "x.npy: ", "--labels"),
        row("npy with --labels missing", file("x.npy", npy()),
            fit("x.npy", "--labels", "l.npy"), NOINPUT, "l.npy: "),
        row("npy of one sample", lambda f: (
            put(f / "x.npy", npy((1, 9), data=bytes(36))),
            numpy.save(f / "x.labels.npy", numpy.array([1]))),
            fit("x.npy"), DATA, "x.npy: ", "1 sample is too few"),
        row("npy by force, of none", nothing, fit("npy:old.csv"), DATA,
            "old.csv: ", "not a .npy"),
        row("file of another format", nothing, fit("old.csv"), DATA,
            "old.csv: ", ".npy"),
        row("npy of 2^20 features", lambda f: (
            put(f / "x.npy", npy((2, 1 << 20), "|u1", data=bytes(1 << 21))),
            numpy.save(f / "x.labels.npy", numpy.arange(2))),
            fit("x.npy", "--solver", "primal"), MEMORY, "x.npy: ",
            "1048576 features", "MiB"),
        array("of five dimensions", npy((60, 1, 3, 3, 1)), "x.npy: ",
              "60 x 1 x 3 x 3 x 1", "--layout flat"),
        row("npy of another layout", labelled(npy((60, 3, 3))),
            fit("x.npy", "--layout", "nchw"), DATA, "x.npy: ", "60 x 3 x 3",
            "--layout nchw"),
        row("npy rows of another size", labelled(npy()),
            fit("x.npy", "--layout", "nhw", "--image", "2x3"), DATA, "x.npy: ",
            "2x3", "--image"),
        row("layout of pictures", lambda f: pictures(f / "d"),
            fit("d", "--layout", "nchw"), USAGE, "d: ", "--layout", "leave"),
    ]
