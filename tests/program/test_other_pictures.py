"""A model is asked about pictures of other files, sizes, colours and brightness
than those that it was trained on."""
import struct
import zlib

import numpy

import program
from bad_files import IDX, chunk, idx, mnist, put

DATA, USAGE = 65, 64
def png(pixels, depth=8, palette=None):
    """A PNG of an array H x W or H x W x 3, or of indices into a palette."""
    color = 3 if palette is not None else 2 if pixels.ndim == 3 else 0
    rows = pixels.astype(">u2" if depth == 16 else "u1")
    packed = b"".join(b"\0" + row.tobytes() for row in rows)
    height, width = pixels.shape[:2]
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(
        ">IIBBBBB", width, height, depth, color, 0, 0, 0)) +
            (chunk(b"PLTE", palette) if palette is not None else b"") +
            chunk(b"IDAT", zlib.compress(packed)) + chunk(b"IEND", b""))


def read_idx(path):
    data = path.read_bytes()
    dims = struct.unpack(">%dI" % data[3], data[4:4 + 4 * data[3]])
    return numpy.frombuffer(data, "u1", offset=4 + 4 * data[3]).reshape(dims)


def colored(pixels):
    return numpy.repeat(pixels[..., None], 3, axis=-1)


def enlarged(samples, times=5):
    return samples.repeat(times, axis=1).repeat(times, axis=2)


class Case(program.Case):
    def setUp(self):
        super().setUp()
        self.run_program("synth", "digits", "--n", "600", "--quiet")
        self.samples, self.labels, self.own, self.truth = (
            read_idx(self.folder / "digits" / name) for name in IDX)
        self.own, self.truth = self.own[:20], self.truth[:20]
        mnist(self.folder / "idx", idx(self.samples), idx(self.labels))
        self.train("idx", "m")

    def train(self, data, model):
        self.run_program("--data", data, "--lambda", "1", "--quiet", "--model",
                         model)

    def predict(self, data, *options, model="m", **how):
        """The classes predicted, and what --json says."""
        self.run_program("predict", "--model", model, "--data", data,
                         "--output", "out.csv", "--scores", "--json",
                         "out.json", "--quiet", *options, **how)
        rows = (self.folder / "out.csv").read_text().splitlines()
        head = rows[0].split(",")
        at = 2 if head[1] == "file" else 1
        return ([row.split(",")[at:] for row in rows[1:]],
                self.read_json("out.json"))

    def expected(self):
        self.save("own", self.own, self.truth)
        rows, result = self.predict("own.npy")
        self.assertGreater(result["accuracy"], 0.7)
        self.assertEqual(result["notes"], [])
        return rows

    def put_own(self, make, name="d"):
        for i, sample in enumerate(self.own):
            put(self.folder / name / str(self.truth[i]) / ("%02d.png" % i),
                make(sample))

    def in_folders(self, rows):
        """Rows in the order of class folders."""
        order = numpy.argsort(self.truth, kind="stable")
        return [rows[i] for i in order]


class OfFiles(Case):
    """Trained on IDX files, gray."""

    def test_pictures_of_any_kind(self):
        rows = self.in_folders(self.expected())
        palette = bytes(level for level in range(256) for _ in range(3))
        for name, make in (
                ("colour", lambda x: png(colored(x))),
                ("gray", png),
                ("deep", lambda x: png(x.astype(int) * 257, depth=16)),
                ("palette", lambda x: png(x, palette=palette))):
            with self.subTest(name):
                self.put_own(make, name)
                found, result = self.predict(name)
                self.assertEqual(found, rows)
                self.assertEqual(result["notes"], [])
        self.put_own(lambda x: png(colored(enlarged(x[None])[0])), "large")
        found, result = self.predict("large")
        self.assertEqual(found, rows)
        self.assertEqual(result["notes"], [
            "pictures (the first is of 140x140) are made 28x28x1, as the model "
            "needs"])
        first = self.truth.argmin()
        one = "large/%d/%02d.png" % (self.truth[first], first)
        self.assertEqual(self.predict(one)[0][0][0], rows[0][0])

    def test_arrays_as_files(self):
        """The same pixels in a file and in an array: the same bytes."""
        for name, make in (("large", lambda x: enlarged(x, 3)),
                           ("odd", lambda x: x[:, :25, 3:]),
                           ("colour", lambda x: colored(x) // numpy.array(
                               [1, 2, 3], "u1"))):
            samples = make(self.own)
            order = numpy.argsort(self.truth, kind="stable")
            self.save(name, samples[order], self.truth[order])
            for i in order:
                put(self.folder / name / str(self.truth[i]) /
                    ("%02d.png" % i), png(samples[i]))
            found, result = self.predict(name + ".npy")
            self.assertEqual(found, self.predict(name)[0])
            self.assertIn("are made 28x28x1, as the model needs",
                          result["notes"][0])
            for ranks in (2, 3):
                self.assertEqual(self.predict(name + ".npy", ranks=ranks)[0],
                                 found)

    def test_as_a_test_set(self):
        self.put_own(lambda x: png(colored(enlarged(x[None])[0])))
        self.save("large", enlarged(self.own), self.truth)
        for test in ("d", "large.npy"):
            result = self.fit("--data", "idx", "--lambda", "1", "--test", test)
            self.assertGreater(result["test_accuracy"], 0.7)
            self.assertIn("made 28x28x1", result["test_notes"][0])

    def test_others_are_refused(self):
        """Rows without a picture's shape, and floats."""
        self.save("flat", self.own.reshape(20, -1)[:, :-1], self.truth)
        self.save("float", self.own.astype("f4"), self.truth)
        self.save("four", numpy.repeat(self.own[..., None], 4, axis=-1),
                  self.truth)
        for name in ("flat", "float", "four"):
            run = self.run_program("predict", "--model", "m", "--data",
                                   name + ".npy", status=DATA)
            self.assertIn(name + ".npy: samples have", run.stderr)
        run = self.run_program("predict", "--model", "m", "--data", "flat.npy",
                               "--invert", status=USAGE)
        self.assertIn("--invert is for pictures", run.stderr)


class OfPictures(Case):
    """Trained on folders of pictures: colours, and black or white."""

    def setUp(self):
        super().setUp()
        for i, sample in enumerate(self.samples):
            put(self.folder / "pics" / str(self.labels[i]) / ("%02d.png" % i),
                png(colored(sample)))

    def test_gray_arrays_for_colours(self):
        self.train("pics", "c")
        self.save("gray", self.own, self.truth)
        self.save("colour", colored(self.own), self.truth)
        gray, result = self.predict("gray.npy", model="c")
        self.assertEqual(gray, self.predict("colour.npy", model="c")[0])
        self.assertGreater(result["accuracy"], 0.7)
        self.assertEqual(result["notes"], [
            "pictures of 28x28x1 are made 28x28x3, as the model needs"])
        mnist(self.folder / "i", idx(enlarged(self.own)),
              idx(self.truth))
        self.assertGreater(self.predict("i", model="c")[1]["accuracy"], 0.7)

    def test_threshold(self):
        """Is applied to arrays, too, and after the inversion."""
        self.run_program("--data", "pics", "--gray", "--threshold", "0.3",
                         "--lambda", "1", "--quiet", "--model", "b")
        self.save("own", self.own, self.truth)
        self.save("dark", 255 - self.own, self.truth)
        self.put_own(png)
        self.put_own(lambda x: png(255 - x), "inverted")
        rows = self.predict("own.npy", model="b")[0]
        self.assertEqual(self.in_folders(rows),
                         self.predict("d", model="b")[0])
        self.assertEqual(rows, self.predict("dark.npy", "--invert",
                                            model="b")[0])
        self.assertEqual(self.in_folders(rows),
                         self.predict("inverted", "--invert", model="b")[0])


class Brightness(Case):
    HINT = ("warning: the pictures seem to be inverted against the training "
            "data, dark where those are light; ")

    def test_hint_and_remedy(self):
        """Dark on light, as on paper: the note names the option, with which
        the predictions are those of the upright pictures."""
        rows = self.expected()
        self.save("dark", 255 - self.own, self.truth)
        self.put_own(lambda x: png(colored(255 - enlarged(x[None])[0])))
        for data in ("dark.npy", "d"):
            result = self.predict(data)[1]
            self.assertEqual(result["notes"][-1],
                             self.HINT + "--invert turns them")
            result = self.predict(data, "--invert")[1]
            self.assertEqual(result["notes"][-1],
                             "pictures are inverted (--invert)")
        self.assertEqual(self.predict("dark.npy", "--invert", ranks=2)[0],
                         rows)
        self.assertEqual(self.predict("d", "--invert")[0],
                         self.in_folders(rows))
        self.assertEqual(self.predict("own.npy", "--invert")[1]["notes"][-1],
                         self.HINT + "leave out --invert")

    def test_of_a_test_set(self):
        self.save("dark", 255 - self.own, self.truth)
        line = ("--data", "idx", "--lambda", "1", "--test", "dark.npy")
        self.assertEqual(self.fit(*line)["test_notes"],
                         [self.HINT + "--invert turns them"])
        result = self.fit(*line, "--invert")
        self.assertGreater(result["test_accuracy"], 0.7)
        self.assertNotIn(self.HINT, " ".join(result["test_notes"]))
        run = self.run_program(*line[:4], "--invert", status=USAGE)
        self.assertIn("--invert is for the pictures of --test", run.stderr)

    def test_no_false_alarm(self):
        """Single pictures, one class alone, photographs in colour."""
        self.put_own(png)
        for i, digit in enumerate(self.truth[:5]):
            for data in ("d/%d" % digit, "d/%d/%02d.png" % (digit, i)):
                self.assertEqual(self.predict(data)[1]["notes"], [])
        random = numpy.random.default_rng(2)
        for shares in (0.5, 0.9):
            labels = (random.random(200) > shares).astype(int)
            photos = numpy.clip(random.normal(
                120 + 30 * labels[:, None, None, None], 50,
                (200, 8, 8, 3)), 0, 255).astype("u1")
            self.save("train", photos[:150], labels[:150])
            self.save("test", photos[150:], labels[150:])
            self.train("train.npy", "p")
            self.assertEqual(self.predict("test.npy", model="p")[1]["notes"],
                             [])


if __name__ == "__main__":
    program.main()
