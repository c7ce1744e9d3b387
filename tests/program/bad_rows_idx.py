"""Rows of bad files of IDX, plain and of gzip, and of CIFAR."""
import struct

import numpy

from bad_files import (IDX, IMAGES, LABELS, RECORD, cifar, flip, gz, gz_bomb,
                       idx, mnist, put)
from bad_row import DATA, NOINPUT, file, fit, nothing, row


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
        images("that is a zip", b"PK\3\4" + bytes(99), "a zip archive",
               "unzip"),
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
        batches("empty", {1: b""}, DATA, "d/data_batch_1.bin", "but empty"),
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
