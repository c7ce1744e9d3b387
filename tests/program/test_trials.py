"""Graphs that only validate come first: lists of maps, and auto."""
import unittest

import numpy

import program

MODEL = "m.safetensors"


class Trials(program.Case):
    def setUp(self):
        super().setUp()
        self.data = ["--data", self.save("x", *program.bars(400, 14, 17)),
                     "--seed", "3"]

    def model(self, *arguments, **how):
        """Value: results, and the model's bytes."""
        found = self.fit(*self.data, "--model", MODEL, *arguments, **how)
        return found, (self.folder / MODEL).read_bytes()

    def chosen(self, found):
        (trial,) = [trial for trial in found["trials"] if trial["chosen"]]
        return trial


class Lists(Trials):
    LISTS = "patches:8,20:size=3,5:grid=2+patches:4:size=3"

    def test_best_is_trained(self):
        """All that lists spell is tried; the best is what it is by itself, by
        its validation, too."""
        found, listed = self.model("--features", self.LISTS)
        self.assertEqual([trial["features"] for trial in found["trials"]],
                         ["patches:%d:size=%d:grid=2+patches:4:size=3" % pair
                          for pair in ((8, 3), (20, 3), (8, 5), (20, 5))])
        best = self.chosen(found)
        self.assertEqual(best["accuracy"], max(
            trial["accuracy"] for trial in found["trials"]))
        for trial in found["trials"]:
            alone, model = self.model("--features", trial["features"])
            accuracy = {row["lambda"]: row["accuracy"] for row in alone["cv"]}
            self.assertEqual(trial["accuracy"], accuracy[alone["lambda"]])
            self.assertEqual(trial["lambda"], alone["lambda"])
            self.assertEqual(trial["d"], alone["features"])
            self.assertEqual(model == listed, trial is best)
            self.assertEqual(alone["trials"], [])

    def test_same_bytes(self):
        models = {self.model("--features", self.LISTS, ranks=ranks)[1]
                  for ranks in (None, 2, 3)}
        self.assertEqual(len(models), 1)

    def test_one_lambda(self):
        """It needs no validation, but lists do."""
        found, _ = self.model("--features", "patches:8,20:size=3", "--lambda",
                              "30")
        self.assertEqual([trial["lambda"] for trial in found["trials"]],
                         [30, 30])
        self.assertEqual(found["cv"], [])

    def test_other_forms(self):
        """Copies, mirror images, and more features than samples."""
        for arguments in (["--augment", "1", "--mirror"],
                          ["--solver", "dual"], ["--cache", "0"]):
            with self.subTest(arguments=arguments):
                found, listed = self.model("--features", "patches:8,9:size=3",
                                           *arguments)
                best = self.chosen(found)["features"]
                _, model = self.model("--features", best, *arguments)
                self.assertEqual(model, listed)

    def test_report(self):
        run = self.run_program(*self.data, "--features", self.LISTS,
                               "--report", "r.html")
        self.assertIn("\nTrials\n", run.stdout)
        self.assertLessEqual(max(map(len, run.stdout.splitlines())), 80)
        page = (self.folder / "r.html").read_text()
        self.assertEqual(page.count("patches:20:size=5:grid=2+patches:4:size=3"
                                    "</th>"), 1)


class Auto(Trials):
    def check(self, *arguments, ranks=None):
        """The budget is kept to, roughly; what the report says to be the same
        model is it."""
        run = self.run_program(*self.data, *arguments, "--features", "auto",
                               "--budget", "4s", "--model", MODEL, "--json",
                               "auto.json", ranks=ranks)
        found = self.read_json("auto.json")
        model = (self.folder / MODEL).read_bytes()
        self.assertEqual(found["budget"], 4)
        self.assertGreater(found["expected_seconds"], 0)
        again = run.stdout.split("Without trials, and the same other options: ")[1]
        options = again.split("\n")[0].split()
        given = [word for word in arguments if word not in options]
        self.assertEqual(self.model(*given, *options)[1], model)
        return found

    def test_pictures(self):
        for ranks in (None, 2):
            with self.subTest(ranks=ranks):
                found = self.check(ranks=ranks)
                self.assertGreaterEqual(len(found["trials"]), 3)
                self.assertGreater(found["train_accuracy"], 0.9)
                for trial in found["trials"]:
                    self.assertGreater(trial["accuracy"], 0)
                self.assertEqual(self.chosen(found)["augment"], 0)

    def test_given(self):
        """What is given stays."""
        found = self.check("--mirror", "--augment", "1")
        for trial in found["trials"]:
            self.assertIs(trial["mirror"], True)
            self.assertEqual(trial["augment"], 1)

    def test_held_out(self):
        """Samples for testing are in no trial."""
        found = self.check("--holdout", "0.25")
        self.assertEqual(found["n_train"], 300)
        for trial in found["trials"]:
            self.assertLessEqual(trial["samples"],
                                 300 * (trial["augment"] + 1))

    def test_no_pictures(self):
        """Rows of numbers have Fourier features, or themselves: those that
        validate best, here where no line parts the classes."""
        random = numpy.random.default_rng(1)
        rows = random.integers(0, 256, (300, 20)).astype(numpy.uint8)
        inner = abs(rows.astype(float) - 127.5).mean(axis=1) > 64
        name = self.save("rows", rows, inner.astype("u1"))
        self.run_program("--data", name, "--layout", "flat", "--quiet",
                         "--features", "auto", "--budget", "4s", "--json",
                         "auto.json")
        found = self.read_json("auto.json")
        self.assertEqual({trial["features"].split(":")[0]
                          for trial in found["trials"]}, {"rff", "pixels"})
        self.assertEqual(self.chosen(found)["features"][:4], "rff:")
        self.assertEqual(found["feature_map"][:4], "rff:")


if __name__ == "__main__":
    unittest.main()
