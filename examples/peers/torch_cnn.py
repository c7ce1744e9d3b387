#!/usr/bin/env python3
"""What a convolutional network learns in PyTorch in the seconds of our fits.

usage: torch_cnn.py DIR [--at 15,60,150,300] [--anneal] [--flip] [--batch 32]
                        [--lr 0.01] [--momentum 0.9] [--seed 42]
                        [--threads T] [--layout nchw|channels_last] [--bf16]
                        [--save FILE.csv]

DIR holds CIFAR-10's binary batches or MNIST's IDX files.  One training run is
evaluated on the test set at the seconds given (by default 3, 12 and 30 for
MNIST); with --anneal there is a run for each of them, whose learning rate
falls to 0 by its end.  Neither loading nor evaluation counts.  With --flip,
half of the pictures of a batch are mirrored.  Without --layout, layouts with
and without bfloat16 are tried for 40 steps each, and the fastest trains.

The network: conv32, pool, conv64, pool, dense 256, dense 10; 3 x 3 filters,
padding 1, ReLU, He's initialisation; channels standardised; SGD with momentum.
Prints a line for each evaluation and one JSON object.  Needs torch, numpy.
"""
import argparse
import csv
import itertools
import json
import math
import os
import time

import numpy as np
import torch
from torch import nn

import pictures

LAYOUTS = {"nchw": torch.contiguous_format,
           "channels_last": torch.channels_last}


class Data:
    """Standardised pictures, and labels."""

    def __init__(self, folder):
        (x, y), (xt, yt) = pictures.read_pictures(folder)
        x, xt = (v.astype(np.float32) / 255 for v in (x, xt))
        mean = x.mean((0, 2, 3), keepdims=True, dtype=np.float64)
        std = x.std((0, 2, 3), keepdims=True, dtype=np.float64)
        self.x, self.xt = (torch.from_numpy(((v - mean) / std).astype("f4"))
                           for v in (x, xt))
        self.y, self.yt = (torch.from_numpy(v.astype(np.int64))
                           for v in (y, yt))


class Training:
    """A network, and its pictures in a layout."""

    def __init__(self, data, layout, bf16, how):
        torch.manual_seed(how.seed)
        _, channels, height, width = data.x.shape
        self.net = nn.Sequential(
            nn.Conv2d(channels, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(64 * (height // 4) * (width // 4), 256),
            nn.ReLU(), nn.Linear(256, 10))
        for layer in self.net:
            if hasattr(layer, "weight"):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                nn.init.zeros_(layer.bias)
        form = LAYOUTS[layout]
        self.net = self.net.to(memory_format=form)
        self.x, self.xt = (v.to(memory_format=form)
                           for v in (data.x, data.xt))
        self.data, self.bf16, self.how = data, bf16, how
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=how.lr,
                                         momentum=how.momentum, fused=True)
        self.loss = nn.CrossEntropyLoss()
        self.batches = self.forever()

    def forever(self):
        """Batches of random order, epoch after epoch."""
        random = torch.Generator().manual_seed(self.how.seed)
        for _ in itertools.count():
            order = torch.randperm(len(self.x), generator=random)
            yield from order.split(self.how.batch)

    def step(self):
        """One batch."""
        chosen = next(self.batches)
        x = self.x[chosen]
        if self.how.flip:
            mirrored = torch.rand(len(x)) < .5
            x[mirrored] = x[mirrored].flip(3)
        self.optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bf16):
            loss = self.loss(self.net(x), self.data.y[chosen])
        loss.backward()
        self.optimizer.step()
        return len(x)

    def accuracy(self):
        """On the test set."""
        with torch.inference_mode():
            right = sum(int((self.net(x).argmax(1) == y).sum()) for x, y in
                        zip(self.xt.split(500), self.data.yt.split(500)))
        return right / len(self.xt)

    def run(self, times, anneal):
        """Train to the last of these seconds.  Value: at each of them the
        accuracy and how many pictures were seen."""
        spent, seen, results = 0.0, 0, []
        for end in times:
            begin = time.perf_counter() - spent
            while spent < end:
                if anneal:
                    for group in self.optimizer.param_groups:
                        group["lr"] = self.how.lr * .5 * (
                            1 + math.cos(math.pi * spent / times[-1]))
                seen += self.step()
                spent = time.perf_counter() - begin
            results.append({"seconds": end, "test_accuracy": self.accuracy(),
                            "epochs": round(seen / len(self.x), 2)})
            print("%g s: test %.4f after %.2f epochs" % (
                end, results[-1]["test_accuracy"], results[-1]["epochs"]),
                flush=True)
        return results


def fastest(data, how):
    """The layout in which 40 steps take the least."""
    found = {}
    for layout, bf16 in itertools.product(LAYOUTS, (False, True)):
        trial = Training(data, layout, bf16, how)
        for _ in range(10):
            trial.step()
        begin = time.perf_counter()
        for _ in range(40):
            trial.step()
        found[layout, bf16] = time.perf_counter() - begin
        print("%s%s: %.0f pictures/s" % (layout, ", bf16" if bf16 else "",
                                         40 * how.batch / found[layout, bf16]),
              flush=True)
    return min(found, key=found.get)


def options():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("dir")
    p.add_argument("--at", metavar="S,...")
    p.add_argument("--anneal", action="store_true")
    p.add_argument("--flip", action="store_true")
    p.add_argument("--batch", type=int, default=32)
    p.add_argument("--lr", type=float, default=.01)
    p.add_argument("--momentum", type=float, default=.9)
    p.add_argument("--seed", type=int, default=42)
    p.add_argument("--threads", type=int,
                   default=len(os.sched_getaffinity(0)))
    p.add_argument("--layout", choices=LAYOUTS)
    p.add_argument("--bf16", action="store_true")
    p.add_argument("--save", metavar="FILE.csv")
    return p.parse_args()


def main():
    a = options()
    torch.set_num_threads(a.threads)
    data = Data(a.dir)
    preset = "3,12,30" if data.x.shape[1] == 1 else "15,60,150,300"
    times = sorted(float(v) for v in (a.at or preset).split(","))
    layout, bf16 = (a.layout, a.bf16) if a.layout else fastest(data, a)
    results = []
    for end in times if a.anneal else [None]:
        training = Training(data, layout, bf16, a)
        results += training.run([end] if end else times, a.anneal)
    if a.save:
        with open(a.save, "w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, results[0])
            table.writeheader()
            table.writerows(results)
    print(json.dumps({"peer": "PyTorch CNN", "torch": torch.__version__,
                      "layout": layout, "bf16": bf16, "anneal": a.anneal,
                      "flip": a.flip, "batch": a.batch, "results": results}))


if __name__ == "__main__":
    main()
