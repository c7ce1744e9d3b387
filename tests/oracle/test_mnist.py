"""MNIST: weights, intercept and accuracies are scikit-learn's; folds and
hold-outs give what the same folds give in Python."""
import unittest

import numpy

import oracle

SPEC = str(oracle.DATA / "mnist")
SCALE = 1 / 255
ACCURACY = {1: 0.8604, 1000: 0.8653} # of the test set


@oracle.needs("mnist")
class Mnist(oracle.Case):
    @classmethod
    def setUpClass(cls):
        cls.train_x, cls.train_y, cls.test_x, cls.test_y = oracle.mnist()

    def test_sklearn(self):
        try:
            from sklearn.linear_model import RidgeClassifier
        except ImportError:
            self.skipTest("no scikit-learn for this Python")
        samples = self.train_x * SCALE
        for penalty, accuracy in ACCURACY.items():
            for ranks in (None, 2):
                with self.subTest(penalty=penalty, ranks=ranks):
                    weights, intercept, result = self.train(
                        "--data", SPEC, "--lambda", penalty, ranks=ranks)
                    if ranks is None:
                        peer = RidgeClassifier(
                            alpha=penalty, solver="cholesky").fit(
                                samples, self.train_y)
                    self.check_model((weights, intercept),
                                     (peer.coef_, peer.intercept_), 1e-7)
                    constant = self.train_x.max(axis=0) == 0
                    self.assertEqual(abs(weights[:, constant]).max(), 0)
                    self.assertEqual(round(result["test_accuracy"], 4),
                                     accuracy)
                    self.assertEqual(
                        result["test_accuracy"],
                        peer.score(self.test_x * SCALE, self.test_y))
                    self.assertEqual((result["n_train"], result["n_test"]),
                                     (60000, 10000))

    def test_validation(self):
        penalties = [0.01, 10, 1000, 20000]
        for count, seed in ((5, 0), (3, 7)):
            with self.subTest(folds=count, seed=seed):
                _, _, result = self.train(
                    "--data", SPEC, "--lambda",
                    ",".join(str(penalty) for penalty in penalties),
                    "--folds", count, "--seed", seed)
                table = oracle.validate(
                    self.train_x, self.train_y,
                    oracle.folds(self.train_y, count, seed), penalties, SCALE)
                self.check_validation(result, table, 1e-9)
                best = numpy.flatnonzero(
                    table[:, 0] >= table[:, 0].max() - 1e-12).max()
                self.assertEqual(result["lambda"], penalties[best])

    def test_holdout(self):
        for seed in (0, 3):
            with self.subTest(seed=seed):
                held = oracle.holdout(self.train_y, 0.2, seed)
                weights, intercept, result = self.train(
                    "--data", SPEC, "--lambda", "10", "--holdout", "0.2",
                    "--seed", seed)
                model = oracle.Statistics(self.train_x[~held],
                                          self.train_y[~held],
                                          10).solve(10, SCALE)
                self.assertEqual((result["n_train"], result["n_test"]),
                                 (numpy.sum(~held), numpy.sum(held)))
                self.check_model((weights, intercept), model, 1e-9)
                for key, part in (("train_accuracy", ~held),
                                  ("test_accuracy", held)):
                    accuracy, _ = oracle.evaluate(
                        *model, SCALE, self.train_x[part], self.train_y[part])
                    self.assertAlmostEqual(result[key], accuracy, delta=1e-12)

    def test_holdout_and_validation(self):
        """Folds are of the rows that are left."""
        held = oracle.holdout(self.train_y, 0.5)
        rows = numpy.flatnonzero(~held)
        samples, labels = self.train_x[rows], self.train_y[rows]
        _, _, result = self.train("--data", SPEC, "--lambda", "1,100",
                                  "--holdout", "0.5")
        table = oracle.validate(samples, labels,
                                oracle.folds(labels, 5, rows=rows), [1, 100],
                                SCALE)
        self.check_validation(result, table, 1e-9)


if __name__ == "__main__":
    oracle.main()
