"""Features of any size and unit: against ridge regression in double precision
on the same features brought to order 1, which is the same up to lambda."""
import re

import numpy

import program

N, D, K = 300, 12, 3


def ridge(samples, labels, penalty):
    """Weights and intercept, exactly, but for double precision."""
    mean = samples.mean(0)
    centred = samples - mean
    targets = numpy.where(labels[:, None] == numpy.arange(K), 1.0, -1.0)
    gram = centred.T @ centred + penalty * numpy.eye(samples.shape[1])
    weights = numpy.linalg.solve(gram, centred.T @ (
        targets - targets.mean(0))).T
    return weights, targets.mean(0) - weights @ mean


class Base(program.Case):
    def setUp(self):
        super().setUp()
        random = numpy.random.default_rng(3)
        self.labels = numpy.arange(N) % K
        self.samples = random.normal(size=(K, D))[self.labels] + random.normal(
            size=(N, D))


class Scale(Base):
    def train(self, samples, *arguments):
        self.save("x", samples, self.labels)
        result = self.fit("--data", "x.npy", "--model", "m", *arguments)
        return *program.read_model(self.folder / "m")[:2], result

    def check(self, samples, size, penalty):
        """Columns of samples / size are of order 1."""
        weights, _, _ = self.train(samples, "--lambda", repr(penalty))
        one = samples.astype(float) / size
        expected, _ = ridge(one, self.labels, penalty / size ** 2)
        error = abs(weights * size - expected).max() / abs(expected).max()
        self.assertLess(error, 1e-6, size)

    def test_sizes(self):
        for size in (1e-120, 1e-30, 1e-25, 1e-21, 1e-8, 1e19, 1e30, 1e45):
            for kind in "f8", "f4":
                if kind == "f4" and not 1e-31 < size < 1e31:
                    continue
                with self.subTest(size=size, kind=kind):
                    self.check((self.samples * size).astype(kind), size,
                               10 * size ** 2)

    def check_beside(self, column, equal):
        """A column beside others of order 1, and what does as well."""
        samples, peer = self.samples.copy(), self.samples.copy()
        samples[:, 3], peer[:, 3] = column, equal
        weights, intercept, _ = self.train(samples, "--lambda", "1")
        mean = samples.mean(0)
        scores = (samples - mean) @ weights.T + (intercept + weights @ mean)
        other, constant = ridge(peer, self.labels, 1)
        expected = peer @ other.T + constant
        self.assertLess(abs(scores - expected).max(), 1e-5)

    def test_nanoseconds(self):
        """Lambda is next to nothing for it: as of any unit but small ones."""
        column = self.samples[:, 3]
        self.check_beside(1.7e18 + 3e16 * column, 1e6 * column)

    def test_next_to_nothing(self):
        column = self.samples[:, 3]
        for size in (1e-100, 1e-200, 1e-310):
            with self.subTest(size=size):
                self.check_beside(size * column, 0)

    def test_dear(self):
        """A penalty that double does not hold."""
        samples = self.samples.copy()
        samples[:, 3] *= 1e-149
        weights, _, _ = self.train(samples, "--lambda", "1e90")
        self.assertTrue(numpy.isfinite(weights).all())

    def test_rare(self):
        """What the samples that are looked at don't show: a column that is
        next to nothing, or a large constant, in most samples."""
        often = numpy.arange(N) % 7 == 3
        often[(numpy.arange(63) * N) // 63] = False
        for small in (0, 1e-17, 1e-30, 1e-200):
            with self.subTest(small=small):
                self.check_beside(numpy.where(often, 0.9, small),
                                  numpy.where(often, 0.9, 0))
        self.check_beside(numpy.where(often, 2e30, 1e30), 1e6 * often)

    def test_rare_among_tiny(self):
        often = numpy.arange(N) % 7 == 3
        often[(numpy.arange(63) * N) // 63] = False
        size = numpy.full(D, 1e-22)
        size[3] = 1
        samples = self.samples * size
        samples[:, 3] = often
        weights, _, _ = self.train(samples, "--lambda", "1e-43")
        one = samples / size
        one[:, 3] *= 1e6
        expected, _ = ridge(one, self.labels, 10)
        expected[:, 3] *= 1e6
        error = abs(weights * size - expected).max() / abs(expected).max()
        self.assertLess(error, 1e-5)

    def test_power_of_two(self):
        """To the byte, whatever the choice: auto, standardised, held out."""
        lines = (["--holdout", "0.25"], ["--standardize"],
                 ["--select", "mse", "--seed", "3"])
        for line in lines:
            one, constant, result = self.train(self.samples, *line)
            for exponent in (-60, -1, 8, 70):
                weights, intercept, other = self.train(
                    numpy.ldexp(self.samples, exponent), *line)
                with self.subTest(line=line, exponent=exponent):
                    self.assertEqual(weights.tobytes(),
                                     numpy.ldexp(one, -exponent).tobytes())
                    self.assertEqual(intercept.tobytes(), constant.tobytes())
                    unit = 0 if "--standardize" in line else 2 * exponent
                    self.assertEqual(other["lambda"],
                                     numpy.ldexp(result["lambda"], unit))
                    self.assertEqual([row["mse"] for row in other["cv"]],
                                     [row["mse"] for row in result["cv"]])

    def test_pixels(self):
        """0 to 255 as floats do as well as from 0 to 1."""
        pixels = program.bytes_of(self.samples).astype(numpy.float32)
        choices = []
        for size in (1, 1 / 255, 1e-6):
            _, _, result = self.train((pixels * size).astype(numpy.float32))
            choices.append(result["lambda"] / size ** 2)
            self.assertEqual(result["lambda_unit"],
                             result["cv"][0]["lambda"] * 100)
        numpy.testing.assert_allclose(choices, choices[0], rtol=1e-5)

    def test_outlier(self):
        """A number that stands for a missing one."""
        samples = self.samples.copy()
        samples[17, 5] = 9.96921e36
        self.save("x", samples, self.labels)
        message = self.run_program("--quiet", "--data", "x.npy",
                                   status=65).stderr
        for part in ("x.npy", "row 17", "feature 5", "9.96921e+36",
                     "replace it"):
            self.assertIn(part, message)

    def test_beyond_double(self):
        samples = self.samples.copy()
        samples[:, 5] *= 1e200
        self.save("x", samples, self.labels)
        message = self.run_program("--quiet", "--data", "x.npy",
                                   status=65).stderr
        self.assertIn("feature 5", message)
        samples[:, 5] *= 1e-200  # as it says
        self.train(samples, "--lambda", "1")


class Advice(Base):
    """Of a message, followed once, has to do."""

    def check(self, samples, *arguments):
        self.save("x", samples, self.labels)
        message = self.run_program("--quiet", "--data", "x.npy", *arguments,
                                   status=65).stderr
        self.assertIn("singular", message)
        found = re.search(r"such as (--lambda [^,\s]+)(?:, or (.+))?$",
                          message.strip())
        kept = [word for word in arguments if word == "--standardize"]
        self.run_program("--quiet", "--data", "x.npy", *kept,
                         *found[1].split())
        self.run_program("--quiet", "--data", "x.npy", *kept,
                         *found[2].split())

    def test_copies(self):
        time = 1.7e18 + 3e16 * self.samples[:, :1]
        for samples in (numpy.hstack([self.samples, self.samples]),
                        numpy.hstack([self.samples, self.samples]) * 1e-25,
                        numpy.hstack([self.samples, time, time]),
                        program.bytes_of(self.samples).repeat(2, axis=1)):
            for line in (["--lambda", "0"], ["--lambda", "0,1e-90"],
                         ["--lambda", "0", "--standardize"]):
                with self.subTest(dtype=samples.dtype, line=line):
                    self.check(samples, *line)

    def test_small_lambda(self):
        time = 1.7e18 + 3e16 * self.samples[:, :1]
        self.check(numpy.hstack([self.samples, time, time]), "--lambda", "1.5")


class Warnings(Base):
    """Of the edge of the grid, by accuracy and by error."""

    def text(self, samples, *arguments):
        self.save("x", samples, self.labels)
        return self.run_program("--data", "x.npy", *arguments).stdout

    def test_edge(self):
        for line, part in (("1e7,1e8,1e9", "smallest"), ("1e-9,1e-8", None),
                           ("1e-9,3,1e9", None)):
            for select in "accuracy", "mse":
                with self.subTest(line=line, select=select):
                    text = self.text(self.samples, "--lambda", line,
                                     "--select", select)
                    self.assertEqual(part is not None, "Warning" in text, text)
                    self.assertIn(part or "", text)

    def test_auto_needs_none(self):
        for size in (1e-5, 1e-2, 1, 1e5):
            self.assertNotIn("Warning", self.text(self.samples * size))

    def test_useless(self):
        text = self.text(self.samples, "--lambda", "1e20,1e21")
        self.assertIn("no lambda does better", text)
        self.assertNotIn("Warning", text)


class Standardized(program.Case):
    def test_kept(self):
        """In the model, and by a prediction of other rows of it."""
        samples, labels = program.blobs(400, 9, 3)
        wide = samples * 10.0 ** numpy.arange(-12, 15, 3)
        wide[:, 4] = 1.7e18 + 1e12 * samples[:, 4].astype(float)
        self.save("x", wide, labels)
        self.save("one", samples, labels)
        result = self.fit("--data", "x.npy", "--standardize", "--model", "m")
        other = self.fit("--data", "one.npy", "--standardize", "--model", "o")
        self.assertEqual(result["lambda"], other["lambda"])
        self.assertEqual(result["lambda_unit"], 1)
        self.assertIn("standard", self.run_program("info", "m").stdout)
        for rows in (slice(0, 400), slice(5, 6), slice(7, 60)):
            self.save("some", wide[rows])
            self.run_program("predict", "--quiet", "--model", "m", "--data",
                             "some.npy", "--output", "p.csv")
            found = (self.folder / "p.csv").read_text().split()[1:]
            self.save("some", samples[rows])
            self.run_program("predict", "--quiet", "--model", "o", "--data",
                             "some.npy", "--output", "q.csv")
            expected = (self.folder / "q.csv").read_text().split()[1:]
            self.assertEqual([line.split(",")[1] for line in found],
                             [line.split(",")[1] for line in expected])

    def test_ranks(self):
        samples, labels = program.blobs(400, 40, 3)
        self.save("x", samples * numpy.logspace(-30, 30, 40), labels)
        models = []
        for ranks in (None, 3):
            self.fit("--data", "x.npy", "--standardize", "--block", "16",
                     "--model", "m", ranks=ranks)
            models.append((self.folder / "m").read_bytes())
        self.assertEqual(models[0], models[1])


if __name__ == "__main__":
    program.main()
