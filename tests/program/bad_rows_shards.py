"""Rows of bad .npy shards, and of their labels."""
import numpy

from bad_files import npy, put
from bad_row import DATA, NOINPUT, USAGE, fit, row

VALUES = (numpy.arange(540) * 37 % 251).astype("f4").reshape(60, 9)


def shards(folder):
    """Three of 20 rows, in d, with labels beside them."""
    for i in range(3):
        put(folder / ("d/feat-%d.npy" % i), shard(VALUES[20 * i:20 * i + 20]))
        put(folder / ("d/labels-%d.npy" % i), labels(20))


def shard(values):
    return npy(values.shape, values.dtype.str, data=values.tobytes())


def labels(n):
    return shard((numpy.arange(n) % 3).astype("i1"))


def with_nan():
    values = VALUES[20:40].copy()
    values[3, 5] = numpy.nan
    return shard(values)


def but(**files):
    """Shards with other files, by their names in d without .npy, - being _;
    None: it is missing."""
    def make(folder):
        shards(folder)
        for name, data in files.items():
            path = folder / "d" / (name.replace("_", "-") + ".npy")
            if data is None:
                path.unlink()
            else:
                put(path, data)
    return make


def shard_rows():
    def bad(name, *says, line=None, status=DATA, **files):
        return row("shards " + name, but(**files), line or fit("d"), status,
                   *says)

    parts = lambda folder: [
        put(folder / part / name, data) for part in ("d/train", "d/test")
        for name, data in (("feat-0.npy", shard(VALUES)),
                           ("labels.npy", labels(60)))]
    return [
        bad("of another width", "d/feat-1.npy: ", "20 x 8",
            "d/feat-0.npy 20 x 9", feat_1=shard(VALUES[:20, :8])),
        bad("of another rank", "d/feat-2.npy: ", "20 x 3 x 3",
            feat_2=shard(VALUES[40:].reshape(20, 3, 3))),
        bad("of another dtype", "d/feat-1.npy: ", "'|u1'", "'<f4'",
            "X.astype('float32')", feat_1=shard(VALUES[:20].astype("u1"))),
        bad("of NaN in the middle", "d/feat-1.npy: ", "row 3, feature 5 ",
            "NaN", line=fit("d", "--tiles", "7"), feat_1=with_nan()),
        bad("without samples", "d/feat-2.npy: ", "no samples", "remove it",
            feat_2=shard(VALUES[:0])),
        bad("of which one is cut", "d/feat-2.npy: ", "720", "719",
            feat_2=shard(VALUES[40:])[:-1]),
        bad("of which one is text", "d/feat-0.npy: ", "not a .npy",
            feat_0=b"1,2,3\n"),
        bad("with a gap", "d: ", "feat-0.npy", "feat-2.npy",
            "number 1 is missing", feat_1=None, labels_1=None),
        bad("of one number", "d: ", "feat-1.npy", "feat-01.npy",
            "the same number", feat_01=shard(VALUES), labels_01=labels(60)),
        bad("without labels", "d: ", "labels.npy", "--labels", labels_0=None,
            labels_1=None, labels_2=None),
        bad("of which one has no labels", "d/feat-2.npy: ", "labels-2.npy",
            labels_2=None),
        bad("with too few labels", "d/labels-1.npy: ", "19", "20",
            "d/feat-1.npy", labels_1=labels(19)),
        bad("with labels of text and of numbers", "d/labels-2.npy: ",
            "text", "d/labels-0.npy", "numbers",
            labels_2=shard(numpy.array(["a", "b"] * 10))),
        bad("with labels of none", "d/labels-3.npy: ", "feat-3.npy",
            labels_3=labels(20)),
        bad("with labels twice", "d: ", "labels-0.npy", "labels.npy",
            "keep one", labels=labels(60)),
        bad("with too few labels in one file", "l.npy: ", "60 samples of d",
            line=fit("d", "--labels", "d/l.npy"), l=labels(59)),
        row("shards in parts with --labels", parts,
            fit("d", "--labels", "good.labels.npy"), USAGE, "d: ", "two",
            "labels.npy"),
        row("shards by force, of none", lambda f: None, fit("shards:good.npy"),
            NOINPUT, "good.npy: ", "feat-*.npy"),
        row("shards below the folder", lambda f: put(
            f / "d/e/feat-0.npy", shard(VALUES)), fit("d"), DATA,
            "d/e/feat-0.npy", "give the folder that holds it"),
        row("shards as an output", shards, [
            "--data", "d", "--lambda", "1", "--json", "d/feat-0.npy"], USAGE,
            "--json", "d/feat-0.npy", "--data"),
    ]
