"""scikit-learn on data that needs no download: 8-bit and floating-point
arrays, two classes and more, GridSearchCV over the same folds."""
import unittest
import warnings

import numpy

import oracle
import program

try:
    from sklearn.linear_model import RidgeClassifier
    from sklearn.model_selection import GridSearchCV, PredefinedSplit
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
except ImportError:
    RidgeClassifier = None


@unittest.skipUnless(RidgeClassifier, "no scikit-learn for this Python")
class Sklearn(oracle.Case):
    def check(self, samples, labels, penalty, tolerance):
        name = self.save("data", samples, labels)
        scale = 1 / 255 if samples.dtype == numpy.uint8 else 1
        features = samples.reshape(len(samples), -1).astype(float) * scale
        peer = RidgeClassifier(alpha=penalty, solver="cholesky").fit(
            features, labels)
        weights, intercept, result = self.train("--data", name, "--lambda",
                                                penalty)
        expected = (peer.coef_, peer.intercept_)
        if len(intercept) == 2: # sklearn keeps the second class' alone
            self.check_model((weights[:1], intercept[:1]),
                             (-peer.coef_, -peer.intercept_), tolerance)
            expected = numpy.vstack([-peer.coef_, peer.coef_]), numpy.hstack(
                [-peer.intercept_, peer.intercept_])
        self.check_model((weights, intercept), expected, tolerance)
        self.assertAlmostEqual(result["train_accuracy"],
                               peer.score(features, labels),
                               delta=0 if scale < 1 else 2 / len(labels))

    def test_8_bit(self):
        samples, labels = program.blobs(3000, 123, 7)
        for penalty in (0.01, 1, 1000):
            self.check(program.bytes_of(samples), labels, penalty, 1e-10)

    def test_two_classes(self):
        samples, labels = program.blobs(1000, 40, 2)
        self.check(program.bytes_of(samples), labels, 1, 1e-10)

    def test_pictures_in_an_array(self):
        """Any order of the features is as good as any other, but one."""
        samples, labels = program.blobs(1000, 5 * 7 * 3, 4)
        pictures = program.bytes_of(samples).reshape(-1, 5, 7, 3)
        name = self.save("data", pictures, labels)
        weights, intercept, _ = self.train("--data", name, "--lambda", "1")
        planes = pictures.transpose(0, 3, 1, 2).reshape(len(labels), -1)
        peer = RidgeClassifier(alpha=1, solver="cholesky").fit(
            planes / 255, labels)
        self.check_model((weights, intercept), (peer.coef_, peer.intercept_),
                         1e-10)

    def test_floats(self):
        samples, labels = program.blobs(5000, 123, 7)
        for dtype in (numpy.float32, numpy.float64):
            for penalty in (1, 1000):
                with self.subTest(dtype=dtype, penalty=penalty):
                    self.check(samples.astype(dtype), labels, penalty, 1e-5)

    def test_floats_far_from_zero(self):
        """Years and kelvins: means of many times the spread."""
        samples, labels = program.blobs(5000, 50, 4)
        for distance in (30, 1000, 30000):
            with self.subTest(distance=distance):
                self.check(samples + numpy.float32(distance), labels, 1, 1e-5)

    def test_standardized(self):
        """As a pipeline with StandardScaler, whose scales are of the training
        folds alone; one column is constant, one of nanoseconds."""
        samples, labels = program.blobs(1500, 40, 5, spread=4)
        wide = samples * numpy.exp(numpy.linspace(-20, 20, 40))
        wide[:, 7] = 3
        wide[:, 9] = 1.7e18 + 1e12 * samples[:, 9].astype(float)
        dark = program.bytes_of(samples)
        dark[:, 11] = 40
        penalties = [1, 100, 3000]
        for data in (wide, wide.astype(numpy.float32), dark):
            name = self.save("data", data, labels)
            weights, intercept, result = self.train(
                "--data", name, "--standardize", "--lambda",
                ",".join(map(str, penalties)))
            features = data.astype(float)
            if data.dtype == numpy.uint8:
                features /= 255
            search = GridSearchCV(
                make_pipeline(StandardScaler(),
                              RidgeClassifier(solver="cholesky")),
                {"ridgeclassifier__alpha": penalties},
                cv=PredefinedSplit(oracle.folds(labels, 5)))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                search.fit(features, labels)
            means = search.cv_results_["mean_test_score"]
            for row, mean in zip(result["cv"], means):
                self.assertAlmostEqual(row["accuracy"], mean, delta=0.003)
            scaler, peer = make_pipeline(
                StandardScaler(), RidgeClassifier(alpha=result["lambda"],
                                                  solver="cholesky")).fit(
                features, labels)
            spread = numpy.sqrt(scaler.var_)
            self.check_model(
                (weights * spread, intercept + weights @ scaler.mean_),
                (peer.coef_ * (spread > 0), peer.intercept_), 2e-6)
            self.assertTrue(result["standardize"])
        self.assertIn("standardised", self.run_program(
            "info", "m.safetensors", ranks=None).stdout)

    def test_any_size(self):
        """The choice follows the features' scale; nothing leaves single
        precision that double holds."""
        samples, labels = program.blobs(1500, 30, 5, spread=4)
        name = self.save("data", samples, labels)
        weights, _, first = self.train("--data", name)
        for size in (2.0 ** -70, 2.0 ** 90, 255, 1e-30, 1e19):
            name = self.save("data", samples.astype(float) * size, labels)
            scaled, _, result = self.train("--data", name)
            unit = result["lambda_unit"] / first["lambda_unit"]
            self.assertAlmostEqual(unit / size / size, 1, delta=1e-5)
            self.assertAlmostEqual(result["lambda"] / first["lambda"] / unit, 1,
                                   delta=1e-5)
            self.check_model((scaled * size,), (weights,), 1e-5)
            if numpy.log2(size) % 1 == 0:
                self.assertTrue((scaled * size == weights).all())
        mixed = samples * 10.0 ** numpy.linspace(-25, 25, 30)
        self.check(mixed[:, 10:18].astype(numpy.float32), labels, 1, 1e-5)

    def test_grid_search(self):
        samples, labels = program.blobs(1500, 60, 5, spread=4)
        penalties = [0.1, 10, 1000, 30000]
        for data, scale in ((program.bytes_of(samples), 1 / 255),
                            (samples, 1)):
            name = self.save("data", data, labels)
            _, _, result = self.train(
                "--data", name, "--folds", "4", "--seed", "5", "--lambda",
                ",".join(str(penalty) for penalty in penalties))
            search = GridSearchCV(
                RidgeClassifier(solver="cholesky"), {"alpha": penalties},
                cv=PredefinedSplit(oracle.folds(labels, 4, 5)))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                search.fit(data.astype(float) * scale, labels)
            for i, row in enumerate(result["cv"]):
                self.assertAlmostEqual(
                    row["accuracy"], search.cv_results_["mean_test_score"][i],
                    delta=1e-12 if scale < 1 else 1 / len(labels))
            self.assertAlmostEqual(
                max(row["accuracy"] for row in result["cv"]),
                search.best_score_, delta=1 / len(labels))


if __name__ == "__main__":
    oracle.main()
