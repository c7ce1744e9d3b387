"""--holdout, --test, --select, --seed, --folds: what they are to change, and
nothing else."""
import numpy

import program


class Options(program.Case):
    def test_holdout(self):
        samples, labels = program.blobs(1000, 10, 4)
        name = self.save("data", samples, labels)
        sizes = numpy.bincount(labels)
        held = [int(0.25 * size + 0.5) for size in sizes]
        for ranks in (None, 3):
            result = self.fit("--data", name, "--holdout", "0.25", "--lambda",
                              "1,10", ranks=ranks)
            self.assertEqual(result["n_test"], sum(held))
            self.assertEqual(result["n_train"] + result["n_test"], 1000)
            self.assertEqual([sum(row) for row in result["confusion"]], held)
            self.assertEqual(
                [sum(row) for row in result["train_confusion"]],
                [size - out for size, out in zip(sizes, held)])

    def test_holdout_follows_the_seed(self):
        name = self.save("data", *program.blobs(500, 30, 4, spread=6))
        accuracies = [self.fit("--data", name, "--holdout", "0.3", "--lambda",
                               "1", "--seed", seed)["test_accuracy"]
                      for seed in (1, 1, 2, 3, 4)]
        self.assertEqual(accuracies[0], accuracies[1])
        self.assertGreater(len(set(accuracies)), 1)

    def test_holdout_replaces_the_test_part(self):
        result = self.fit("--data", "synth:900", "--holdout", "0.5",
                          "--lambda", "1")
        self.assertIn(result["n_train"], range(440, 461))
        self.assertEqual(result["n_train"] + result["n_test"], 900)

    def test_test_set(self):
        samples, labels = program.blobs(600, 10, 4)
        self.save("train", samples[:400], labels[:400] + 5)
        self.save("test", samples[400:], labels[400:] + 5)
        for ranks in (None, 2):
            result = self.fit("--data", "train.npy", "--test", "test.npy",
                              "--lambda", "1", "--model", "m.safetensors",
                              ranks=ranks)
            self.assertEqual((result["n_train"], result["n_test"]), (400, 200))
            weights, intercept, _ = program.read_model(
                self.folder / "m.safetensors")
            found = (samples[400:] @ weights.T + intercept).argmax(axis=1)
            self.assertAlmostEqual(result["test_accuracy"],
                                   (found == labels[400:]).mean())

    def test_no_test_set(self):
        name = self.save("data", *program.blobs(100, 5, 2))
        result = self.fit("--data", name, "--lambda", "1")
        self.assertEqual(result["n_test"], 0)
        self.assertIsNone(result["test_accuracy"])
        self.assertEqual(result["confusion"], result["train_confusion"])

    def test_select(self):
        """Accuracy and error choose by their own column; both are shown."""
        lambdas = ["%g" % 10 ** (e / 2) for e in range(-2, 9)]
        chosen = {}
        for select in ("accuracy", "mse"):
            result = self.fit("--data", "synth:1000:1", "--lambda",
                              ",".join(lambdas), "--select", select)
            rows = result["cv"]
            self.assertEqual(result["select"], select)
            self.assertEqual([row["lambda"] for row in rows],
                             [float(value) for value in lambdas])
            if select == "mse":
                best = min(row["mse"] for row in rows)
            else:
                best = max(row["accuracy"] for row in rows)
            self.assertEqual(result["lambda"],
                             max(row["lambda"] for row in rows
                                 if abs(row[select] - best) < 1e-12))
            chosen[select] = result["lambda"]
        self.assertNotEqual(chosen["accuracy"], chosen["mse"])

    def test_auto_grid(self):
        """The default: 20 values, spaced evenly on the logarithm's scale."""
        by_default = self.fit("--data", "synth:600")
        grid = [row["lambda"] for row in by_default["cv"]]
        self.assertTrue(numpy.allclose(grid, numpy.logspace(-2, 5, 20),
                                       rtol=1e-14))
        self.assertEqual(by_default["folds"], 5)
        auto = self.fit("--data", "synth:600", "--lambda", "auto")
        self.assertEqual(auto["cv"], by_default["cv"])

    def test_folds(self):
        name = self.save("data", *program.blobs(60, 5, 2))
        for folds in (2, 7, 60):
            result = self.fit("--data", name, "--lambda", "1,10", "--folds",
                              folds, "--tiles", "60")
            self.assertEqual(result["folds"], folds)
            self.assertEqual(result["lanes"] % folds, 0)
        one = self.fit("--data", name, "--lambda", "1")
        self.assertEqual((one["folds"], one["cv"]), (0, []))

    def test_edge_of_the_grid(self):
        """A warning where the best lambda is the first or last of those tried,
        and none where it is not."""
        data = ["--data", "synth:1000", "--select", "mse", "--lambda"]
        for lambdas, word in (("1e-4,1e-3", "largest"), ("1e4,1e5",
                                                         "smallest")):
            run = self.run_program(*data, lambdas)
            self.assertIn("Warning: the best lambda is the " + word,
                          run.stdout)
        self.assertNotIn("Warning", self.run_program(*data, "0.01,20,1e5")
                         .stdout)


if __name__ == "__main__":
    program.main()
