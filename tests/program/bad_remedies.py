"""What the messages of bad_rows.py advise, so that it can be tried: a row's
remedy is a function that mends the row's folder and gives the command line that
is to succeed then, in one process and in an ordinary environment; or, where no
machine can follow the advice, the reason in a word."""
import os
import re
import shutil

import numpy

import bad_rows_shards
from bad_files import (IMAGES, LABELS, cifar, gz, mnist, npy, pictures, put)


def same(_, row):
    """What was in the way (a setting, a full disk) is gone."""
    return row.line


def added(*options):
    return lambda _, row: [*row.line, *options]


def dropped(*options):
    """Without options, and the values that follow them."""
    def remedy(_, row):
        line = list(row.line)
        for option in options:
            at = line.index(option)
            end = at + 1
            if end < len(line) and not line[end].startswith("--"):
                end += 1
            del line[at:end]
        return line
    return remedy


def swapped(old, new):
    return lambda _, row: [new if word == old else word for word in row.line]


def last(value):
    """Another value for the option at the end."""
    def remedy(_, row):
        name, equals, _ = row.line[-1].partition("=")
        return [*row.line[:-1], name + "=" + value if equals else value]
    return remedy


def words(value):
    """Another value for the last word."""
    return lambda _, row: [*row.line[:-1], value]


def after(change, follow=same):
    """change(folder), and then the row's own line, or what `follow` makes."""
    def remedy(folder, row):
        change(folder)
        return follow(folder, row)
    return remedy


def line(*words):
    return lambda folder, row: list(words)


# ---- Files mended ---------------------------------------------------------

def anew(suffix=""):
    """The data set got again."""
    def change(folder):
        shutil.rmtree(folder / "d", ignore_errors=True)
        mnist(folder / "d", *((IMAGES, LABELS) if not suffix else
                              (gz(IMAGES), gz(LABELS))), suffix=suffix)
    return after(change)


def batches(folder):
    shutil.rmtree(folder / "d", ignore_errors=True)
    put(folder / "d/data_batch_1.bin", cifar(range(10)))


def saved(folder):
    """The array saved again, with its labels."""
    remove("x.npy", "x.labels.npy")(folder)
    put(folder / "x.npy", npy())
    labels(folder)


def labels(folder):
    remove("x.labels.npy")(folder)
    count = numpy.load(folder / "x.npy", mmap_mode="r").shape[0]
    numpy.save(folder / "x.labels.npy", numpy.arange(count) % 3)


def converted(convert):
    def change(folder):
        values = numpy.load(folder / "x.npy")
        numpy.save(folder / "x.npy", convert(values))
    return after(change)


def remove(*names):
    def change(folder):
        for name in names:
            path = folder / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.is_symlink() or path.exists():
                path.unlink()
    return change


def broken_links(folder):
    for path in list((folder / "d").rglob("*")):
        if path.is_symlink():
            path.unlink()


def permitted(folder):
    for path in [folder / name for name in os.listdir(folder)]:
        if not path.is_symlink():
            path.chmod(0o700)
    for path in list(folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o700)


def renamed(folder):
    for i, name in enumerate(os.listdir(folder / "d")):
        if name not in ("a", "b", "c"):
            os.rename(folder / "d" / name, folder / "d" / ("z%d" % i))


def unpacked(folder):
    mnist(folder / "d", IMAGES, LABELS)
    for path in (folder / "d").glob("*.gz"):
        path.unlink()


def sorted_out(folder):
    for name in "ab":
        put(folder / "d" / name / "x.png", (folder / "d/x.png").read_bytes())


good = after(lambda folder: shutil.copy(folder / "good.safetensors",
                                        folder / "m.safetensors"))
photos = lambda name: after(lambda folder: pictures(folder / "photos"),
                            swapped(name, "photos"))
skip = added("--skip-bad")

# The first pattern that a row's name begins with decides.
REMEDIES = [
    # IDX and CIFAR
    ("IDX of two data sets",
     after(lambda f: [path.unlink() for path in (f / "d").glob("emnist-*")])),
    ("IDX by force|CIFAR by force", lambda _, row: [
        "good.npy" if ":" in word else word for word in row.line]),
    ("IDX ", anew()),
    ("gz not compressed|gz of two members|gz bomb", after(unpacked)),
    ("gz ", anew(".gz")),
    ("CIFAR", after(batches)),
    # pictures
    ("PNG |JPEG |first picture (empty|claiming)", skip),
    ("first picture of 9000", added("--image", "6x5")),
    ("pictures, --image too large", swapped("65535x65535", "6x5")),
    ("pictures with --labels", dropped("--labels")),
    ("pictures by force", swapped("pictures:good.npy", "good.npy")),
    ("folder with an empty class", after(remove("d/empty"))),
    ("folder of one class", after(lambda f: shutil.copytree(
        f / "d/only", f / "d/other"))),
    ("folder of pictures without classes", after(sorted_out)),
    ("folder of classes deeper down", swapped("d", "d/train")),
    ("folder without permission", after(permitted)),
    ("folder |parts without classes", "there is nothing to train on"),
    ("class of a name|classes that look alike", after(renamed)),
    ("--background of no colour", swapped("pink", "#808080")),
    ("--background for", dropped("--background")),
    # arrays
    ("npy of NaN in the middle", lambda _, row: [
        "59" if word == "60" else word for word in row.line] + ["--skip-bad"]),
    ("npy of (NaN|infinity)|predict NaN", skip),
    ("npy of float64 beyond", converted(lambda x: x / x.max())),
    ("npy in Fortran order", converted(numpy.ascontiguousarray)),
    ("npy of (big-endian|integers)", converted(lambda x: x.astype("f4"))),
    ("npy of booleans", converted(lambda x: x.astype("u1"))),
    ("npy without labels", added("--labels", "good.labels.npy")),
    ("npy with --labels missing", swapped("l.npy", "good.labels.npy")),
    ("npy with |npy of one class|npy of an empty class|one class and",
     after(labels)),
    ("npy of one sample|npy of too many classes", "it takes other data"),
    ("npy of 2.20 features|classes too many", "it takes more memory"),
    ("npy of five dimensions", added("--layout", "flat")),
    ("npy rows of another size", swapped("2x3", "3x3")),
    ("npy of another layout|layout of", dropped("--layout")),
    ("npy by force|file of another", line("--data", "good.npy")),
    ("npy ", after(saved)),
    # shards
    ("shards of NaN", skip),
    ("shards (in parts|with too few labels in)", dropped("--labels")),
    ("shards by force", swapped("shards:good.npy", "good.npy")),
    ("shards below", after(lambda f: put(
        f / "d/e/labels.npy", (f / "good.labels.npy").read_bytes()),
                           swapped("d", "d/e"))),
    ("shards as an output", last("fresh")),
    ("shards without labels", added("--labels", "good.labels.npy")),
    ("shards ", after(lambda f: (remove("d")(f),
                                  bad_rows_shards.shards(f)))),
    # models
    ("model that is an array", line("predict", "--model", "good.safetensors",
                                    "--data", "good.npy")),
    ("model (missing|a folder|a pipe)", swapped("m.safetensors",
                                                "good.safetensors")),
    ("model without permission", after(permitted, good)),
    ("model", good),
    # features
    ("features of flat rows", added("--layout", "nhw", "--image", "3x3")),
    ("features of floats beside", swapped("pixels+pixels", "pixels")),
    ("features of (floats|one colour|a pixel)",
     swapped("patches:8", "pixels")),
    ("features of no half", words("patches:8")),
    ("features of large", words("patches:8:size=4:grid=2:dims=16")),
    ("features and --weights", dropped("--features")),
    ("features budget without", dropped("--budget")),
    ("features budget and", dropped("--calibrate")),
    ("features auto, mirrored", dropped("--mirror")),
    ("features budget of", words("1s")),
    ("features (mirrored|none)", added("--features", "patches:8")),
    ("features of half", swapped("half", "float")),
    ("features companded", swapped("patches:8:compand", "patches:8")),
    ("features in 8 bits", dropped("--precision")),
    ("features copied", dropped("--augment")),
    ("features of fewer", added("--lambda", "1")),
    ("features model, other", swapped("good.npy", "squares.npy")),
    ("features model", after(lambda f: shutil.copy(f / "mapped.safetensors",
                                                   f / "m.safetensors"))),
    ("features patches:8:size=10", words("patches:8:size=9")),
    ("features patches:8:size=5:scale", words("patches:8:size=4:scale=2")),
    ("features patches:8:size=5:grid", words("patches:8:size=5:grid=5")),
    ("features patches:8:size=2:dims", words("patches:8:size=2:dims=4")),
    ("features (pixels:8|$)", words("pixels")),
    ("features ", words("patches:8")),
    # what doesn't fit
    ("predict a part", dropped("--part")),
    ("predict rows for pictures", after(remove("x.labels.npy"), added(
        "--layout", "nhwc"))),
    ("predict with a model of pictures", photos("synth:20")),
    ("predict pictures of another shape|test without --threshold|"
     "test on pictures of another shape", photos("x.npy")),
    ("predict ", lambda _, row: ["predict", "--model", "good.safetensors",
                                 "--data", "good.npy"]),
    ("test with NaN", converted(numpy.nan_to_num)),
    ("test without labels", after(labels)),
    ("test missing", swapped("missing", "good.npy")),
    ("test bytes on floats|test on (fewer|unknown)", lambda _, row: [
        *row.line[:-1], "good.npy"]),
    ("test ", "it takes another test set"),
    ("one sample", swapped("synth:1", "synth:30")),
    ("nothing to hold out", dropped("--holdout")),
    ("singular ", added("--lambda", "1")),
    # places
    ("x.npy without permission|class without|picture without|CIFAR names "
     "without", after(permitted)),
    ("labels a", after(labels)),
    ("x.npy a", after(saved)),
    ("picture a link|class a link", after(broken_links)),
    ("only picture a pipe", after(remove("d/x"))),
    ("data ", line("--data", "good.npy")),
    # outputs
    ("synth (on a full|beyond)", same),
    ("synth ", lambda _, row: ["synth", "fresh", *row.line[2:]]),
    (".* to a (full|closed) standard output|.* on a full disk|.* beyond the "
     "limit", same),
    ("--(model|output) over (a picture (in|of)|labels of any)",
     "the data are bad, too"),
    ("--(model|json|report|confusion|weights|output|trace)", last("fresh")),
    # options
    ("options --folds", last("2")),
    ("options --tiles", last("6")),
    ("options --(block|lanes|cache)", last("2")),
    ("options --holdout", last("0.5")),
    ("options --(threshold|image)", line("--data", "good.npy")),
    ("options .* --lambda[= ](-1|1,|nan|inf|1e|$)", line(
        "--data", "good.npy", "--lambda", "1")),
    ("options .* --(quiet --verbose)", dropped("--quiet")),
    ("options .* --test good.npy --holdout", dropped("--holdout")),
    ("options .* --json t/dag", dropped("--json")),
    ("options .* --(model|json) .*(--json|--trace)", last("fresh")),
    ("options .* --image 4x4", dropped("--image")),
    ("options .* --gray", dropped("--gray")),
    ("options .* --threshold 0.5", dropped("--threshold")),
    ("options .* --folds (1|61)", added("--folds", "2")),
    ("options .* --tiles", swapped("--tiles", "--lanes")),
    ("options .* --holdout", last("0.5")),
    ("options .* --select", last("mse")),
    ("options .* --seed", last("5")),
    ("options predict .* --lambda", dropped("--lambda")),
    ("options --data synth", line("--data", "synth:30")),
    ("options ", "it takes another command"),
    # settings
    ("SLURM_PROCID", "the setting does no harm"),
    ("STARPU_", same),
]


def remedy_of(row):
    for pattern, remedy in REMEDIES:
        if re.match(pattern, row.name):
            return remedy
    raise AssertionError("%s: say in bad_remedies.py what its remedy is" %
                         row.name)
