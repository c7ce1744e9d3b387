"""A model file is read by a few lines of Python, and gives the same classes
there as `starpu_ridge predict` does."""
import csv
import shutil

import numpy

import program
from bad_files import pictures

MODEL = "model.safetensors"
OLD = program.ROOT / "tests" / "src" / "model" / "version_0_1_0"


class Predict(program.Case):
    def train(self, name, *arguments):
        self.run_program("--data", name, "--quiet", "--model", MODEL,
                         *arguments)
        return program.read_model(self.folder / MODEL)

    def predict(self, name, *arguments, **how):
        """Value: the CSV's header and rows."""
        self.run_program("predict", "--model", MODEL, "--data", name,
                         "--output", "out.csv", "--json", "out.json",
                         "--quiet", *arguments, **how)
        with open(self.folder / "out.csv", newline="",
                  encoding="utf-8") as file:
            header, *rows = csv.reader(file)
        return header, rows

    def check(self, samples, labels, scale):
        """Train on half, predict the other half, compare with Python."""
        self.save("train", samples[::2], labels[::2])
        name = self.save("other", samples[1::2], labels[1::2])
        weights, intercept, metadata = self.train("train.npy", "--lambda", "1")
        truth, k = labels[1::2], len(intercept)
        self.assertEqual(metadata["format"], "starpu_ridge")
        self.assertEqual(float(metadata["lambda"]), 1)
        scores = samples[1::2].reshape(len(truth), -1) * scale @ weights.T
        scores += intercept
        classes = scores.argmax(axis=1)

        header, rows = self.predict(name, "--scores")
        self.assertEqual(header, ["sample", "predicted", "truth"] +
                         [str(c) for c in range(k)])
        self.assertEqual([int(row[0]) for row in rows],
                         list(range(len(truth))))
        self.assertEqual([int(row[1]) for row in rows], classes.tolist())
        self.assertEqual([int(row[2]) for row in rows], truth.tolist())
        written = numpy.array([row[3:] for row in rows], dtype=float)
        self.assertLess(abs(written - scores).max(), 1e-12 * abs(scores).max())

        result = self.read_json("out.json")
        confusion = numpy.zeros((k, k), dtype=int)
        numpy.add.at(confusion, (truth, classes), 1)
        self.assertEqual(result["n"], len(truth))
        self.assertEqual(result["confusion"], confusion.tolist())
        self.assertAlmostEqual(result["accuracy"], (classes == truth).mean())
        self.assertGreater(result["accuracy"], 1.5 / k)
        self.assertEqual(result["predicted"],
                         numpy.bincount(classes, minlength=k).tolist())
        return classes

    def test_floats(self):
        samples, labels = program.blobs(1001, 37, 5, spread=2)
        self.check(samples, labels, 1)

    def test_8_bit(self):
        samples, labels = program.blobs(1001, 37, 5, spread=2)
        self.check(program.bytes_of(samples), labels, 1 / 255)

    def test_unlabelled(self):
        samples, labels = program.blobs(401, 12, 3)
        self.save("train", samples, labels)
        weights, intercept, _ = self.train("train.npy", "--lambda", "1")
        name = self.save("new", samples[:100])
        header, rows = self.predict(name)
        self.assertEqual(header, ["sample", "predicted"])
        classes = (samples[:100] @ weights.T + intercept).argmax(axis=1)
        self.assertEqual([int(row[1]) for row in rows], classes.tolist())
        result = self.read_json("out.json")
        self.assertIsNone(result["accuracy"])
        self.assertIsNone(result["confusion"])

    def test_pictures(self):
        """With their files; and of no known class: in a folder, or one."""
        pictures(self.folder / "photos")
        self.train("photos", "--lambda", "1")
        header, rows = self.predict("photos")
        self.assertEqual(header, ["sample", "file", "predicted", "truth"])
        self.assertEqual([row[1] for row in rows],
                         ["photos/%s/%d.png" % (c, i) for c in "abc"
                          for i in range(4)])
        self.assertEqual([row[3] for row in rows], list("aaaabbbbcccc"))
        self.assertEqual({rows[0][2], rows[-1][2]}, {"a", "c"})
        (self.folder / "new, all").mkdir()
        for number, row in enumerate(rows):
            (self.folder / row[1]).rename(
                self.folder / "new, all" / ("%02d.png" % number))
        for ranks in (None, 3):
            header, new = self.predict("new, all", ranks=ranks)
            self.assertEqual(header, ["sample", "file", "predicted"])
            self.assertEqual(new, [
                [str(i), "new, all/%02d.png" % i, row[2]]
                for i, row in enumerate(rows)])
        header, one = self.predict("new, all/11.png")
        self.assertEqual(one, [["0", "new, all/11.png", "c"]])

    def test_info_of_any_name(self):
        samples, labels = program.blobs(100, 12, 3)
        self.train(self.save("train", samples, labels), "--lambda", "1")
        (self.folder / MODEL).rename(self.folder / "m")
        self.assertIn("on 100 samples, lambda 1\n",
                      self.run_program("info", "m").stdout)

    def test_same_file_for_all_ranks(self):
        samples, labels = program.blobs(701, 12, 3)
        name = self.save("train", samples, labels)
        self.train(name, "--lambda", "1")
        files = set()
        for ranks in (None, 1, 2, 3):
            for tiles in ("1", "7", "64"):
                self.predict(name, "--scores", "--tiles", tiles, ranks=ranks)
                files.add((self.folder / "out.csv").read_bytes())
        self.assertEqual(len(files), 1)

    def test_fit_agrees_with_predict(self):
        """The accuracies that fit reports are those of the model it saved."""
        result = self.fit("--data", "synth:2000", "--lambda", "1,10,100",
                          "--model", MODEL)
        for part, key in (("train", "train_accuracy"),
                          ("test", "test_accuracy")):
            self.predict("synth:2000", "--part", part)
            self.assertEqual(self.read_json("out.json")["accuracy"],
                             result[key])
        self.predict("synth:2000") # by default the test part
        self.assertEqual(self.read_json("out.json")["confusion"],
                         result["confusion"])

    def test_classes_by_name(self):
        """Labels of the data are matched with the model's by name."""
        samples, labels = program.blobs(300, 12, 3, spread=1)
        self.save("train", samples, labels * 7 - 3)
        self.train("train.npy", "--lambda", "1")
        some = labels != 0
        name = self.save("some", samples[some], labels[some] * 7 - 3)
        header, rows = self.predict(name, "--scores")
        self.assertEqual(header[3:], ["-3", "4", "11"])
        self.assertLessEqual({row[1] for row in rows}, {"-3", "4", "11"})
        self.assertEqual([row[2] for row in rows],
                         [str(x) for x in labels[some] * 7 - 3])
        self.assertGreater(self.read_json("out.json")["accuracy"], 0.9)

    def test_version_0_1_0(self):
        """Its files load and predict the same; ours are of the same form."""
        for suffix in ("safetensors", "npy", "csv"):
            shutil.copy(OLD.with_suffix("." + suffix), self.folder)
        old = (self.folder / OLD.name).with_suffix(".safetensors")
        samples = numpy.load(self.folder / (OLD.name + ".npy"))
        old_bytes = shutil.copy(old, self.folder / MODEL).read_bytes()
        header, rows = self.predict(OLD.name + ".npy", "--scores")
        with open(self.folder / (OLD.name + ".csv"), newline="",
                  encoding="utf-8") as file:
            old_header, *old_rows = csv.reader(file)
        self.assertEqual(header, old_header)
        self.assertEqual([row[:2] for row in rows],
                         [row[:2] for row in old_rows])
        scores, old_scores = (numpy.array(
            [row[2:] for row in found], dtype=float)
            for found in (rows, old_rows))
        # Not the last bits: they are the BLAS', for the processor at hand.
        self.assertLess(abs(scores - old_scores).max(), 1e-13)
        self.train(self.save("again", samples, numpy.arange(24) % 3),
                   "--lambda", "1")
        again = (self.folder / MODEL).read_bytes()
        size = 8 + int.from_bytes(again[:8], "little")
        self.assertEqual(again[:size], old_bytes[:size])
        self.assertEqual(len(again), len(old_bytes))


if __name__ == "__main__":
    program.main()
