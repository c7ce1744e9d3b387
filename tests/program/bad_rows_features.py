"""Rows of features that cannot be made, or learnt, and of models that have
features which are not theirs."""
import json
import struct

import numpy

from bad_files import entry, model, npy, put
from bad_row import DATA, USAGE, fit, labelled, nothing, predict, row

SIDE = 9  # of squares.npy's pictures


def squares(n=60):
    """Pictures that any map can be learnt from."""
    return (numpy.arange(n * SIDE * SIDE) ** 2 * 37 % 251).astype(
        "u1").reshape(n, SIDE, SIDE)


def of_shape(*shape, descr="|u1", fill=None):
    """x.npy, 60 pictures of a shape; fill: all pixels, or one in 251."""
    count = 60 * int(numpy.prod(shape))
    values = (numpy.arange(count) ** 2 * 37 % 251 if fill is None else
              numpy.full(count, fill)).astype(descr)
    return labelled(npy((60, *shape), descr, data=values.tobytes()))


def word_rows():
    def bad(words, *says):
        return row("features %s" % words[:40], nothing,
                   fit("squares.npy", "--features", words), USAGE,
                   "--features", *says)

    return [
        bad("", "empty"),
        bad("patch:8", "'patch'", "patches:K"),
        bad("pixels:8+patches:8", "'8'", "pixels takes no", "nothing"),
        bad("patches:8+pixels:unit", "'unit'", "pixels takes no"),
        bad("patches:8+", "''"),
        bad("+".join(["patches:1"] * 17), "16 terms"),
        bad("patches:x", "'x'", "size=", "unit"),
        bad("patches:8:8", "'8'", "size="),
        bad("patches:8:", "''", "size="),
        bad("patches:8:size", "'size'", "size="),
        bad("patches:8:unit=1", "'unit=1'", ", unit"),
        bad("patches:0", "'0'", "from 1 to 65536"),
        bad("patches:99999999999999999999", "'99999999999999999999'"),
        bad("patches:8:size=abc", "'abc'", "from 1 to 64"),
        bad("patches:8:size=2.5", "'2.5'", "whole number"),
        bad("patches:8:size=0x3", "'0x3'"),
        bad("patches:8:size=nan", "'nan'"),
        bad("patches:8:size=", "''"),
        bad("patches:8:scale=3", "'3'", "from 1 to 2"),
        bad("patches:8:size=10", "10 x 10", "9 x 9", "size=9"),
        bad("patches:8:size=5:scale=2", "4 x 4, halved", "size=4"),
        bad("patches:8:size=5:grid=6", "6 x 6", "the 5 places", "grid=5"),
        bad("patches:8:size=2:dims=9", "dims=9", "the 4 values", "dims=4"),
        bad("patches:8:size=4,,5", "''", "from 1 to 64"),
        bad("patches:8:size=4,50", "50 x 50"),
        bad("patches:1,2,3,4,5,6,7,8,9:size=2,3,4,5,6,7,8,9", "72 maps",
            "at most 64"),
        bad("patches:" + "8" * 1100, "1022 characters"),
        *(row("features budget of " + budget, nothing,
              fit("squares.npy", "--features", "auto", "--budget", budget),
              USAGE, "--budget", "'%s'" % budget, "30s, 5m or 1h")
          for budget in ("0s", "5x", "-1s", "2000h", "s")),
        row("features budget and --calibrate", nothing,
            fit("squares.npy", "--calibrate", "--features", "auto"), USAGE,
            "--features auto", "--calibrate"),
        row("features auto, mirrored floats", of_shape(7, descr="<f4"),
            fit("x.npy", "--features", "auto", "--mirror"), USAGE, "x.npy",
            "no pictures", "leave --mirror"),
        row("features budget without auto", nothing,
            fit("squares.npy", "--budget", "30s"), USAGE, "--budget",
            "--features auto"),
        bad("patches:8:compand=1", "'compand=1'", ", compand"),
    ]


def learning_rows():
    patches = ["--features", "patches:8"]

    return [
        row("features of flat rows", nothing, fit("good.npy", *patches), USAGE,
            "pictures", "--layout", "--image"),
        row("features of floats", of_shape(9, 9, descr="<f4"),
            fit("x.npy", *patches), USAGE, "8 bits", "take pixels"),
        row("features of floats beside", of_shape(9, 9, descr="<f4"),
            fit("x.npy", "--features", "pixels+pixels"), USAGE, "8 bits",
            "take pixels alone"),
        row("features of one colour", of_shape(9, 9, fill=77),
            fit("x.npy", *patches), DATA, "all of one colour", "pixels"),
        row("features of a pixel", of_shape(1, 1), fit("x.npy", *patches),
            DATA, "1 x 1", "all of one colour", "pixels"),
        row("features of no half", of_shape(9, 1, 3),
            fit("x.npy", "--features", "patches:8:scale=2"), USAGE, "1 x 9",
            "leave scale=2 out"),
        row("features of large pictures", labelled(npy(
            (3, 260, 260), "|u1", data=bytes(range(169)) * 1200),
            numpy.arange(3)), fit("x.npy", "--features",
                                     "patches:8:size=4:grid=1:dims=16"),
            USAGE, "260 x 260", "1 x 1 cells", "grid="),
        row("features and --weights", nothing, fit(
            "squares.npy", *patches, "--weights", "w.png"), USAGE,
            "--weights", "--features patches:8"),
        row("features mirrored that are none", nothing, fit(
            "squares.npy", "--mirror"), USAGE, "--mirror", "--features"),
        row("features none, of a precision", nothing, fit(
            "squares.npy", "--precision", "float"), USAGE, "--precision",
            "--features"),
        row("features of half precision", nothing, fit(
            "squares.npy", *patches, "--precision", "half"), USAGE,
            "--precision", "'half'", "int8"),
        row("features companded that are floats", nothing, fit(
            "squares.npy", "--features", "patches:8:compand", "--precision",
            "float"), USAGE, "compand", "--precision float"),
        row("features in 8 bits of floats", nothing, fit(
            "floats.npy", "--features", "rff:8", "--precision", "int8"), USAGE,
            "--features rff", "--precision int8"),
        row("features copied of no pictures", nothing, fit(
            "good.npy", "--features", "rff:8", "--augment", "2"), USAGE,
            "--augment 2", "pictures of 8 bits"),
        row("features of fewer samples than folds", labelled(npy(
            (2, 9, 9), "|u1", data=squares(2).tobytes()), numpy.arange(2)),
            ["--data", "x.npy", *patches], USAGE, "--folds 10", "2 training"),
    ]


def damaged(edit=None, of="mapped", **tensors):
    """m.safetensors: mapped.safetensors with its header edited; or tensors of
    its first term, by their names, full of another value."""
    def make(folder):
        data = bytearray((folder / (of + ".safetensors")).read_bytes())
        (size,) = struct.unpack_from("<Q", data)
        header = json.loads(data[8:8 + size])
        for name, value in tensors.items():
            begin, end = header["0." + name]["data_offsets"]
            count = (end - begin) // len(value)
            data[8 + size + begin:8 + size + end] = value * count
        put(folder / "m.safetensors", model(bytes(data), edit))
    return make


def model_rows():
    def bad(name, make, *says):
        return row("features model " + name, make,
                   predict("squares.npy", "m.safetensors"), DATA,
                   "m.safetensors: ", *says)

    def metadata(name, key, value, *says):
        return bad(name, damaged(entry("__metadata__", key, value)), *says)

    known = "patches:8:size=%d:grid=2:dims=16"
    return [
        metadata("of no map", "feature_map", None, "'feature_map'"),
        metadata("of another map", "feature_map", "later:8", "'later:8'",
                 "later version"),
        metadata("of a long map", "feature_map", "p" * 3000, "later version"),
        metadata("of patches that do not fit", "feature_map", known % 40,
                 "later version"),
        metadata("of other filters", "feature_map",
                 "patches:9:size=5:grid=2:dims=16", "64 features", "72"),
        metadata("of another size", "feature_map", known % 4, "'0.whitener'",
                 "shape"),
        metadata("of more terms", "feature_map",
                 known % 5 + "+patches:1:size=5:grid=1", "64 features"),
        metadata("of no seed", "feature_seed", "-1", "'feature_seed'"),
        metadata("of other pictures", "width", "27", "27"),
        metadata("of no mirror", "pipeline", '[{"name":"features"}]',
                 "mirror"),
        metadata("of half a mirror", "pipeline",
                 '[{"name":"features","mirror":7.0}]', "mirror"),
        bad("without filters", damaged(lambda header: header.update(
            other=header.pop("0.filters"))), "'0.filters'"),
        bad("of filters of bytes", damaged(entry("0.filters", "dtype", "U8")),
            "'0.filters'", "I8"),
        bad("of NaN", damaged(bias=struct.pack("<f", numpy.nan)), "'0.bias'",
            "NaN"),
        bad("of no softness", damaged(softness=struct.pack("<f", -1)),
            "beyond what it can be"),
        bad("of thresholds below zero", damaged(thresholds=struct.pack(
            "<i", -1)), "beyond what it can be"),
        bad("of quanta below zero", damaged(quanta=struct.pack("<f", -1)),
            "beyond what it can be"),
        metadata("of half precision", "feature_precision", "half",
                 "'feature_precision'", "'half'"),
        metadata("of another precision", "feature_precision", "float",
                 "'0.threshold'"),
        *(bad("of floats, " + what, damaged(of="single", **{
            name: struct.pack("<f", value)}), "beyond what it can be")
          for what, name, value in (
              ("no softness", "softness", .5),
              ("a threshold below zero", "threshold", -1),
              ("a large whitener", "whitener", 1e30),
              ("a large bias", "bias", -1e30),
              ("large filters", "filters", 1e30))),
        bad("of floats, without their precision", damaged(
            entry("__metadata__", "feature_precision", None), "single"),
            "'0.length'"),
        row("features model, other samples", nothing,
            predict("good.npy", "mapped.safetensors"), DATA, "good.npy: ",
            "mapped.safetensors", "81"),
    ]


def feature_rows():
    return [*word_rows(), *learning_rows(), *model_rows()]
