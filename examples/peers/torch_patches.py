#!/usr/bin/env python3
"""Filters, rectifier and pooling in PyTorch: what features cost there.

usage: torch_patches.py [--pictures 512] [--filters 512] [--size 6]
                        [--threads T] [--runs 5] [--patience S]

Pictures are 3 x 32 x 32, patches 6 x 6 x 3: conv2d, rectifier both ways and
avg_pool2d to 3 x 3 cells, in single precision, by oneDNN, which PyTorch takes
on processors (torch.backends.mkldnn), and by PyTorch's own kernels without it,
with pictures in layout NCHW and channels_last, all at once and in batches; and
unfold (im2col) with matmul.  Nothing is normalised or whitened.  Prints one
JSON object: medians of pictures/s and GF/s of the filters, which are 2 *
positions * values of a patch * filters operations a picture, and the seconds
of the convolution alone.  A method whose first run takes longer than S seconds
is not repeated.  Needs torch.
"""
import argparse
import json
import os
import statistics
import sys
import time

import torch
from torch.nn import functional

THRESHOLD = .3
GRID = 3


def pooled(z, cell):
    """Both ways rectified, and averaged over cells."""
    return torch.cat([functional.avg_pool2d(
        functional.relu(sign * z - THRESHOLD), cell) for sign in (1, -1)], 1)


def convolved(x, filters, cell):
    """conv2d; without a cell the convolution alone."""
    z = functional.conv2d(x, filters)
    return pooled(z, cell) if cell else z


def multiplied(x, filters, cell):
    """im2col and matmul."""
    size = filters.shape[-1]
    rows = x.shape[-1] - size + 1
    z = filters.flatten(1) @ functional.unfold(x, size)
    z = z.reshape(len(x), -1, rows, rows)
    return pooled(z, cell) if cell else z


def seconds(method, x, filters, cell, batch, how):
    """Median time of all pictures, a batch at a time; the first run, which
    warms up, is the only one where it takes longer than how.patience."""
    times = []
    for _ in range(how.runs + 1):
        begin = time.perf_counter()
        for part in x.split(batch):
            method(part, filters, cell)
        times.append(time.perf_counter() - begin)
        if times[0] > how.patience:
            return times[0]
    return statistics.median(times[1:])


def options():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--pictures", type=int, default=512)
    p.add_argument("--filters", type=int, default=512)
    p.add_argument("--size", type=int, default=6)
    p.add_argument("--runs", type=int, default=5)
    p.add_argument("--patience", type=float, default=30)
    p.add_argument("--threads", type=int,
                   default=len(os.sched_getaffinity(0)))
    return p.parse_args()


def main():
    a = options()
    torch.set_num_threads(a.threads)
    torch.manual_seed(0)
    x = torch.rand(a.pictures, 3, 32, 32)
    filters = torch.randn(a.filters, 3, a.size, a.size) / a.size
    positions = (32 - a.size + 1) ** 2
    cell = (32 - a.size + 1) // GRID
    operations = 2 * positions * filters[0].numel() * a.filters
    methods = [("%s, %s" % (library, layout), convolved, library == "oneDNN",
                layout) for library in ("oneDNN", "PyTorch's own")
               for layout in ("NCHW", "channels_last")]
    methods += [("unfold and matmul", multiplied, True, "NCHW")]
    results = []
    with torch.inference_mode():
        for name, method, onednn, layout in methods:
            form = (torch.channels_last if layout == "channels_last"
                    else torch.contiguous_format)
            data = [v.contiguous(memory_format=form) for v in (x, filters)]
            for batch in sorted({a.pictures, 32}, reverse=True):
                with torch.backends.mkldnn.flags(enabled=onednn):
                    whole = seconds(method, *data, cell, batch, a)
                    alone = seconds(method, *data, None, batch, a)
                print("%s, batches of %d: %.2f s" % (name, batch, whole),
                      file=sys.stderr, flush=True)
                results.append({
                    "method": name, "batch": batch, "seconds": whole,
                    "seconds_before_rectifier": alone,
                    "pictures_per_s": a.pictures / whole,
                    "gflops": 1e-9 * operations * a.pictures / whole})
    print(json.dumps({"torch": torch.__version__, "threads": a.threads,
                      "pictures": a.pictures, "filters": a.filters,
                      "size": a.size, "results": results}))


if __name__ == "__main__":
    main()
