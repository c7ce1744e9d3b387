"""Data and graphs at the edges: everything ragged, wide, constant, rare, or
more ranks than there is work for.  All against numpy, in double precision."""
import numpy

import program


def ridge(samples, labels, penalty):
    """Weights (k x d) and intercept by their definition."""
    x = samples.reshape(len(samples), -1).astype(float)
    y = 2.0 * (labels[:, None] == numpy.unique(labels)) - 1
    mean, target = x.mean(axis=0), y.mean(axis=0)
    x, y = x - mean, y - target
    if x.shape[0] >= x.shape[1]:
        w = numpy.linalg.solve(x.T @ x + penalty * numpy.eye(x.shape[1]),
                               x.T @ y)
    else: # the dual: as many unknowns as samples
        w = x.T @ numpy.linalg.solve(
            x @ x.T + penalty * numpy.eye(x.shape[0]), y)
    return w.T, target - mean @ w


class Edges(program.Case):
    def check(self, samples, labels, *arguments, penalty=1.0, tolerance=1e-9,
              **how):
        """Train, compare the model, and give what --json says."""
        name = self.save("edge", samples, labels)
        scale = 1 / 255 if samples.dtype == numpy.uint8 else 1
        result = self.fit("--data", name, "--model", "m.safetensors",
                          *arguments, **how)
        weights, intercept, _ = program.read_model(
            self.folder / "m.safetensors")
        expected, offset = ridge(samples * scale, labels, result["lambda"])
        self.assertLess(abs(weights - expected).max(),
                        tolerance * abs(expected).max())
        self.assertLess(abs(intercept - offset).max(), tolerance * 10)
        return result

    def test_wide(self):
        """More features than samples."""
        samples, labels = program.blobs(40, 500, 4)
        self.check(program.bytes_of(samples), labels, "--lambda", "0.5")
        self.check(samples, labels, "--lambda", "0.5", tolerance=1e-4)
        result = self.check(program.bytes_of(samples), labels, "--lambda",
                            "1,10,100")
        self.assertEqual(len(result["cv"]), 3)

    def test_constant_features(self):
        samples, labels = program.blobs(200, 60, 4)
        samples = program.bytes_of(samples)
        samples[:, 10:50] = numpy.arange(40)
        for ranks in (None, 3):
            self.check(samples, labels, "--lambda", "0.1,1", ranks=ranks)
        weights, _, _ = program.read_model(self.folder / "m.safetensors")
        self.assertLess(abs(weights[:, 10:50]).max(),
                        1e-12 * abs(weights).max())

    def test_all_features_constant(self):
        """Nothing to learn but how frequent classes are."""
        labels = numpy.array([0] * 5 + [1] * 20 + [2] * 7)
        samples = numpy.full((32, 6), 9, dtype=numpy.uint8)
        result = self.fit("--data", self.save("edge", samples, labels),
                          "--lambda", "1,2", "--model", "m.safetensors")
        weights, intercept, _ = program.read_model(
            self.folder / "m.safetensors")
        self.assertEqual(abs(weights).max(), 0)
        self.assertLess(
            abs(intercept - (numpy.bincount(labels) / 16 - 1)).max(), 1e-15)
        self.assertAlmostEqual(result["train_accuracy"], 20 / 32)

    def test_class_of_one_sample(self):
        samples, labels = program.blobs(100, 20, 3)
        labels[:] %= 2
        labels[33] = 2
        result = self.check(program.bytes_of(samples), labels, "--lambda",
                            "1,10")
        self.assertEqual(result["classes"], 3)
        self.check(samples, labels, "--lambda", "1", tolerance=1e-4)

    def test_two_samples(self):
        samples = numpy.array([[1, 2, 3], [5, 2, 0]], dtype=numpy.uint8)
        result = self.check(samples, numpy.array([0, 1]), "--lambda", "1")
        self.assertEqual(result["train_accuracy"], 1)
        self.check(samples, numpy.array([0, 1]), "--lambda", "1", ranks=4)

    def test_one_feature(self):
        samples, labels = program.blobs(50, 1, 2, spread=0.1)
        self.check(program.bytes_of(samples), labels, "--lambda", "0,1,10")
        self.check(samples, labels, "--lambda", "1", ranks=2, tolerance=1e-5)

    def test_many_classes(self):
        samples, labels = program.blobs(600, 30, 150)
        result = self.check(program.bytes_of(samples), labels, "--lambda", "1",
                            "--tiles", "7")
        self.assertEqual(result["classes"], 150)

    def test_ragged_everything(self):
        samples, labels = program.blobs(307, 109, 7)
        for ranks in (None, 3):
            result = self.check(program.bytes_of(samples), labels, "--block",
                                "32", "--tiles", "11", "--lanes", "6",
                                "--folds", "3", "--lambda", "1,10",
                                ranks=ranks)
            self.assertEqual((result["block"], result["tiles"],
                              result["lanes"], result["folds"]),
                             (32, 11, 6, 3))

    def test_more_ranks_than_work(self):
        """Ranks outnumber tiles, lanes, blocks and factorizations."""
        samples, labels = program.blobs(23, 5, 2)
        samples = program.bytes_of(samples)
        self.check(samples, labels, "--tiles", "1", "--lambda", "1", ranks=4)
        self.check(samples, labels, "--tiles", "2", "--folds", "2",
                   "--lambda", "1,2", ranks=7)
        self.check(samples, labels, "--tiles", "3", "--lanes", "1",
                   "--lambda", "1", "--cache", "0", ranks=3)

    def test_one_sample_a_tile(self):
        samples, labels = program.blobs(64, 9, 3)
        for ranks in (None, 2):
            self.check(program.bytes_of(samples), labels, "--tiles", "64",
                       "--lambda", "1,10", ranks=ranks)

    def test_4096_features(self):
        """Many blocks, 256 Gram tiles of which most are off the diagonal."""
        samples, labels = program.blobs(300, 4096, 3, spread=2)
        result = self.check(samples, labels, "--lambda", "100,1000",
                            "--folds", "2", "--tiles", "6", tolerance=1e-3,
                            timeout=280)
        self.assertEqual(result["features"], 4096)
        self.assertGreater(result["train_accuracy"], 0.9)

    def test_seconds(self):
        """float64 far from zero: what float32 cannot tell apart.  Training,
        cross-validation, test sets and predictions, from one origin."""
        random = numpy.random.default_rng(7)
        labels = random.integers(0, 2, 600)
        seconds = 1.7e9 + 40 * labels + random.normal(0, 5, 600)
        samples = numpy.stack([seconds, random.normal(0, 1, 600)], axis=1)
        test = self.save("test", samples[:200], labels[:200])
        samples, labels = samples[200:], labels[200:]
        name = self.save("train", samples, labels)
        for ranks in (None, 3):
            for penalty in ("1", "1,10,100"):
                result = self.fit("--data", name, "--test", test, "--lambda",
                                  penalty, "--model", "m.safetensors",
                                  ranks=ranks)
                self.assertEqual(result["train_accuracy"], 1)
                self.assertEqual(result["test_accuracy"], 1)
                if "," in penalty:
                    self.assertGreater(
                        max(row["accuracy"] for row in result["cv"]), 0.999)
        weights, intercept, _ = program.read_model(
            self.folder / "m.safetensors")
        shift = numpy.array([1.7e9, 0])
        expected, offset = ridge(samples - shift, labels, result["lambda"])
        self.assertLess(abs(weights - expected).max(),
                        1e-6 * abs(expected).max())
        self.assertLess(abs(intercept + weights @ shift - offset).max(), 1e-6)
        for data in (test, self.save("one", samples[:1], labels[:1])):
            self.run_program("predict", "--model", "m.safetensors", "--data",
                             data, "--json", "p.json", "--quiet")
            self.assertEqual(self.read_json("p.json")["accuracy"], 1)
        result = self.fit("--data", name, "--holdout", "0.3", "--lambda", "1")
        self.assertEqual(result["test_accuracy"], 1)

    def test_holdout_keeps_classes(self):
        """A class's only sample is for training."""
        samples, labels = program.blobs(60, 9, 3)
        labels[:] %= 2
        labels[33] = 2
        result = self.fit("--data", self.save("edge", samples, labels),
                          "--holdout", "0.9", "--lambda", "1")
        self.assertEqual(numpy.sum(result["train_confusion"], axis=1)[2], 1)
        sizes = numpy.bincount(labels)
        held = numpy.minimum(numpy.floor(0.9 * sizes + 0.5), sizes - 1).sum()
        self.assertEqual((result["n_train"], result["n_test"]),
                         (60 - held, held))

    def test_sorted_by_class(self):
        """Files sorted by class are the rule: folds must not be classes."""
        samples, labels = program.blobs(500, 10, 5, spread=1)
        order = labels.argsort(kind="stable")
        result = self.check(samples[order], labels[order], "--lambda", "1,10",
                            tolerance=1e-4)
        self.assertGreater(max(row["accuracy"] for row in result["cv"]), 0.9)


if __name__ == "__main__":
    program.main()
