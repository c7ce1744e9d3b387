"""Rows of files that are missing, unreadable or no files at all."""
import os
import socket

from bad_files import IDX, IMAGES, LABELS, cifar, mnist, npy, pictures, put
from bad_row import (DATA, NOINPUT, USAGE, file, fit, labelled, nothing,
                     predict, row, without_permission)


def make_socket(folder):
    with socket.socket(socket.AF_UNIX) as listener:
        here = os.open(folder, os.O_RDONLY)
        try: # a path that fits into the address
            listener.bind("/proc/self/fd/%d/x.npy" % here)
        finally:
            os.close(here)


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
