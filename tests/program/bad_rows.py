"""The table of bad input: every row a way to go wrong, the command line, the
exit status, and what the message must say."""
import collections
import os
import socket
import struct

import numpy

from bad_files import (IDX, IMAGES, LABELS, RECORD, cifar, entry, flip, gz,
                       gz_bomb, idx, jpeg, mnist, model, npy, pictures, png,
                       png_bomb, put)

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


def idx_folder(*files, suffix=""):
    return lambda folder: mnist(folder / "d", *files, suffix=suffix)


def gz_images(data):
    """Images of a .gz file, labels of a plain one."""
    def make(folder):
        mnist(folder / "d", data, suffix=".gz")
        mnist(folder / "d", None, LABELS)
    return make


def idx_rows():
    train = "d/" + IDX[0]
    labels = "d/" + IDX[1]

    def images(name, data, *says):
        return row("IDX " + name, idx_folder(data, LABELS), fit("d"), DATA,
                   train, *says)

    def labelling(name, data, *says, status=DATA):
        return row("IDX " + name, idx_folder(IMAGES, data), fit("d"), status,
                   *says)

    return [
        images("empty", b"", "not an IDX file"),
        images("cut in its magic", IMAGES[:3], "not an IDX file"),
        images("of another magic", b"\x7fELF" + IMAGES[4:], "0 0 8"),
        images("cut in its header", IMAGES[:10], "ends within its header"),
        images("cut in its data", IMAGES[:-1], "495", "496", "get the file"),
        images("too long", IMAGES + b"\0", "497", "496"),
        images("of floats", idx(numpy.zeros((30, 4, 4), "f4"), kind=0x0d),
               "0x0d", "0x08"),
        images("of no dimension", idx(numpy.zeros(4, "u1"), [], count=0),
               "number of dimensions"),
        images("of nine dimensions", idx(numpy.zeros(4, "u1"), [1] * 9), "9"),
        images("of no pictures", idx(numpy.zeros(0, "u1"), [0, 4, 4]),
               "empty"),
        images("of pictures without pixels",
               idx(numpy.zeros(0, "u1"), [30, 0, 4]), "empty"),
        images("claiming 2^31 pictures", IMAGES[:4] + struct.pack(
            ">III", 1 << 31, 4, 4) + IMAGES[16:], "34359738384", "496"),
        images("claiming more than 2^64 bytes", idx(
            numpy.zeros(16, "u1"), [0xffffffff] * 3), "impossibly large"),
        images("of numbers, not pictures", LABELS, "not pictures"),
        labelling("without labels", None, "d: ", IDX[0], IDX[1], "add",
                  status=NOINPUT),
        labelling("with empty labels", b"", labels, "not an IDX file"),
        labelling("with labels cut", LABELS[:-4], labels, "34", "38"),
        labelling("with too few labels", idx(numpy.zeros(29, "u1")), labels,
                  "29", "30", "must be equal"),
        labelling("with pictures as labels", IMAGES, labels, "3 dimensions"),
        labelling("of one class", idx(numpy.full(30, 7, "u1")), "d: ",
                  "one class", "'7'"),
        row("IDX test pictures of another order", idx_folder(
            IMAGES, LABELS, idx(numpy.zeros((6, 2, 8), "u1")),
            idx(numpy.arange(6, dtype="u1") % 3)), fit("d"), DATA, "d: ",
            "8x2x1", "4x4x1"),
        row("IDX test pictures cut", idx_folder(
            IMAGES, LABELS, IMAGES[:-9], LABELS), fit("d"), DATA,
            "d/" + IDX[2], "487"),
        row("IDX test labels missing", idx_folder(
            IMAGES, LABELS, IMAGES), fit("d"), NOINPUT, IDX[2], IDX[3]),
        row("IDX test labels unknown", idx_folder(
            IMAGES, LABELS, IMAGES, idx(numpy.full(30, 9, "u1"))),
            fit("d"), DATA, "d: ", '"9"'),
        row("IDX of two data sets", lambda f: (
            mnist(f / "d", IMAGES, LABELS),
            put(f / "d" / ("emnist-" + IDX[0]), IMAGES)),
            fit("d"), DATA, "d: ", "its own folder"),
        row("IDX by force, of none", lambda f: (f / "d").mkdir(),
            fit("idx:d"), NOINPUT, "d: ", IDX[0]),
    ]


def gz_rows():
    train = "d/" + IDX[0] + ".gz"
    packed = gz(IMAGES)

    def images(name, data, *says):
        return row("gz " + name, gz_images(data), fit("d"), DATA, train, *says)

    return [
        images("empty", b"", "not a gzip file"),
        images("not compressed", IMAGES, "not a gzip file", "remove .gz"),
        images("that is a page", b"\n<!DOCTYPE html><title>403</title>",
               "a web page", "get the file again"),
        images("that is a pointer", b"version https://git-lfs.github.com/spec/v"
               b"1\noid sha256:00\n", "Git LFS", "git lfs pull"),
        images("that is a zip", b"PK\3\4" + bytes(99), "a zip archive", "unzip"),
        images("compressed twice", gz(packed), "compressed with gzip",
               "gunzip"),
        images("cut in its header", packed[:17], "not a gzip file"),
        images("cut in its data", packed[:len(packed) // 2], "get the file"),
        images("cut in its trailer", packed[:-5], "get the file"),
        images("of a wrong checksum", flip(packed, -8), "damaged"),
        images("of a wrong length", flip(packed, -1), "trailer"),
        images("damaged in its data", flip(packed, len(packed) // 2),
               "damaged"),
        images("followed by garbage", packed + b"garbage!", "get the file"),
        images("of two members", packed + packed, "followed by others"),
        images("of no IDX file", gz(b"hello, world"), "not an IDX file"),
        images("of a header that lies", gz(IMAGES[:4] + struct.pack(
            ">III", 1 << 20, 4, 4) + IMAGES[16:]), "16777232", "496"),
        images("of a header and trailer that lie", gz(IMAGES[:4] + struct.pack(
            ">III", 1 << 27, 4, 4) + IMAGES[16:])[:-4] + struct.pack(
                "<I", (1 << 31) + 16), "2147483664"),
        images("bomb", gz_bomb(2 << 30), "2147483664", "gunzip"),
        row("gz bomb of labels", lambda f: (
            mnist(f / "d", IMAGES), put(f / "d" / (IDX[1] + ".gz"),
                                        gz_bomb(1 << 30))),
            fit("d"), DATA, IDX[1] + ".gz", "1073741840", "gunzip"),
        row("gz labels damaged", lambda f: (
            mnist(f / "d", IMAGES),
            put(f / "d" / (IDX[1] + ".gz"), flip(gz(LABELS), -6))),
            fit("d"), DATA, IDX[1] + ".gz", "damaged"),
    ]


def cifar_rows():
    batch = cifar([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    names = "".join("class %d\n" % i for i in range(10)).encode()

    def batches(name, data, status, *says, **others):
        def make(folder):
            for number, content in data.items():
                put(folder / "d" / ("data_batch_%s.bin" % number), content)
            for other, content in others.items():
                put(folder / "d" / other.replace("_bin", ".bin").replace(
                    "_txt", ".txt").replace("batches_", "batches."), content)
        return row("CIFAR " + name, make, fit("d"), status, *says)

    return [
        batches("empty", {1: b""}, DATA, "d/data_batch_1.bin", "0 bytes",
                "3073"),
        batches("cut", {1: batch[:-1]}, DATA, "d/data_batch_1.bin", "30729",
                "multiple"),
        batches("too long", {1: batch, 2: batch + b"\0"}, DATA,
                "d/data_batch_2.bin", "30731"),
        batches("of a wrong label", {1: flip(batch, 4 * RECORD, 14)}, DATA,
                "d/data_batch_1.bin", "record 4", "label 10"),
        batches("with a batch missing", {1: batch, 3: batch}, NOINPUT, "d: ",
                "up to 3"),
        batches("of one class", {1: cifar([6] * 4)}, DATA, "d: ",
                "one class"),
        batches("with nine names", {1: batch}, DATA, "d/batches.meta.txt",
                "names 9", batches_meta_txt=names[:-8]),
        batches("with eleven names", {1: batch}, DATA, "d/batches.meta.txt",
                '"ten"', batches_meta_txt=names + b"ten\n"),
        batches("with a name twice", {1: batch}, DATA, "d/batches.meta.txt",
                '"class 1"', batches_meta_txt=names[8:] + b"class 1\n"),
        batches("with names in binary", {1: batch}, DATA,
                "d/batches.meta.txt", batches_meta_txt=bytes(4096)),
        batches("with a test part only", {}, NOINPUT, "d: ",
                "data_batch_", test_batch_bin=batch),
        batches("with a test part cut", {1: batch}, DATA, "d/test_batch.bin",
                test_batch_bin=batch[:5]),
        row("CIFAR-100 of a wrong label", file(
            "d/train.bin", b"\x03\x64" + bytes(RECORD - 1)), fit("d"), DATA,
            "d/train.bin", "label 100"),
        row("CIFAR by force, of none", nothing, fit("cifar:."), NOINPUT,
            ".: ", "train.bin"),
    ]


def picture_rows():
    good, photo = png(), jpeg(100, 6, 5)

    def last(name, data, *says, suffix="png", options=()):
        return row(name, lambda f: pictures(f / "d", data, "c/z." + suffix),
                   fit("d", *options), DATA, "d/c/z." + suffix, *says)

    def first(name, data, *says, status=DATA, suffix="png", options=()):
        return row(name, lambda f: pictures(f / "d", data, "a/!." + suffix),
                   fit("d", *options), status, *says)

    folders = lambda *names: lambda f: [(f / "d" / name).mkdir(parents=True)
                                        for name in names]
    return [
        last("PNG empty", b"", "d/c/z.png", "PNG"),
        last("PNG that is text", b"not a picture\n", "neither", "JPEG"),
        last("PNG cut in its magic", good[:5], "neither"),
        last("PNG cut in its header", good[:20], "cannot decode"),
        last("PNG cut before its data", good[:33], "cannot decode"),
        last("PNG cut in its data", good[:45], "cannot decode"),
        last("PNG without its end", good[:-12], "cannot decode"),
        last("PNG header of a wrong checksum", png(IHDR=1), "CRC"),
        last("PNG data of a wrong checksum", png(IDAT=1), "CRC"),
        last("PNG data damaged", png(pixels=b"\xff" * 35), "filter"),
        last("PNG of too few pixels", png(pixels=bytes(20)), "Not enough"),
        last("PNG without pixels", png(width=0), "cannot decode"),
        last("PNG of an unknown kind", png(color=5), "cannot decode"),
        last("PNG claiming 65535 x 65535", png(width=65535, height=65535,
                                               pixels=b"\0"), "pixels"),
        last("PNG claiming 2^31 - 1 in width", png(
            width=(1 << 31) - 1, height=1, pixels=b"\0"), "cannot decode"),
        last("PNG bomb", png_bomb(10001), "100 million pixels"),
        last("JPEG empty", b"", "JPEG", suffix="jpg"),
        last("JPEG that is text", b"not a picture\n", "neither",
             suffix="JPG"),
        last("JPEG cut in its tables", photo[:60], "cannot decode",
             suffix="jpeg"),
        last("JPEG cut in its header", photo[:80], "cannot decode",
             suffix="jpeg"),
        last("JPEG cut in its data", jpeg(100, 64, 64)[:-12],
             "cannot decode", suffix="jpeg"),
        last("JPEG damaged", flip(photo, 90), "cannot decode", suffix="jpeg"),
        last("JPEG without pixels", jpeg(width=0), "cannot decode",
             suffix="jpeg"),
        last("JPEG claiming 65500 x 65500", photo[:76] + struct.pack(
            ">HH", 65500, 65500) + photo[80:], "100 million pixels",
             suffix="jpeg"),
        first("first picture empty", b"", "d/a/!.png"),
        first("first picture claiming 65535 x 65535", png(
            width=65535, height=65535, pixels=b"\0"), "d/a/!.png",
              "100 million pixels"),
        first("first picture of 9000 x 9000", png_bomb(9000), "d: ",
              "--image", status=MEMORY),
        row("folder empty", folders("."), fit("d"), DATA, "d: ", "IDX",
            "CIFAR", "pictures"),
        row("folder of other files", lambda f: (
            put(f / "d/notes.txt", b"x"), put(f / "d/x.gif", b"GIF89a")),
            fit("d"), DATA, "d: ", "PNG or JPEG"),
        row("folder of empty classes", folders("a", "b"), fit("d"), DATA,
            "d: ", "PNG or JPEG"),
        row("folder with an empty class", lambda f: (
            pictures(f / "d"), (f / "d/empty").mkdir()), fit("d"), DATA,
            "d: 1 of its 4 sub-folders", "'empty'", "remove"),
        row("folder of pictures of other formats", lambda f: [
            put(f / "d" / name, b"RIFF") for name in (
                "a/1.webp", "a/2.WebP", "b/1.webp", "b/1.gif", "b/1.txt")],
            fit("d"), DATA, "d: ", "3 .webp, 1 .gif pictures, 1 .txt",
            "find 'd' -iname '*.webp' -exec mogrify -format png"),
        row("classes that look alike", lambda f: [
            put(f / "d" / name / "1.png", good)
            for name in ("caf\u00e9", "cafe\u0301")], fit("d"), DATA, "d: ",
            "NFD", "rename"),
        row("parts without classes", lambda f: [
            put(f / "d" / name / "1.png", good) for name in ("train", "test")],
            fit("d"), DATA, "d: train/", "sub-folder", "give d/test"),
        row("test of a class in another case", lambda f: (
            pictures(f / "d"), put(f / "e/A/1.png", good)),
            fit("d", "--test", "e"), DATA, "e: ", "\"A\"", "\"a\"",
            "upper and lower case"),
        row("--background of no colour", lambda f: pictures(f / "d"), fit(
            "d", "--background", "pink"), USAGE, "--background", "pink",
            "#RRGGBB"),
        row("--background for what are no pictures", nothing, fit(
            "good.npy", "--background", "black"), USAGE, "good.npy: ",
            "--background", "leave it out"),
        row("folder of one class", lambda f: [
            put(f / "d/only" / name, good) for name in ("x.png", "y.png")],
            fit("d"), DATA, "d: ", "one class", "'only'"),
        row("folder of pictures without classes", lambda f: put(
            f / "d/x.png", good), fit("d"), DATA, "d: ", "labels"),
        row("pictures, --image too large", lambda f: pictures(f / "d"),
            fit("d", "--image", "65535x65535"), USAGE, "65535",
            "--image"),
        row("pictures by force, of none", nothing, fit("pictures:good.npy"),
            NOINPUT, "good.npy: ", "folder"),
        row("pictures with --labels", lambda f: pictures(f / "d"),
            fit("d", "--labels", "good.labels.npy"), USAGE, "d: ",
            "--labels"),
    ]


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
                   fit("x.npy", *options), DATA, "x.npy: ", "row %d, feature 5 " %
                   (at % 60), "NaN" if numpy.isnan(value) else "infinite")

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
        labels("with a single label", numpy.array(3), "1 labels", "60"),
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
            fit("x.npy"), DATA, "x.npy: ", "1 samples are too few"),
        row("npy by force, of none", nothing, fit("npy:old.csv"), DATA,
            "old.csv: ", "not a .npy"),
        row("file of another format", nothing, fit("old.csv"), DATA,
            "old.csv: ", ".npy"),
        row("npy of 2^20 features", lambda f: (
            put(f / "x.npy", npy((2, 1 << 20), "|u1", data=bytes(1 << 21))),
            numpy.save(f / "x.labels.npy", numpy.arange(2))),
            fit("x.npy"), MEMORY, "x.npy: ", "1048576 features", "MiB"),
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
            labelled(npy())(f), put(f / "x.npy", npy((60, 5, 3), data=bytes(3600))),
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


def make_socket(folder):
    with socket.socket(socket.AF_UNIX) as listener:
        here = os.open(folder, os.O_RDONLY)
        try: # a path that fits into the address
            listener.bind("/proc/self/fd/%d/x.npy" % here)
        finally:
            os.close(here)


def without_permission(make, name):
    def both(folder):
        make(folder)
        os.chmod(folder / name, 0)
    both.needs = "permissions"
    return both


def place_rows():
    """Files that are missing, unreadable or no files at all."""
    def no_file(name, make, *says, status=NOINPUT):
        return row("x.npy " + name, make, fit("npy:x.npy"), status, "x.npy: ",
                   *says)

    array = labelled(npy())
    photos = lambda f: pictures(f / "d")
    long = "n" * 300
    return [
        row("data missing", nothing, fit("missing"), NOINPUT, "missing: ",
            "No such file", "give"),
        row("data missing by force", nothing, fit("npy:missing"), NOINPUT,
            "missing: "),
        row("data of an empty name", nothing, fit(""), USAGE, "--data",
            "empty"),
        row("data of an empty name by force", nothing, fit("npy:"), USAGE,
            "npy:"),
        row("data in a file, not a folder", nothing, fit("good.npy/x"),
            NOINPUT, "good.npy/x: ", "Not a directory"),
        row("data of a name too long", nothing, fit(long + ".npy"), NOINPUT,
            "nnnn", "too long"),
        row("data of a path too long", nothing, fit("d/" * 3000 + "x.npy"),
            NOINPUT, "d/d/", "too long"),
        row("data of a name with a line break", nothing, fit("a\nb\x1b.npy"),
            NOINPUT, "a\\x0Ab\\x1B.npy: "),
        row("data of a name that is not UTF-8", nothing,
            fit("\udcff\udcfe.npy"), NOINPUT, ".npy: "),
        row("data in a folder with spaces", lambda f: put(
            f / "my data/x y.npy", b"?"), fit("my data/x y.npy"), DATA,
            "my data/x y.npy: "),
        row("test missing", nothing, fit("good.npy", "--test", "missing"),
            NOINPUT, "missing: "),
        row("model missing", nothing, predict("good.npy", "m.safetensors"),
            NOINPUT, "m.safetensors: ", "No such file"),
        row("model a folder", lambda f: (f / "m.safetensors").mkdir(),
            predict("good.npy", "m.safetensors"), NOINPUT,
            "m.safetensors: ", "not a file"),
        row("model a pipe", lambda f: os.mkfifo(f / "m.safetensors"),
            predict("good.npy", "m.safetensors"), NOINPUT,
            "m.safetensors: ", "not a file"),
        row("model without permission", without_permission(file(
            "m.safetensors", b"x"), "m.safetensors"),
            predict("good.npy", "m.safetensors"), NOINPUT,
            "m.safetensors: ", "Permission denied"),
        no_file("a folder", lambda f: (f / "x.npy").mkdir(), "regular file"),
        no_file("a pipe", lambda f: os.mkfifo(f / "x.npy"), "regular file"),
        no_file("a socket", make_socket, "x.npy"),
        no_file("a device", lambda f: (f / "x.npy").symlink_to("/dev/zero"),
                "regular file"),
        no_file("a link to nothing", lambda f: (f / "x.npy").symlink_to(
            "gone"), "No such file"),
        no_file("a link to itself", lambda f: (f / "x.npy").symlink_to(
            "x.npy"), "symbolic links"),
        no_file("without permission", without_permission(array, "x.npy"),
                "Permission denied", "permission"),
        row("labels a link to nothing", lambda f: (
            put(f / "x.npy", npy()),
            (f / "x.labels.npy").symlink_to("gone")), fit("x.npy"), NOINPUT,
            "x.labels.npy: ", "No such file"),
        row("labels a pipe", lambda f: (
            put(f / "x.npy", npy()), os.mkfifo(f / "x.labels.npy")),
            fit("x.npy"), NOINPUT, "x.labels.npy: "),
        row("data a device", nothing, fit("/dev/zero"), DATA, "/dev/zero: "),
        row("data a pipe", lambda f: os.mkfifo(f / "pipe"), fit("pipe"),
            DATA, "pipe: "),
        row("IDX a pipe", lambda f: (
            mnist(f / "d", None, LABELS), os.mkfifo(f / "d" / IDX[0])),
            fit("d"), NOINPUT, "d/" + IDX[0], "regular file"),
        row("IDX a folder", lambda f: (
            mnist(f / "d", IMAGES), (f / "d" / IDX[1]).mkdir()),
            fit("d"), NOINPUT, "d/" + IDX[1], "regular file"),
        row("CIFAR a link to nothing", lambda f: (
            put(f / "d/test_batch.bin"),
            (f / "d/data_batch_1.bin").symlink_to("gone")), fit("d"), NOINPUT,
            "d/data_batch_1.bin: "),
        row("CIFAR names without permission", without_permission(lambda f: (
            put(f / "d/data_batch_1.bin", cifar([1, 2])),
            put(f / "d/batches.meta.txt", b"x")), "d/batches.meta.txt"),
            fit("d"), NOINPUT, "d/batches.meta.txt: ", "Permission denied"),
        row("CIFAR names a pipe", lambda f: (
            put(f / "d/data_batch_1.bin", cifar([1, 2])),
            os.mkfifo(f / "d/batches.meta.txt")), fit("d"), NOINPUT,
            "d/batches.meta.txt: "),
        row("folder without permission", without_permission(photos, "d"),
            fit("d"), NOINPUT, "d: ", "ermission"),
        row("class without permission", without_permission(photos, "d/b"),
            fit("d"), NOINPUT, "d/b: ", "Permission denied"),
        row("picture without permission", without_permission(
            photos, "d/b/3.png"), fit("d"), NOINPUT, "d/b/3.png: ",
            "Permission denied"),
        row("picture a link to nothing", lambda f: (
            photos(f), (f / "d/b/x.png").symlink_to("gone")), fit("d"),
            NOINPUT, "d/b/x.png: "),
        row("picture a link to itself", lambda f: (
            photos(f), (f / "d/b/x.png").symlink_to("x.png")), fit("d"),
            NOINPUT, "d/b/x.png: "),
        row("class a link to nothing", lambda f: (
            photos(f), (f / "d/x").symlink_to("gone")), fit("d"),
            NOINPUT, "d/x: "),
        row("only picture a pipe", lambda f: (
            photos(f), (f / "d/x").mkdir(), os.mkfifo(f / "d/x/x.png")),
            fit("d"), DATA, "d: ", "PNG or JPEG"),
    ]


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


def table(good):
    """All rows; good: the bytes of a model trained on good.npy."""
    rows = [*idx_rows(), *gz_rows(), *cifar_rows(), *picture_rows(),
            *npy_rows(), *model_rows(good), *mismatch_rows(), *place_rows(),
            *output_rows(), *disk_rows(), *option_rows(),
            *environment_rows()]
    assert len({each.name for each in rows}) == len(rows)
    return rows
