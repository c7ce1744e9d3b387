"""Where the peers beside this file get their pictures from."""
import gzip
import os

import numpy as np


def read_idx(stem):
    """An array of an IDX file, plain or .gz."""
    path = stem if os.path.exists(stem) else stem + ".gz"
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as f:
        raw = f.read()
    shape = [int.from_bytes(raw[4 + 4 * i:8 + 4 * i], "big")
             for i in range(raw[3])]
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape)


def read_part(folder, part):
    """Samples and labels; part: train or t10k."""
    return [read_idx(os.path.join(folder, "%s-%s-ubyte" % (part, kind)))
            for kind in ("images-idx3", "labels-idx1")]


def read_cifar(folder, names):
    """Pictures n x 3 x 32 x 32 and labels of CIFAR-10's binary batches."""
    raw = np.concatenate([np.fromfile(os.path.join(folder, n), np.uint8)
                          for n in names]).reshape(-1, 3073)
    return raw[:, 1:].reshape(-1, 3, 32, 32), raw[:, 0]


def read_pictures(folder):
    """(pictures, labels) to train on and to test; pictures n x C x H x W."""
    if os.path.exists(os.path.join(folder, "test_batch.bin")):
        batches = sorted(name for name in os.listdir(folder)
                         if name.startswith("data_batch_"))
        return (read_cifar(folder, batches),
                read_cifar(folder, ["test_batch.bin"]))
    parts = [read_part(folder, part) for part in ("train", "t10k")]
    return [(x[:, None], y) for x, y in parts]
