"""scikit-learn's own check_estimator: all that it asks of a classifier, asked of
the program through a thin adapter, which writes arrays and calls it."""
import pathlib
import subprocess
import tempfile
import unittest
import warnings

import numpy

import program

try:
    import sklearn
    from sklearn.base import BaseEstimator, ClassifierMixin
    from sklearn.utils.estimator_checks import check_estimator
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted
except ImportError:
    sklearn = None
    BaseEstimator = ClassifierMixin = object
try: # since 1.6
    from sklearn.utils.estimator_checks import estimator_checks_generator
    from sklearn.utils.validation import validate_data
except ImportError:
    def estimator_checks_generator(estimator):
        return check_estimator(estimator, generate_only=True)

    def validate_data(estimator, *arrays, **how):
        return estimator._validate_data(*arrays, **how)


class Ridge(ClassifierMixin, BaseEstimator):
    """fit and predict of the command line, with features and labels as they
    come; what scikit-learn alone can know (sparse matrices, numbers of
    dimensions, names of columns) is left to its own validation."""

    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def call(self, folder, *arguments):
        run = subprocess.run(
            program.command(*arguments, "--quiet"), cwd=folder,
            env=program.environment(), capture_output=True, text=True,
            check=False, timeout=60 * program.PATIENCE)
        if run.returncode:
            raise ValueError(run.stderr)

    def fit(self, X, y):
        X, y = validate_data(self, X, y, dtype="numeric")
        check_classification_targets(y)
        self.classes_ = numpy.unique(y)
        if len(self.classes_) < 2:
            raise ValueError("Classifier can't train when only one class is "
                             "present.")
        with tempfile.TemporaryDirectory() as folder:
            numpy.save(folder + "/x.npy", X)
            # numpy would pickle objects
            numpy.save(folder + "/x.labels.npy",
                       y.astype(str) if y.dtype == object else y)
            self.call(folder, "--data", "x.npy", "--lambda", self.alpha,
                      "--model", "m.safetensors")
            self.model_ = pathlib.Path(folder, "m.safetensors").read_bytes()
        return self

    def scores(self, X):
        check_is_fitted(self)
        X = validate_data(self, X, dtype="numeric", reset=False)
        with tempfile.TemporaryDirectory() as folder:
            numpy.save(folder + "/x.npy", X)
            pathlib.Path(folder, "m.safetensors").write_bytes(self.model_)
            self.call(folder, "predict", "--data", "x.npy", "--model",
                      "m.safetensors", "--scores", "--output", "p.csv")
            rows = numpy.genfromtxt(folder + "/p.csv", delimiter=",",
                                    skip_header=1, usecols=range(
                                        2, 2 + len(self.classes_)), ndmin=2)
        return rows

    def decision_function(self, X):
        rows = self.scores(X)
        return rows[:, 1] if len(self.classes_) == 2 else rows

    def predict(self, X):
        best = self.scores(X).argmax(1)
        return self.classes_[best]


@unittest.skipUnless(sklearn, "no scikit-learn for this Python")
class CheckEstimator(unittest.TestCase):
    def test_all(self):
        checks = 0
        for estimator, check in estimator_checks_generator(Ridge()):
            name = getattr(check, "func", check).__name__
            checks += 1
            with self.subTest(name), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    check(estimator)
                except unittest.SkipTest as reason: # for want of pandas
                    print("%s: %s" % (name, reason))
        print("%d checks of scikit-learn %s" % (checks, sklearn.__version__))
        self.assertGreater(checks, 40)


if __name__ == "__main__":
    program.main()
