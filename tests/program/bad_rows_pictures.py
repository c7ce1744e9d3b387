"""Rows of bad pictures, and of folders of them that hold no classes."""
import struct

from bad_files import flip, jpeg, pictures, png, png_bomb, put
from bad_row import DATA, MEMORY, NOINPUT, USAGE, fit, nothing, row


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
