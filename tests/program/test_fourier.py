"""Random Fourier features: --features rff and orf, from the command line to the
model and back."""
import json
import struct

import numpy

import program


def shells(n, d=8, seed=0):
    """8-bit samples around a centre, whose class is how far they are from it:
    nothing that a linear classifier finds."""
    random = numpy.random.default_rng(seed)
    directions = random.normal(size=(n, d))
    directions /= numpy.linalg.norm(directions, axis=1)[:, None]
    labels = numpy.arange(n) % 2
    radii = numpy.where(labels, 100, 45)[:, None]
    return (128 + radii * directions).astype(numpy.uint8), labels


def tensor(path, name):
    """A tensor of doubles of a model."""
    data = path.read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    begin, end = json.loads(data[8:8 + length])[name]["data_offsets"]
    return numpy.frombuffer(data[8 + length:][begin:end], "<f8")


class Fourier(program.Case):
    def model(self, *arguments, **how):
        path = self.folder / "model.safetensors"
        self.run_program("fit", "--quiet", "--model", path, *arguments, **how)
        return path

    def test_what_no_line_parts(self):
        name = self.save("shells", *shells(1200))
        test = self.save("test", *shells(600, seed=1))
        lines = self.fit("--data", name, "--test", test)
        self.assertLess(lines["test_accuracy"], 0.7)
        for features in ("rff:300", "orf:300", "rff:200+orf:100"):
            with self.subTest(features=features):
                model = self.model("--data", name, "--features", features)
                found = self.run_program("predict", "--model", model, "--data",
                                         test, "--json", "predict.json")
                self.assertIn("Accuracy", found.stdout)
                accuracy = self.read_json("predict.json")["accuracy"]
                self.assertGreater(accuracy, 0.97)
                fit = self.fit("--data", name, "--test", test, "--features",
                               features)
                self.assertEqual(fit["test_accuracy"], accuracy)

    def test_same_bytes(self):
        """Whatever makes the features; and terms of one seed are not alike."""
        name = self.save("shells", *shells(900))
        arguments = ("--data", name, "--features", "rff:70+orf:33:gamma=2+rff:9",
                     "--lambda", "1,10", "--block", "32")
        alone = self.model(*arguments, "--tiles", "10").read_bytes()
        for ranks in (None, 2, 3):
            for tiles in ("10", "23"):
                with self.subTest(ranks=ranks, tiles=tiles):
                    other = self.model(*arguments, "--tiles", tiles,
                                       ranks=ranks)
                    self.assertEqual(other.read_bytes(), alone)
        weights = program.read_model(self.folder / "model.safetensors")[0]
        self.assertEqual(weights.shape[1], 112)
        self.assertEqual(len(set(numpy.abs(weights[0]))), 112)

    def test_same_bytes_mirrored(self):
        samples, labels = shells(400)
        name = self.save("pictures", samples.reshape(-1, 4, 2), labels)
        arguments = ("--data", name, "--layout", "nhw", "--features",
                     "rff:70+orf:33:gamma=2", "--lambda", "1", "--mirror")
        alone = self.model(*arguments, "--tiles", "4").read_bytes()
        for ranks, tiles in ((None, "9"), (2, "4"), (3, "23")):
            with self.subTest(ranks=ranks, tiles=tiles):
                other = self.model(*arguments, "--tiles", tiles, ranks=ranks)
                self.assertEqual(other.read_bytes(), alone)
        plain = self.model(*arguments[:-1], "--tiles", "4")
        self.assertNotEqual(plain.read_bytes(), alone)

    def test_gamma(self):
        """One over the median of squared distances, over all pairs of few."""
        samples, labels = shells(80)
        name = self.save("few", samples, labels)
        model = self.model("--data", name, "--features", "rff:40",
                           "--lambda", "1")
        scaled = samples / 255
        squares = ((scaled[:, None] - scaled[None]) ** 2).sum(2)
        median = numpy.median(squares[numpy.triu_indices(80, 1)])
        gamma, = tensor(model, "0.gamma")
        self.assertAlmostEqual(gamma * median, 1, places=12)
        self.check_reports(model, name, "gamma %.5g\n" % gamma, gamma)
        given = self.model("--data", name, "--lambda", "1", "--features",
                           "rff:40:gamma=0.25")
        self.assertEqual(tensor(given, "0.gamma")[0], 0.25)
        self.check_reports(given, name, "rff:40:gamma=0.25: 40\n", 0.25)

    def check_reports(self, model, name, words, gamma):
        """What the model's fit, info and predictions say of its gamma."""
        _, metadata = program.read_tensors(model)
        fit = ("fit", "--data", name, "--features", metadata["feature_map"],
               "--lambda", "1")
        predict = ("predict", "--model", model, "--data", name)
        for line in (fit, predict, ("info", model)):
            with self.subTest(command=line[0]):
                self.assertIn(words, self.run_program(*line).stdout)
        for line in (fit, predict):
            self.run_program(*line, "--quiet", "--json", "said.json")
            self.assertEqual(self.read_json("said.json")["feature_terms"], [
                {"map": metadata["feature_map"], "features": 40,
                 "gamma": gamma}])

    def test_floating_point(self):
        """Samples that are numbers of any kind: what 8 bits of them are found
        by, and the same features in any tile."""
        for dtype in ("u1", "f4", "f8"):
            parts = []
            for part, n in (("train", 1200), ("test", 600)):
                samples, labels = shells(n, seed=n)
                if dtype != "u1":
                    samples = (samples / 255).astype(dtype)
                parts.append(self.save(part, samples, labels))
            for features in ("rff:300", "orf:200+rff:100"):
                with self.subTest(dtype=dtype, features=features):
                    arguments = ("--data", parts[0], "--features", features)
                    if dtype == "u1":
                        arguments += ("--precision", "float")
                    fit = self.fit(*arguments, "--test", parts[1])
                    self.assertEqual(fit["feature_precision"], "float")
                    self.assertGreater(fit["test_accuracy"], 0.97)
                    model = self.model(*arguments)
                    scores = [self.scores(model, parts[1], *tiles) for tiles in
                              ((), ("--tiles", "1"), ("--tiles", "37"))]
                    for other in scores[1:]:
                        self.assertLess(abs(other - scores[0]).max(), 1e-11)
                    weights = program.read_model(model)[0]
                    self.assertGreater(abs(weights).min(), 1e-9)

    def scores(self, model, data, *arguments):
        self.run_program("predict", "--model", model, "--data", data,
                         "--output", "out.csv", "--scores", "--quiet",
                         *arguments)
        return numpy.loadtxt(self.folder / "out.csv", delimiter=",",
                             skiprows=1, usecols=(-2, -1))

    def test_far_numbers(self):
        """Beyond what single precision tells apart, and beyond it: results."""
        samples, labels = program.blobs(200, 5, 2)
        for scale in (1e-30, 1e8, 1e36, 1e300):
            with self.subTest(scale=scale):
                data = self.save("far", samples.astype(float) * scale, labels)
                fit = self.fit("--data", data, "--features", "rff:20")
                self.assertGreater(fit["train_accuracy"], 0.4)

    def test_damaged_models(self):
        name = self.save("few", *shells(60))
        model = self.model("--data", name, "--features", "rff:40",
                           "--lambda", "1")
        whole = model.read_bytes()
        gamma = tensor(model, "0.gamma").tobytes()
        self.assertEqual((whole.count(b"rff:40"), whole.count(gamma)), (1, 1))
        for old, new, words in (
                (b"rff:40", b"rff:41", "40 features, its map makes 41"),
                (b"rff:40", b"xyz:40", "does not know"),
                (gamma, struct.pack("<d", -1), "beyond what it can be"),
                (gamma, bytes(8), "beyond what it can be")):
            with self.subTest(new=new):
                model.write_bytes(whole.replace(old, new))
                done = self.run_program("predict", "--model", model, "--data",
                                        name, status=65)
                self.assertIn(words, done.stderr)

    def test_errors(self):
        name = self.save("shells", *shells(60))
        for features, data, words in (
                ("rff:0", name, ["features of rff", "'0'", "from 1 to"]),
                ("rff:8:gamma=-1", name, ["gamma of rff", "'-1'"]),
                ("orf:8:gamma=nan", name, ["gamma of orf", "'nan'"]),
                ("rff:8:size=3", name, ["rff", "size", "gamma="]),
                ("rff:8 --mirror", name, ["--mirror", "--layout"])):
            with self.subTest(features=features, data=data):
                done = self.run_program("fit", "--data", data, "--features",
                                        *features.split(), status=64)
                for word in words:
                    self.assertIn(word, done.stderr)


if __name__ == "__main__":
    program.main()
