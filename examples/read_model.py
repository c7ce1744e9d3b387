#!/usr/bin/env python3
"""Read a model of starpu_ridge with plain numpy, and predict with it.

usage: read_model.py MODEL [DATA [LABELS]]

    starpu_ridge --data data/mnist --lambda 1 --model m.safetensors
    examples/read_model.py m.safetensors data/mnist/t10k-images-idx3-ubyte.gz

DATA is an .npy file (N x d, N x height x width, or N x height x width x
channels), or an IDX file of images, plain or .gz.  LABELS is by default
FILE.labels.npy for FILE.npy, and ...labels-idx1... for ...images-idx3...;
with labels it prints the accuracy, else one class name a line.
"""
import gzip
import json
import os
import sys

import numpy as np


def read_model(path):
    """Metadata (texts), weights [classes, features], intercept [classes]."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    about = header.pop("__metadata__")
    if about["version"] != "1":
        sys.exit("%s: its pipeline has steps that are not computed here: %s" %
                 (path, about["pipeline"]))
    arrays = {}
    for name, entry in header.items():
        first, end = entry["data_offsets"]
        arrays[name] = np.frombuffer(data[first:end], "<f8").reshape(
            entry["shape"])
    return about, arrays["weights"], arrays["intercept"]


def predict(model, samples):
    """Class names of samples as they are in the file: one sample a row."""
    about, weights, intercept = model
    if samples.ndim == 4:   # pixels to planes
        samples = samples.transpose(0, 3, 1, 2)
    samples = samples.reshape(len(samples), -1)
    if samples.shape[1] != weights.shape[1]:
        sys.exit("the model wants %d features, these samples have %d" %
                 (weights.shape[1], samples.shape[1]))
    if about["threshold"] != "none":
        samples = np.where(samples / 255 > float(about["threshold"]), 255, 0)
    names = np.array(json.loads(about["classes"]))
    scale = float(about["scale"])
    # A part at a time, for pixels grow by 8 when they become float64.
    return np.concatenate([
        names[(part * scale @ weights.T + intercept).argmax(1)]
        for part in np.array_split(samples, len(samples) // 4096 + 1)])


def read_array(path):
    if os.path.isdir(path):
        sys.exit("%s: give a file in it, such as "
                 "t10k-images-idx3-ubyte.gz" % path)
    if path.endswith(".npy"):
        return np.load(path)
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        raw = file.read()
    if raw[:3] != b"\0\0\x08":
        sys.exit("%s: neither .npy nor an IDX file of bytes" % path)
    shape = np.frombuffer(raw, ">u4", raw[3], 4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape)


def main(model, data=None, labels=None):
    model = read_model(model)
    about = model[0]
    if not data:
        print(json.dumps(about, indent=1))
        return
    if not labels:
        labels = data[:-4] + ".labels.npy" if data.endswith(".npy") else \
            data.replace("images-idx3", "labels-idx1")
    found = predict(model, read_array(data))
    if not os.path.exists(labels) or labels == data:
        print("\n".join(found))
        return
    truth = read_array(labels).ravel()
    if truth.dtype.kind in "bf":    # True and 1.0 are class 1
        truth = truth.astype(int)
    truth = truth.astype(str)
    print("%d samples, lambda %s: accuracy %.4f" % (
        len(found), about["lambda"], (found == truth).mean()))


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
