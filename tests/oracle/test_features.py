"""Features of patches against numpy: to the bit by what a model keeps; learnt
anew in double precision; and mirrored training against explicit copies."""
import csv
import json
import re

import numpy

import features
import oracle
import program

MODEL = "m.safetensors"


def reference(tensors, metadata):
    """A model's terms as maps of the reference."""
    maps = []
    mirror = json.loads(metadata["pipeline"])[0]["mirror"] == 1
    for i, text in enumerate(metadata["feature_map"].split("+")):
        name, *words = text.split(":")
        if name == "pixels":
            maps.append(features.Pixels(mirror))
            continue
        numbers = (tensors, i, int(re.search(r"grid=(\d+)", text)[1]),
                   "scale=2" in words, mirror, "unit" in words)
        if metadata.get("feature_precision") == "float":
            maps.append(features.Single(*numbers))
        else:
            maps.append(features.Map(*numbers, "compand" in words))
    return maps


def made(*shape, **how):
    """program.bars, as n x c x h x w."""
    pictures, labels = program.bars(*shape, **how)
    return pictures.transpose(0, 3, 1, 2), labels


class Case(oracle.Case):
    def keep(self, name, pictures, labels):
        """As an array of n x h x w x c."""
        return self.save(name, numpy.ascontiguousarray(
            pictures.transpose(0, 2, 3, 1)), labels)

    def learn(self, pictures, labels, *arguments):
        """Value: what the model holds, and what --json says."""
        name = self.keep("train", pictures, labels)
        result = self.fit("--data", name, "--model", MODEL, *arguments)
        return *program.read_tensors(self.folder / MODEL), result

    def scores(self, pictures, labels):
        name = self.keep("seen", pictures, labels)
        self.run_program("predict", "--model", MODEL, "--data", name,
                         "--output", "out.csv", "--scores", "--quiet")
        with open(self.folder / "out.csv", newline="",
                  encoding="utf-8") as file:
            return numpy.array([row[3:] for row in list(csv.reader(file))[1:]],
                               dtype=float)


class ToTheBit(Case):
    """predict's scores are W f + b, of features that are the same bytes: one
    that is not shifts a score by a weight, 1e-4 or more."""

    def check(self, train, test, words, *arguments):
        tensors, metadata, result = self.learn(
            *train, "--features", words, "--lambda", "100", *arguments)
        f = numpy.concatenate([each.features(test[0]) for each in
                               reference(tensors, metadata)], axis=1)
        self.assertEqual(f.shape[1], tensors["weights"].shape[1])
        self.assertGreater(f.std(axis=0).min(), 0)
        weights = tensors["weights"]
        self.assertGreater(numpy.median(abs(weights)), 1e-7)
        expected = f.astype(float) @ weights.T + tensors["intercept"]
        self.assertLess(abs(self.scores(*test) - expected).max(), 1e-9)
        return result

    @oracle.needs("mnist")
    def test_mnist(self):
        train_x, train_y, test_x, test_y = oracle.mnist()
        shape = (-1, 1, 28, 28)
        result = self.check((train_x[:1500].reshape(shape), train_y[:1500]),
                            (test_x[:100].reshape(shape), test_y[:100]),
                            "patches:48")
        self.assertGreater(result["train_accuracy"], 0.97)

    @oracle.needs("cifar10")
    def test_cifar(self):
        train_x, train_y, test_x, test_y = oracle.cifar10()
        shape = (-1, 3, 32, 32)
        self.check((train_x[:1000].reshape(shape), train_y[:1000]),
                   (test_x[:40].reshape(shape), test_y[:40]),
                   "patches:32:unit+patches:24:size=4:unit+"
                   "patches:20:scale=2:grid=2:unit", "--mirror")

    def test_made(self):
        """Sides that are odd, and no square; filters that are no sixteens, and
        fewer dimensions than the 16 of a register; cells of unequal sizes."""
        for shape, words, *arguments in (
                ((60, 40, 1), "patches:7:size=12:grid=2"),
                ((19, 23, 2), "patches:17:size=5:grid=4:dims=9", "--mirror"),
                ((21, 17, 3), "patches:19:size=3:scale=2:grid=3:unit",
                 "--mirror"),
                ((21, 17, 1), "patches:1:size=2:dims=1:grid=16"),
                ((19, 17, 3), "patches:19:size=4:compand+"
                              "patches:5:size=6:unit:compand", "--mirror"),
                ((9, 31, 1), "patches:33:size=9:grid=1:unit"),
                ((12, 9, 3), "patches:5:size=4+pixels"),
                ((9, 13, 2), "pixels+patches:5:size=4+pixels", "--mirror"),
                ((7, 12, 1), "patches:5:size=4+pixels", "--mirror")):
            with self.subTest(shape=shape, words=words):
                self.check(made(90, *shape), made(30, *shape, seed=1), words,
                           *arguments)


class ToSinglePrecision(Case):
    """The same of features in single precision; whose model, of 8-bit features,
    would be off by a hundredth."""

    def check(self, train, test, words, *arguments):
        tensors, metadata, result = self.learn(
            *train, "--features", words, "--lambda", "100", "--precision",
            "float", *arguments)
        self.assertEqual(result["feature_precision"], "float")
        self.assertEqual(result["saturated"], 0)
        f = numpy.concatenate([each.features(test[0]) for each in
                               reference(tensors, metadata)], axis=1)
        self.assertGreater(f.std(axis=0).min(), 0)
        weights = tensors["weights"]
        scores = f @ weights.T
        off = self.scores(*test) - tensors["intercept"] - scores
        self.assertLess(abs(off).max(), 3e-5 * abs(scores).max())
        rounded = numpy.rint(f * 255 / f.max(axis=0)) * f.max(axis=0) / 255
        self.assertGreater(abs((rounded - f) @ weights.T).max(),
                           3e-4 * abs(scores).max())
        return f, weights, result

    @oracle.needs("mnist")
    def test_mnist(self):
        train_x, train_y, test_x, test_y = oracle.mnist()
        shape = (-1, 1, 28, 28)
        *_, result = self.check(
            (train_x[:1500].reshape(shape), train_y[:1500]),
            (test_x[:100].reshape(shape), test_y[:100]), "patches:48")
        self.assertGreater(result["train_accuracy"], 0.97)

    @oracle.needs("cifar10")
    def test_cifar(self):
        train_x, train_y, test_x, test_y = oracle.cifar10()
        shape = (-1, 3, 32, 32)
        self.check((train_x[:1000].reshape(shape), train_y[:1000]),
                   (test_x[:40].reshape(shape), test_y[:40]),
                   "patches:32:unit+patches:24:size=4:unit+"
                   "patches:20:scale=2:grid=2:unit", "--mirror")

    def test_made(self):
        for shape, words, *arguments in (
                ((60, 40, 1), "patches:7:size=12:grid=2"),
                ((19, 23, 2), "patches:17:size=5:grid=4:dims=9", "--mirror"),
                ((21, 17, 3), "patches:19:size=3:scale=2:grid=3:unit",
                 "--mirror"),
                ((9, 31, 1), "patches:33:size=9:grid=1:unit")):
            with self.subTest(shape=shape, words=words):
                self.check(made(90, *shape), made(30, *shape, seed=1), words,
                           *arguments)

    def test_weights(self):
        """They are those of ridge on the features, in either form."""
        train = made(200, 16, 15, 1)
        for solver in ("primal", "dual"):
            with self.subTest(solver=solver):
                f, weights, _ = self.check(train, train,
                                           "patches:12:size=5:grid=2",
                                           "--solver", solver)
                expected, _ = features.ridge(f, train[1], 100)
                self.assertLess(abs(weights.T - expected).max(),
                                1e-4 * abs(expected).max())


@oracle.needs("mnist")
class Learnt(Case):
    def setUp(self):
        super().setUp()
        train_x, train_y, test_x, test_y = oracle.mnist()
        self.train_x, self.other_x = (
            train_x[i:i + 2000].reshape(-1, 1, 28, 28) for i in (0, 2000))
        self.test_x = test_x[:2000].reshape(-1, 1, 28, 28)
        self.train_y, self.test_y = train_y[:2000], test_y[:2000]

    def test_accuracy(self):
        """What is learnt anew, in double precision from other patches, and not
        made 8-bit, classifies as well."""
        self.keep("test", self.test_x, self.test_y)
        found = [self.learn(
            self.train_x, self.train_y, "--features",
            "patches:64:size=10:grid=2", "--lambda", "20", "--test",
            "test.npy", "--precision", precision)[2]["test_accuracy"]
            for precision in ("int8", "float")]
        learnt = features.Learnt(self.train_x, 64, 10, 2, 64)
        weights, intercept = features.ridge(
            learnt.features(self.train_x), self.train_y, 20)
        predicted = (learnt.features(self.test_x) @ weights +
                     intercept).argmax(axis=1)
        accuracy = (predicted == self.test_y).mean()
        self.assertGreater(accuracy, 0.93)
        for each in found:
            self.assertLess(abs(each - accuracy), 0.005)

    def test_whitening(self):
        """Fresh patches, whitened, have the covariance Lambda / (Lambda + 0.1).
        """
        tensors, metadata, _ = self.learn(
            self.train_x, self.train_y, "--features",
            "patches:16:size=8:dims=48", "--lambda", "20")
        (of_model,) = reference(tensors, metadata)
        fresh = features.Learnt(self.other_x, 16, 8, 1, 48, seed=1)
        self.assertLess(abs(of_model.softness[0] / 255 ** 2 / fresh.c - 1),
                        0.03)
        p = features.patches(self.other_x.astype(int), 8).reshape(-1, 64)
        p = p[numpy.random.default_rng(0).integers(0, len(p), 100000)]
        x = of_model.normalised(p) / of_model.length
        covariance = numpy.cov(x.T)
        expected = fresh.values / (fresh.values + features.EPSILON)
        off = numpy.diag(covariance) / expected - 1
        self.assertLess(abs(off.mean()), 0.03)
        self.assertLess(abs(off).max(), 0.12) # of other people's digits
        rest = covariance - numpy.diag(numpy.diag(covariance))
        self.assertLess(abs(rest).max(), 0.05)
        self.assertLess(abs(x.mean(axis=0)).max(), 0.05)


class Mirrored(Case):
    def setUp(self):
        super().setUp()
        self.train, self.test = made(240, 16, 15, 1), made(60, 16, 15, 1, seed=1)
        self.tensors, self.metadata, _ = self.learn(
            *self.train, "--features", "patches:24:size=5:grid=2",
            "--lambda", "2.4", "--mirror")

    def views(self, pictures):
        """Pooled sums of pictures, and of their mirror images: floats."""
        (of_model,) = reference(self.tensors, self.metadata)
        return [features.in_groups(of_model.sums(view)) * of_model.quanta
                for view in (pictures, pictures[..., ::-1])]

    def test_equals_copies(self):
        """Ridge on f(x) + f(Mx) is that on twice the rows, x and Mx, of twice
        the columns, [f(x), f(Mx)], with both views' scores averaged."""
        self.check_copies(self.views)

    def check_copies(self, views, coarse=0.03):
        """Of views(pictures): features of them, and of their mirror images;
        coarse: what their 8 bits may change in scores."""
        a, b = views(self.train[0])
        deviation = (a + b).std(axis=0)
        labels = self.train[1]
        weights, intercept = features.ridge(a + b, labels, 2.4)
        copies = numpy.block([[a, b], [b, a]])
        twice, offset = features.ridge(copies, numpy.tile(labels, 2), 2.4,
                                       numpy.tile(deviation, 2))
        a, b = views(self.test[0])
        good = (numpy.hstack([a, b]) @ twice + numpy.hstack([b, a]) @
                twice) / 2 + offset
        scores = (a + b) @ weights + intercept
        self.assertLess(abs(scores - good).max(), 1e-5 * abs(good).max())

        # and so does the program, but for its 8 bits
        self.assertLess(numpy.linalg.norm(self.scores(*self.test) - good),
                        coarse * numpy.linalg.norm(good))
        one = a @ weights + intercept # a view alone shows the difference
        self.assertGreater(numpy.linalg.norm(2 * one - good),
                           0.1 * numpy.linalg.norm(good))

    def test_fourier(self):
        """The same of random Fourier features, made anew by their definition."""
        tensors, _, _ = self.learn(*self.train, "--features", "rff:60",
                                   "--lambda", "2.4", "--mirror")
        (gamma,) = tensors["0.gamma"]
        self.check_copies(lambda pictures: [
            features.fourier(view, gamma, 60)
            for view in (pictures, pictures[..., ::-1])], coarse=0.05)

    def test_picture_that_is_mirrored(self):
        """It gets the same scores, to the last bit."""
        pictures, labels = self.test
        scores = self.scores(pictures, labels)
        self.assertTrue((self.scores(pictures[..., ::-1], labels) ==
                         scores).all())
        self.assertFalse((self.scores(pictures[:, :, ::-1], labels) ==
                          scores).any())

    def test_other_maps_of_pictures_that_are_mirrored(self):
        """Also where a column too many is left out."""
        for words in ("patches:24:size=3:scale=2+patches:5:size=4:unit",
                      "rff:50+orf:33:gamma=0.1", "pixels+rff:10"):
            with self.subTest(words=words):
                self.learn(*self.train, "--features", words, "--lambda", "2.4",
                           "--mirror")
                pictures, labels = self.test
                scores = self.scores(pictures, labels)
                self.assertTrue((self.scores(pictures[..., ::-1], labels) ==
                                 scores).all())
                self.assertFalse((self.scores(pictures[:, :, ::-1], labels) ==
                                  scores).any())


if __name__ == "__main__":
    oracle.main()
