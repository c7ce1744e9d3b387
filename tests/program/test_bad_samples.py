"""Samples that cannot be read: all of them told in one message, the same on
every run and any number of ranks; listed by `info --check`; left out by
--skip-bad, as if they had never been there."""
import json
import os
import re
import shutil
import unittest

import numpy

import program
from bad_files import flip, jpeg, png, put

DATA = 65
EMPTY = "is neither a PNG nor a JPEG picture, but empty"


def picture(random, level):
    """A PNG of 6 x 5 pixels about a level."""
    rows = numpy.clip(random.normal(level, 30, (5, 6)), 0, 255).astype("u1")
    return png(pixels=b"".join(b"\0" + row.tobytes() for row in rows))


# By name, in the order of names: an empty file, one of another kind, cut ones,
# a wrong checksum; the first is the first of all pictures.
BAD = {
    "a/!.png": b"",
    "a/05x.jpg": b"<!DOCTYPE html><html>404</html>",
    "b/03x.png": png()[:45],
    "b/11x.jpeg": jpeg(100, 6, 5)[:90],
    "c/00x.png": png(IDAT=1),
    "c/zz.jpg": b"RIFF\0\0\0\0WEBPVP8 ",
}


class Pictures(program.Case):
    def setUp(self):
        super().setUp()
        random = numpy.random.default_rng(0)
        for k, kind in enumerate("abc"):
            for i in range(12):
                put(self.folder / "whole" / kind / ("%02d.png" % i),
                    picture(random, 60 + 70 * k))
        shutil.copytree(self.folder / "whole", self.folder / "d")
        for name, data in BAD.items():
            put(self.folder / "d" / name, data)

    def model(self, name, *arguments, **how):
        self.run_program("--lambda", "1,10", "--quiet", "--model", name,
                         *arguments, **how)
        return (self.folder / name).read_bytes()

    def refusal(self, *arguments, **how):
        run = self.run_program(*arguments, status=DATA, **how)
        return [line for line in run.stderr.splitlines()
                if line.startswith("starpu_ridge: ")]

    def test_all_are_told(self):
        """In order, with reasons and remedies, whoever met which one first."""
        lines = self.refusal("--data", "d", "--lambda", "1", "--tiles", "36")
        self.assertEqual(len(lines), 1)
        places = [lines[0].find("d/" + name) for name in BAD]
        self.assertNotIn(-1, places)
        self.assertEqual(places, sorted(places))
        self.assertTrue(lines[0].startswith(
            "starpu_ridge: d/a/!.png: " + EMPTY + "; d/a/05x.jpg: "))
        self.assertTrue(lines[0].endswith(
            "remove or mend them, or leave them out with --skip-bad; "
            "'starpu_ridge info --check d' lists all"))
        for ranks in (None, 2, 3):
            for more in ((), ("--image", "6x5"), ("--holdout", "0.5")):
                with self.subTest(ranks=ranks, more=more):
                    self.assertEqual(self.refusal(
                        "--data", "d", "--lambda", "1", "--tiles", "18",
                        *more, ranks=ranks), lines)

    def test_of_a_test_set_and_of_predict(self):
        self.model("m", "--data", "whole")
        told = [self.refusal("predict", "--model", "m", "--data", "d"),
                self.refusal("predict", "--model", "m", "--data", "d",
                             ranks=2),
                self.refusal("--data", "whole", "--lambda", "1", "--test",
                             "d")]
        for name in BAD:
            self.assertIn("d/" + name, told[0][0])
        self.assertEqual(told, told[:1] * 3)

    def test_one(self):
        """The remedy of the picture itself, and the option."""
        for name in list(BAD)[1:]:
            (self.folder / "d" / name).unlink()
        line, = self.refusal("--data", "d", "--lambda", "1")
        self.assertEqual(line, "starpu_ridge: d/a/!.png: " + EMPTY +
                         "; remove it, or convert it, or leave it out with "
                         "--skip-bad")

    def test_many(self):
        """Twenty, and the word that there are more."""
        for i in range(30):
            put(self.folder / "d" / "b" / ("x%02d.png" % i))
        line, = self.refusal("--data", "d", "--lambda", "1")
        self.assertEqual(line.count(": " + EMPTY), 17)
        self.assertEqual(line.count(": cannot decode"), 2)
        self.assertIn("d/b/x15.png: %s; and more; remove" % EMPTY, line)
        self.assertEqual(self.refusal("--data", "d", "--lambda", "1",
                                      ranks=3), [line])
        listed = self.run_program("info", "--check", "d", status=DATA).stdout
        self.assertEqual(len(re.findall(r"^d/.*: ", listed, re.M)), 36)
        self.assertIn("36 of 72 samples are bad", listed)

    def test_other_faults_are_as_they_were(self):
        """What is wrong with a data set, and with none of its samples, is told
        without a look at them."""
        for name in BAD:
            (self.folder / "d" / name).unlink()
        numpy.save(self.folder / "x.npy", numpy.zeros((9, 8), "u1"))
        numpy.save(self.folder / "x.labels.npy", numpy.arange(9) % 3)
        line, = self.refusal("--data", "d", "--lambda", "1", "--test", "x.npy")
        self.assertIn("x.npy: samples have 8 8-bit values", line)

    def test_links_to_nothing(self):
        """A link whose name is a picture's is one that cannot be read: told,
        listed and left out as the others."""
        for name in ("a/!link.png", "b/link.jpg"):
            (self.folder / "d" / name).symlink_to("gone/away")
        (self.folder / "d/c/self.png").symlink_to("self.png")
        line, = self.refusal("--data", "d", "--lambda", "1")
        listed = self.run_program("info", "--check", "d", status=DATA).stdout
        for name in (*BAD, "a/!link.png", "b/link.jpg", "c/self.png"):
            self.assertIn("d/%s: " % name, line)
            self.assertIn("d/%s: " % name, listed)
        self.assertIn("9 of 45 samples are bad", listed)
        self.assertEqual(self.model("skipped", "--data", "d", "--skip-bad"),
                         self.model("whole.model", "--data", "whole"))

    def test_check(self):
        """All bad ones, one a line, with the reason alone."""
        run = self.run_program("info", "--check", "d", status=DATA)
        listed = [line for line in run.stdout.splitlines()
                  if line.startswith("d/")]
        self.assertEqual([line.split(": ")[0] for line in listed],
                         ["d/" + name for name in BAD])
        self.assertEqual(listed[0], "d/a/!.png: " + EMPTY)
        self.assertIn("pictures of 6 x 5, 3 channels", run.stdout)
        self.assertIn("6 of 42 samples are bad", run.stdout)
        self.assertEqual(run.stderr.count("starpu_ridge: "), 1)
        self.assertIn("--skip-bad", run.stderr)
        run = self.run_program("info", "--check", "whole")
        self.assertIn("none of 36 samples are bad", run.stdout)

    def test_check_of_nothing_good(self):
        shutil.rmtree(self.folder / "d")
        for name, data in BAD.items():
            put(self.folder / "d" / name, data)
        run = self.run_program("info", "--check", "d", status=DATA)
        self.assertIn("6 of 6 samples are bad", run.stdout)
        line, = self.refusal("--data", "d", "--lambda", "1", "--skip-bad")
        self.assertIn("all 6 samples are bad", line)

    def test_skip(self):
        """The same bytes as without the files, on any ranks, with a test set
        or a part held out."""
        for more in ((), ("--holdout", "0.3")):
            expected = self.model("expected", "--data", "whole", *more)
            for ranks in (None, 1, 3):
                with self.subTest(more=more, ranks=ranks):
                    self.assertEqual(self.model(
                        "m", "--data", "d", "--skip-bad", *more, ranks=ranks),
                                     expected)
        self.assertEqual(self.model("m", "--data", "whole", "--test", "d",
                                    "--skip-bad"),
                         self.model("m", "--data", "whole"))

    def test_skip_is_said(self):
        """In the text, in JSON and on the page; the folds know nothing."""
        run = self.run_program("--data", "d", "--lambda", "1,10", "--skip-bad",
                               "--json", "skip.json", "--report", "r.html")
        said = ("6 bad samples are left out: d/a/!.png, d/a/05x.jpg, "
                "d/b/03x.png, ...")
        self.assertIn(said, " ".join(run.stdout.split()))
        skip = self.read_json("skip.json")
        whole = self.fit("--data", "whole", "--lambda", "1,10")
        self.assertEqual(skip["notes"][-1], said)
        self.assertEqual(skip["n_train"], 36)
        for key in ("cv", "train_confusion"):
            self.assertEqual(skip[key], whole[key])
        self.assertIn("6 bad samples are left out",
                      (self.folder / "r.html").read_text())

    def test_skip_in_predict(self):
        """Rows of the others, by their files and by their places."""
        self.model("m", "--data", "whole")
        for data in ("whole", "d"):
            self.run_program("predict", "--model", "m", "--data", data,
                             "--skip-bad", "--output", data + ".csv", "--json",
                             data + ".json", "--quiet")
        rows = {data: [line.split(",") for line in
                       (self.folder / (data + ".csv")).read_text().split()]
                for data in ("whole", "d")}
        self.assertEqual([row[1:] for row in rows["whole"]],
                         [[row[1].replace("d/", "whole/", 1), *row[2:]]
                          for row in rows["d"]])
        self.assertEqual([row[0] for row in rows["d"][1:4]], ["1", "2", "3"])
        self.assertEqual(rows["d"][6][0], "6")
        self.assertEqual(rows["d"][7][0], "8") # without 05x.jpg
        self.assertEqual(self.read_json("d.json")["notes"][-1][:26],
                         "6 bad samples are left out")

    def test_class_of_bad_ones(self):
        for path in (self.folder / "d" / "c").iterdir():
            path.write_bytes(b"")
        for ranks in (None, 2):
            line, = self.refusal("--data", "d", "--lambda", "1", "--skip-bad",
                                 ranks=ranks)
            self.assertIn("all samples of class 'c' are bad", line)

    @unittest.skipUnless(os.geteuid(), "root may read everything")
    def test_without_permission(self):
        (self.folder / "d" / "b" / "00.png").chmod(0)
        run = self.run_program("info", "--check", "d", status=DATA)
        self.assertIn("d/b/00.png: cannot open", run.stdout)


class Arrays(program.Case):
    """Of other formats, samples are rows."""

    def setUp(self):
        super().setUp()
        self.samples, self.labels = program.blobs(60, 9, 3)
        bad = self.samples.copy()
        bad[17, 3] = numpy.nan
        bad[0, 0] = bad[59, 8] = numpy.inf
        self.save("bad", bad, self.labels)
        good = numpy.ones(60, bool)
        good[[0, 17, 59]] = False
        self.save("good", self.samples[good], self.labels[good])

    def test_told_and_listed(self):
        run = self.run_program("info", "--check", "bad.npy", status=DATA)
        self.assertEqual([line.split(",")[0] for line in
                          run.stdout.splitlines()
                          if line.startswith("bad.npy: ")],
                         ["bad.npy: row %d" % row for row in (0, 17, 59)])
        for ranks in (None, 2):
            err = self.run_program("--data", "bad.npy", "--lambda", "1",
                                   status=DATA, ranks=ranks).stderr
            self.assertRegex(err, "starpu_ridge: bad.npy: row 0, .*; bad.npy: "
                             "row 17, .*; bad.npy: row 59, .*--skip-bad")

    def test_skip(self):
        models = []
        for name, more, ranks in (("good", (), None),
                                  ("bad", ["--skip-bad"], None),
                                  ("bad", ["--skip-bad"], 3)):
            result = self.fit("--data", name + ".npy", "--lambda", "1,10",
                              "--model", "m", *more, ranks=ranks)
            models.append((self.folder / "m").read_bytes())
        self.assertEqual(models, models[:1] * 3)
        self.assertEqual(result["notes"][-1],
                         "3 bad samples are left out: row 0, 17, 59")

    def test_other_formats(self):
        for spec in ("synth:90", "digits"):
            if spec == "digits":
                self.run_program("synth", "digits", "--n", "90", "--quiet")
            run = self.run_program("info", "--check", spec)
            self.assertIn("none of 105 samples are bad", run.stdout)

    def test_of_a_model(self):
        self.fit("--data", "good.npy", "--lambda", "1", "--model",
                 "m.safetensors")
        run = self.run_program("info", "--check", "m.safetensors", status=64)
        self.assertIn("--check is for data sets", run.stderr)


if __name__ == "__main__":
    program.main()
