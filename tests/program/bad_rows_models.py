"""Rows of bad models, and of data that fit no model or no other data."""
import struct

import numpy

from bad_files import entry, model, npy, pictures, put
from bad_row import (DATA, MEMORY, USAGE, file, fit, labelled, nothing,
                     predict, row)


def model_rows(good):
    def bad(name, data, *says):
        return row("model " + name, file("m.safetensors", data),
                   predict("good.npy", "m.safetensors"), DATA,
                   "m.safetensors: ", *says)

    def edited(name, edit, *says):
        return bad(name, model(good, edit), *says)

    (size,) = struct.unpack_from("<Q", good)
    weights = entry("weights", "shape", [3, 8])
    nan = numpy.full(30, numpy.nan).tobytes()

    def forget(key):
        return lambda header: header.pop(key)

    return [
        bad("empty", b"", "0 bytes"),
        bad("that is text", b"not a model, but a text\n" * 9,
            "not safetensors"),
        bad("cut in its length", good[:5], "5 bytes"),
        bad("cut in its header", good[:size // 2], "truncated"),
        bad("cut in its data", good[:-8], "truncated"),
        bad("too long", good + bytes(8), "too long"),
        bad("header of 2^60 bytes", model(good, length=1 << 60),
            "1152921504606846976"),
        bad("header of 0 bytes", model(good, length=0), "header of 0"),
        bad("header a byte short", model(good, length=size - 1),
            "truncated"),
        bad("header that is no JSON", model(good, raw=b"{'a': 1}"), "JSON"),
        bad("header that is a list", model(good, raw=b"[1, 2]"), "JSON"),
        bad("header of deep lists", model(
            good, raw=b'{"a":' + b"[" * 100000), "JSON"),
        bad("header with a key twice", model(
            good, raw=b'{"a": {}, "a": {}}'), "JSON"),
        edited("without weights", forget("weights"), "gap"),
        edited("with another tensor's name", lambda header: header.update(
            w=header.pop("weights")), "'weights'"),
        edited("of float32", lambda header: header["weights"].update(
            dtype="F32", shape=[3, 18]), "F64"),
        edited("of float32 of too many bytes", entry(
            "weights", "dtype", "F32"), "'weights'", "216 bytes"),
        edited("of a wrong shape", weights, "shape", "'weights'"),
        edited("of a shape beyond 2^64", entry(
            "weights", "shape", [1 << 62, 1 << 62]), "shape"),
        edited("of a negative shape", entry("weights", "shape", [-3, -9]),
               "shape"),
        edited("of three dimensions", entry("weights", "shape", [1, 3, 9]),
               "2 dimensions"),
        edited("of overlapping tensors", entry(
            "intercept", "data_offsets", [0, 24]), "overlap"),
        edited("of tensors beyond its end", lambda header: (
            entry("weights", "data_offsets", [0, 1 << 40])(header),
            header.pop("intercept")), "truncated"),
        edited("of offsets that are texts", entry(
            "weights", "data_offsets", ["0", "1"]), "data_offsets"),
        bad("of NaN", model(good, data=nan), "NaN"),
        bad("of other software", model(
            good, lambda header: header.pop("__metadata__")), "'format'"),
        edited("of a later version", entry("__metadata__", "version", "7"),
               "version", "'7'"),
        edited("without classes", entry("__metadata__", "classes", None),
               "'classes'"),
        edited("of too few classes", entry(
            "__metadata__", "classes", '["a", "b"]'), "3 names"),
        edited("of a class twice", entry(
            "__metadata__", "classes", '["a", "b", "a"]'), "twice"),
        edited("of an unknown type", entry("__metadata__", "type", "f16"),
               "'type'", "'f16'"),
        edited("of scale 0", entry("__metadata__", "scale", "0"), "'scale'"),
        edited("of other pictures", entry("__metadata__", "width", "77"),
               "77"),
        row("model that is an array", nothing,
            predict("good.npy", "good.npy"), DATA, "good.npy: ",
            "not safetensors"),
        row("model, described", file("m.safetensors", good[:-8]),
            ["info", "m.safetensors"], DATA, "m.safetensors: ", "truncated"),
    ]


def mismatch_rows():
    return [
        row("classes too many for the memory", labelled(npy(
            (20000, 1), "|u1", data=bytes(20000)), numpy.arange(20000)),
            fit("x.npy"), MEMORY, "x.npy: ", "20000 classes", "MiB",
            ranks=(None,), needs="ulimit -v", before=[
                "sh", "-c", 'ulimit -v 4000000; exec "$@"', "sh"]),
        row("predict fewer features", nothing, predict("narrow.npy"), DATA,
            "narrow.npy: ", "8", "9", "good.safetensors"),
        row("predict floats with a model of bytes", nothing,
            predict("floats.npy"), DATA, "floats.npy: ", "float", "8-bit",
            "good.safetensors"),
        row("predict unknown classes", nothing, predict("strange.npy"), DATA,
            "strange.npy: ", '"5"'),
        row("predict digits with a model of others", nothing,
            predict("synth:20"), DATA, "synth:20: ", "784", "9"),
        row("predict with a model of pictures", nothing,
            predict("synth:20", "photos.safetensors"), DATA, "synth:20: ",
            '"5"', "train with them"),
        row("predict a part that is not there", nothing,
            predict("good.npy", "good.safetensors", "--part", "test"), USAGE,
            "good.npy", "--part"),
        row("predict pictures of another shape", labelled(npy(
            (60, 6, 5, 3), "|u1", data=bytes(5400))),
            predict("x.npy", "photos.safetensors"), DATA, "x.npy: ", "5x6x3",
            "6x5x3"),
        row("predict rows for pictures", labelled(npy(
            (60, 90), "|u1", data=bytes(5400))),
            predict("x.npy", "photos.safetensors"), DATA, "x.npy: ",
            "flat rows", "--layout nhwc", "--layout nchw"),
        row("test pictures on rows", lambda f: (
            labelled(npy((60, 27), data=bytes(6480)))(f),
            put(f / "y.npy", npy((60, 3, 3, 3), data=bytes(6480))),
            put(f / "y.labels.npy", (f / "x.labels.npy").read_bytes())),
            fit("x.npy", "--test", "y.npy"), DATA, "y.npy: ", "flat rows"),
        row("test on pictures turned", lambda f: (
            labelled(npy())(f),
            put(f / "x.npy", npy((60, 5, 3), data=bytes(3600))),
            put(f / "y.npy", npy((60, 3, 5), data=bytes(3600))),
            put(f / "y.labels.npy", (f / "x.labels.npy").read_bytes())),
            fit("x.npy", "--test", "y.npy"), DATA, "y.npy: ", "3x5x1",
            "5x3x1"),
        row("test on pictures of another shape", lambda f: (
            pictures(f / "d"), labelled(npy((60, 6, 5, 3), "|u1", data=bytes(
                5400)))(f)), fit("d", "--test", "x.npy"), DATA, "x.npy: ",
            "5x6x3", "6x5x3"),
        row("test without --threshold", lambda f: (
            pictures(f / "d"), labelled(npy((60, 5, 6, 3), data=bytes(
                4 * 5400)))(f)), fit("d", "--threshold", "0.5", "--test",
                                     "x.npy"),
            USAGE, "x.npy: ", "--threshold"),
        row("test on fewer features", nothing,
            fit("good.npy", "--test", "narrow.npy"), DATA, "narrow.npy: ",
            "8", "9"),
        row("test bytes on floats", nothing,
            fit("good.npy", "--test", "floats.npy"), DATA, "floats.npy: "),
        row("test on unknown classes", nothing,
            fit("good.npy", "--test", "strange.npy"), DATA, "strange.npy: ",
            '"5"'),
        row("test without labels", file("x.npy", npy()),
            fit("floats.npy", "--test", "x.npy"), DATA, "x.npy: ", "labels"),
        row("test with NaN", labelled(npy(
            (3, 9), data=numpy.full(27, numpy.nan, "f4").tobytes()),
            numpy.arange(3)), fit("floats.npy", "--test", "x.npy"), DATA,
            "x.npy: ", "row 0, "),
        row("predict NaN", labelled(npy(data=numpy.append(
            numpy.ones(539, "f4"), numpy.float32("inf")).tobytes())),
            predict("x.npy", "floats.safetensors"), DATA, "x.npy: ",
            "row 59, "),
        row("one sample", nothing, fit("synth:1"), DATA, "synth:1: ",
            "too few"),
        row("one class and --holdout", labelled(npy(), [0] * 60),
            fit("x.npy", "--holdout", "0.9"), DATA, "x.npy: ", "one class",
            "6 samples", "'0'"),
        row("nothing to hold out", labelled(npy(), range(60)),
            fit("x.npy", "--holdout", "0.9"), USAGE, "--holdout 0.9",
            "test on"),
        row("singular without lambda", labelled(npy(
            descr="|u1", data=bytes(540))), fit("x.npy", "--lambda", "0"),
            DATA, "x.npy: ", "singular", "--lambda 0", "--lambda 1"),
        row("singular for every lambda", labelled(npy((60, 2), "|u1", data=(
            numpy.arange(60, dtype="u1").repeat(2).tobytes()))),
            fit("x.npy", "--lambda", "0,1e-200"), DATA, "x.npy: ",
            "singular", "--lambda 1"),
    ]
