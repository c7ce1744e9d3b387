"""Features that are made of pictures: the model is the same, byte for byte,
whatever it was made with, and is all that a prediction takes; odd pictures and
numbers; and features of a tile are made while the Gram takes others."""
import collections
import csv
import re
import shutil

import numpy

import program

MAP = "patches:20:size=5+pixels+patches:8:size=3:scale=2:unit"
MODEL = "m.safetensors"


class SameBytes(program.Case):
    def setUp(self):
        super().setUp()
        self.data = ["--data", self.save("x", *program.bars(300, 14, 17)),
                     "--features", MAP]

    def model(self, *arguments, **how):
        self.run_program(*self.data, "--quiet", "--model", MODEL, *arguments,
                         **how)
        return (self.folder / MODEL).read_bytes()

    def test_ranks_workers_schedulers(self):
        """Also of what is learnt, of copies, and of features that are made again
        for validation."""
        for arguments in (["--mirror"], ["--augment", "2", "--cache", "0"],
                          ["--precision", "float"]):
            alone = self.model(*arguments)
            ways = [dict(ranks=ranks) for ranks in (1, 2, 3)]
            for settings in ({"STARPU_NCPU": "1"}, {"STARPU_NCPU": "3"},
                             {"STARPU_SCHED": "eager"}, {"STARPU_SCHED": "lws"},
                             {"STARPU_SCHED": "dmda"}):
                ways.append(dict(settings=settings))
            ways.append(dict(ranks=2, settings={"STARPU_SCHED": "lws"}))
            for way in ways:
                with self.subTest(arguments=arguments, **way):
                    self.assertEqual(self.model(*arguments, **way), alone)

    def test_one_factorization(self):
        """Where features are many for the lambdas and classes, validation finds
        its models by conjugate gradients: the same bytes, too, and the table of
        factorizations of their own."""
        random = numpy.random.default_rng(7)
        pictures = random.integers(0, 256, (900, 10, 10)).astype(numpy.uint8)
        labels = (pictures[:, 2:5, 2:5].mean(axis=(1, 2)) > 127)
        data = ["--data", self.save("many", pictures, labels.astype("u1")),
                "--layout", "nhw", "--features", "patches:48:size=4",
                "--solver", "primal"]
        models = set()
        for ranks in (None, 1, 2, 3):
            found = self.fit(*data, "--model", MODEL, ranks=ranks)
            models.add((self.folder / MODEL).read_bytes())
        self.assertEqual(len(models), 1)
        alone = self.run_program(*data, "--verbose", ranks=None)
        self.assertIn("conjugate", alone.stderr)
        listed = ",".join("%.17g" % row["lambda"] for row in found["cv"])
        own = self.fit(*data, "--lambda", listed, "--folds", "10",
                       "--validate", "1", ranks=None)
        for row, other in zip(found["cv"], own["cv"], strict=True):
            self.assertAlmostEqual(row["mse"] / other["mse"], 1, delta=5e-3)
            self.assertLess(abs(row["accuracy"] - other["accuracy"]), 0.02)

    def test_tiles(self):
        """Features are integers, so are their sums: tiles, lanes and what is
        kept have no part in the model.  Blocks have one: it is found in floating
        point.  So have folds and the seed."""
        primal = ("--solver", "primal") # the other's blocks are tiles
        alone = self.model(*primal)
        for graph in (["--tiles", "10"], ["--tiles", "31"], ["--tiles", "300"],
                      ["--tiles", "40", "--lanes", "6"], ["--cache", "0"],
                      ["--tiles", "23", "--cache", "0"],
                      ["--distribute", "model"]):
            with self.subTest(graph=graph):
                self.assertEqual(self.model(*primal, *graph), alone)
        models = {alone}
        for other in (["--block", "64"], ["--lambda", "7"], ["--seed", "1"],
                      ["--mirror"], ["--augment", "1"], ["--augment", "2"],
                      ["--precision", "float"]):
            models.add(self.model(*primal, *other))
        self.assertEqual(self.model(*primal, "--precision", "int8"), alone)
        self.assertEqual(len(models), 8) # else the test would be blind


class Predict(program.Case):
    def setUp(self):
        super().setUp()
        self.save("x", *program.bars(300, 14, 17, 3))
        self.save("y", *program.bars(100, 14, 17, 3, seed=1))
        self.result = self.fit("--data", "x.npy", "--test", "y.npy", "--mirror",
                               "--features", MAP, "--model", MODEL)

    def predict(self, model, data, *arguments, **how):
        """Value: the bytes written, and scores."""
        self.run_program("predict", "--model", model, "--data", data,
                         "--output", "out.csv", "--json", "out.json",
                         "--scores", "--quiet", *arguments, **how)
        written = (self.folder / "out.csv").read_bytes()
        return written, numpy.array([row[-3:] for row in csv.reader(
            written.decode().splitlines()[1:])], dtype=float)

    def test_same_as_fit(self):
        self.predict(MODEL, "y.npy")
        result = self.read_json("out.json")
        self.assertGreater(result["accuracy"], 0.8)
        self.assertEqual(result["accuracy"], self.result["test_accuracy"])
        self.assertEqual(result["confusion"], self.result["confusion"])

    def test_ranks_and_tiles(self):
        """The same bytes on all ranks; of other tiles, scores that are rounded
        in another order, of features that are the same: one that is not shifts
        them by 1e-5 or more."""
        alone, scores = self.predict(MODEL, "y.npy")
        for ranks in (1, 2, 3):
            with self.subTest(ranks=ranks):
                self.assertEqual(self.predict(MODEL, "y.npy", ranks=ranks)[0],
                                 alone)
        for tiles, ranks in (("1", None), ("7", 2), ("100", None)):
            with self.subTest(tiles=tiles, ranks=ranks):
                _, other = self.predict(MODEL, "y.npy", "--tiles", tiles,
                                        ranks=ranks)
                self.assertLess(abs(other - scores).max(), 1e-11)
        weights, _, _ = program.read_model(self.folder / MODEL)
        self.assertGreater(abs(weights[weights != 0]).min(), 1e-9)

    def test_model_is_all(self):
        """Elsewhere, without what it was learnt from, and for any pictures among
        others, as one of one colour."""
        alone, scores = self.predict(MODEL, "y.npy")
        (self.folder / "x.npy").unlink()
        (self.folder / "elsewhere").mkdir()
        shutil.move(self.folder / MODEL, self.folder / "elsewhere/n")
        self.assertEqual(self.predict("elsewhere/n", "y.npy")[0], alone)
        pictures = numpy.load(self.folder / "y.npy")[5:9]
        pictures[2] = 200
        self.save("some", pictures)
        _, some = self.predict("elsewhere/n", "some.npy")
        self.assertTrue(numpy.isfinite(some).all())
        off = abs(some - scores[5:9]).max(axis=1)
        self.assertLess(off[[0, 1, 3]].max(), 1e-11)
        self.assertGreater(off[2], 0.01)


class PredictSingle(Predict):
    """The same of features in single precision."""

    def setUp(self):
        super().setUp()
        self.result = self.fit("--data", "x.npy", "--test", "y.npy", "--mirror",
                               "--features", MAP, "--precision", "float",
                               "--model", MODEL)


class PredictCompanded(Predict):
    """... and of terms of which one has roots."""

    def setUp(self):
        super().setUp()
        self.result = self.fit(
            "--data", "x.npy", "--test", "y.npy", "--mirror", "--features",
            MAP + ":compand", "--model", MODEL)


class Odd(program.Case):
    def check(self, pictures, labels, words, *arguments):
        """It gives a model, and that gives finite scores."""
        name = self.save("x", pictures, labels)
        result = self.fit("--data", name, "--features", words, "--model",
                          MODEL, *arguments)
        weights, intercept, _ = program.read_model(self.folder / MODEL)
        self.assertTrue(numpy.isfinite(weights).all())
        self.assertTrue(numpy.isfinite(intercept).all())
        self.run_program("predict", "--model", MODEL, "--data", name,
                         "--quiet", "--json", "p.json")
        self.assertEqual(self.read_json("p.json")["accuracy"],
                         result["train_accuracy"])
        return weights.shape[1], result["train_accuracy"]

    def test_numbers(self):
        pictures, labels = program.bars(60, 12, 13)
        for words, d, *arguments in (
                ("patches:1", 2 * 9), ("patches:1:size=12:grid=1", 2),
                ("patches:15:size=11:grid=2", 120),
                ("patches:17:size=3:dims=1:grid=10", 3400), # d > N
                ("patches:300:size=2:grid=3:unit", 5400),
                ("patches:3:size=6:scale=2:grid=1", 6),
                ("patches:9:size=3:compand", 9 * 2 * 9),
                ("patches:17:size=3:unit", 17 * 2 * 9, "--precision", "float"),
                ("patches", 256 * 2 * 9),
                ("+".join(["patches:1:size=4:grid=1"] * 16), 32)):
            with self.subTest(words=words):
                got, accuracy = self.check(pictures, labels, words,
                                           *arguments)
                self.assertEqual(got, d)
                self.assertGreater(accuracy, 0.45)

    def test_copies_stay_in_their_fold(self):
        """Of noise with labels by chance a copy is all that tells a sample's
        class: validation, which no copy may help, finds chance."""
        random = numpy.random.default_rng(3)
        pictures = random.integers(0, 256, (600, 12, 12)).astype(numpy.uint8)
        data = self.save("noise", pictures,
                         random.integers(0, 2, 600).astype(numpy.uint8))
        found = self.fit("--data", data, "--layout", "nhw", "--features",
                         "patches:40:size=4", "--folds", "5", "--augment", "4",
                         "--warp", "rotation=0,shift=0,scale=0,shear=0.01")
        for row in found["cv"]:
            self.assertLess(abs(row["accuracy"] - 0.5), 0.09, row)
        self.assertEqual(found["augment"], 4)
        self.assertGreater(found["train_accuracy"], 0.7)

    def test_copies_are_within_the_scale(self):
        """Of few samples the scale of 8 bits is learnt from all, and from their
        copies, which may be far from them."""
        data = self.save("x", *program.bars(200, 14, 17))
        for copies in (0, 3):
            found = self.fit("--data", data, "--features", "patches:20:size=5",
                             "--lambda", "1", "--augment", copies, "--warp",
                             "rotation=90,scale=0.5")
            self.assertEqual(found["saturated"], 0)
            self.assertEqual(found["augment"], copies)

    def test_few_samples(self):
        for n in (2, 3):
            pictures, labels = program.bars(n, 9, 9)
            _, accuracy = self.check(pictures, labels, "patches:8",
                                     "--lambda", "1")
            self.assertEqual(accuracy, 1)

    def test_few_patches(self):
        """Filters are taken again where there are too few distinct ones; what
        has no contrast is none, and a feature that is always 0 harms nothing.
        """
        pictures = numpy.full((60, 9, 9), 77, numpy.uint8)
        labels = numpy.arange(60) % 3
        pictures[labels == 1, :, 4:] = 200
        pictures[labels == 2, 4:, :] = 200
        for words in ("patches:40:size=9", "patches:200:size=3:grid=3"):
            with self.subTest(words=words):
                _, accuracy = self.check(pictures, labels, words, "--lambda",
                                         "1", "--mirror")
                self.assertEqual(accuracy, 1)
        pictures[:] = 77
        pictures[0, 4, 4] = 78 # hardly a contrast
        self.check(pictures, labels, "patches:8", "--lambda", "1")

    def test_sizes_that_are_not_given(self):
        """They leave places, also in thin and small pictures."""
        for shape, size in (((28, 28), 10), ((32, 32, 3), 6), ((60, 40), 12),
                            ((8, 8), 4), ((140, 150), 16), ((30, 3), 2),
                            ((5, 40), 3), ((2, 2), 2), ((7, 7, 3), 4)):
            with self.subTest(shape=shape):
                self.check(*program.bars(30, *shape), "patches:2", "--lambda",
                           "1")
                _, metadata = program.read_tensors(self.folder / MODEL)
                self.assertIn("patches:2:size=%d:" % size,
                              metadata["feature_map"])

    def test_grid_that_is_not_given(self):
        """It is finer where sums over cells could pass 32 bits, and coarser
        where there are few places; one that is given stays as it is."""
        for shape, words, grid in (
                ((28, 28), "patches:1", 3), ((4, 9), "patches:1:size=3", 2),
                ((300, 300), "patches:1", 5),
                ((300, 300), "patches:1:scale=2", 3),
                ((300, 20, 3), "patches:1:size=19", 2),
                ((300, 300), "patches:1:dims=16", 3),
                ((300, 300), "patches:1:grid=6", 6)):
            with self.subTest(shape=shape, words=words):
                self.check(*program.bars(9, *shape), words, "--lambda", "1")
                _, metadata = program.read_tensors(self.folder / MODEL)
                self.assertIn(":grid=%d:" % grid, metadata["feature_map"])
        done = self.run_program("--data", "x.npy", "--features",
                                "patches:1:grid=3", status=64)
        self.assertIn("300 x 300", done.stderr)
        self.assertIn("grid=", done.stderr)

    def test_channels(self):
        for channels in (2, 3, 4):
            with self.subTest(channels=channels):
                self.check(*program.bars(60, 9, 9, channels), "patches:8",
                           "--lambda", "1")

    def test_flat_rows(self):
        """They are pictures once it is said how."""
        pictures, labels = program.bars(60, 9, 8)
        flat = pictures.reshape(60, 72)
        self.check(flat, labels, "patches:8", "--lambda", "1", "--layout",
                   "nhw", "--image", "8x9")


class Trace(program.Case):
    def setUp(self):
        super().setUp()
        if " 1.3" in self.run_program("--version").stdout.splitlines()[1]:
            self.skipTest("this StarPU has no FxT")

    def test_features_beside_gram(self):
        """No feature task waits for a Gram; and as no more than some tiles are
        in flight, features are made between Gram tasks, not before them all."""
        name = self.save("x", *program.bars(600, 14, 17))
        self.run_program("--data", name, "--features", "patches:16", "--quiet",
                         "--tiles", "60", "--lambda", "1", "--trace", "trace",
                         ranks=2)
        folder = self.folder / "trace"
        dag = (folder / "dag.dot").read_text()
        task = dict(re.findall(r'^\t\t"(task_\d_\d+)" \[label="(\w+)"', dag,
                               re.M))
        after = collections.defaultdict(list)
        for a, b in re.findall(r'"(\w+)" -> "(\w+)"', dag):
            after[a].append(b)
        names = {(task.get(a), task.get(b)) for a in after for b in after[a]}
        for pair in (("load", "sample"), ("load", "features"),
                     ("features", "pack"), ("features", "moments")):
            self.assertIn(pair, names)
        seen = {a for a in task if task[a] == "gram"}
        todo = list(seen)
        while todo:
            for b in after[todo.pop()]:
                if b not in seen:
                    seen.add(b)
                    todo.append(b)
        reached = {task.get(a) for a in seen}
        self.assertIn("predict", reached)
        made = [a for a in task if task[a] == "features"]
        self.assertEqual(len(made), 60) # once each: they are kept
        self.assertEqual([a for a in made if a in seen], [])
        paje = (folder / "paje.trace").read_text()
        for rank in "01":
            start = {stage: [float(t) for t in re.findall(
                r'^20\t(\S+)\t%s_w\d+\tWS\t"%s"' % (rank, stage), paje, re.M)]
                for stage in ("features", "gram")}
            self.assertLess(min(start["gram"]), max(start["features"]))

    def test_features_while_gram(self):
        """Of two workers one makes a tile's features while the other adds those
        of another tile to the Gram; when, is chance.  And a tile's are used up
        before others are made, although twelve tiles wait for it."""
        name = self.save("x", *program.bars(600, 14, 17))
        self.run_program("--data", name, "--features", "patches:64", "--quiet",
                         "--tiles", "60", "--lambda", "1", "--solver",
                         "primal", "--trace", "trace", ranks=None,
                         settings={"STARPU_NCPU": "2"})
        paje = (self.folder / "trace" / "paje.trace").read_text()
        spans = collections.defaultdict(list)
        for worker in ("w0", "w1"):
            states = sorted((float(t), value) for t, value in re.findall(
                r'^10\t(\S+)\t%s\tWS\t"(\w+)"' % worker, paje, re.M))
            for (begin, stage), (end, _) in zip(states, states[1:]):
                spans[stage, worker].append((begin, end))
        beside = [(one, a) for one, other in (("w0", "w1"), ("w1", "w0"))
                  for a, b in spans["features", one]
                  for c, d in spans["gram", other] if a < d and c < b]
        self.assertGreater(len(beside), 0)
        made = [a for one in ("w0", "w1") for a, _ in spans["features", one]]
        used = [a for one in ("w0", "w1") for a, _ in spans["gram", one]]
        self.assertEqual(len(made), 60)
        self.assertLessEqual(sum(a < min(used) for a in made), 4)


if __name__ == "__main__":
    program.main()
