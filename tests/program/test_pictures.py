"""Pictures as people have them: what a viewer shows is trained on, whatever lies
about in the folders, however names are written; and what is assumed is said."""
import csv
import os
import re
import struct
import unicodedata

import numpy

import program
from bad_files import chunk, jpeg, png, put

HEAD = 33  # bytes of a PNG up to the end of its first chunk


def digit(i):
    """A gray picture of 8 x 8 of class i % 2: strokes on nothing."""
    random = numpy.random.default_rng(i)
    values = random.integers(0, 60, (8, 8))
    values[:, 2 if i % 2 else 5] = 255
    return values.astype("u1")


def drawing(ink, alpha):
    """A PNG of one ink, as far as alpha (h x w) lets it show."""
    height, width = alpha.shape
    pixels = numpy.empty((height, width, 2), "u1")
    pixels[..., 0], pixels[..., 1] = ink, alpha
    return png(width=width, height=height, color=4, pixels=b"".join(
        b"\0" + row.tobytes() for row in pixels))


def photo(values, *chunks):
    """A gray PNG of values (h x w) with more chunks."""
    data = png(width=values.shape[1], height=values.shape[0],
               pixels=b"".join(b"\0" + row.tobytes() for row in values))
    return data[:HEAD] + b"".join(chunks) + data[HEAD:]


def orientation(value):
    return chunk(b"eXIf", b"MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1" +
                 struct.pack(">HHI", value, 0, 0))


def unescape(name):
    """The bytes of a name in results, as the manual says."""
    return re.sub(rb"\\x([0-9A-F]{2})",
                  lambda found: bytes.fromhex(found[1].decode()),
                  name.encode())


class Pictures(program.Case):
    def rows(self, name="p.csv"):
        data = (self.folder / name).read_bytes().decode("utf-8")
        return list(csv.DictReader(data.splitlines(keepends=True)))

    def classes(self, top, *names, n=3, suffix=".png"):
        """n pictures in each folder, each of its own brightness."""
        for k, name in enumerate(names):
            for i in range(n):
                level = 20 + 35 * k + i
                put(self.folder / top / name / ("%d%s" % (i, suffix)),
                    png(level) if suffix == ".png" else jpeg(level))

    def info(self, *arguments):
        """What info prints, notes in one line each."""
        return " ".join(self.run_program("info", *arguments,
                                         ranks=None).stdout.split())

    def test_orientation(self):
        """A picture and its turned copies are one picture."""
        upright = digit(0)
        upright[0, 0] = 200
        turned = {1: upright, 2: upright[:, ::-1], 3: upright[::-1, ::-1],
                  4: upright[::-1], 5: upright.T, 6: upright.T[::-1],
                  7: upright.T[::-1, ::-1], 8: upright.T[:, ::-1]}
        for k, values in turned.items():
            put(self.folder / "d/a" / ("%d.png" % k),
                photo(values, orientation(k)))
        put(self.folder / "d/b/x.png", photo(digit(1)))
        put(self.folder / "d/b/y.png", photo(digit(3)))
        self.fit("--data", "d", "--lambda", "1", "--model", "m.safetensors")
        self.run_program("predict", "--model", "m.safetensors", "--data", "d",
                         "--output", "p.csv", "--scores", "--quiet")
        scores = {row["a"] for row in self.rows() if row["truth"] == "a"}
        self.assertEqual(len(scores), 1, scores)

    def test_background(self):
        """White strokes are lost on white, which is said, and not on black,
        which predict knows."""
        for ink, ground in ((0, "white"), (255, "black")):
            for i in range(40):
                put(self.folder / ("ink%d" % ink) / "ab"[i % 2] /
                    ("%02d.png" % i), drawing(ink, digit(i)))
            data = "ink%d" % ink
            result = self.fit("--data", data, "--lambda", "1", "--background",
                              ground, "--model", "m.safetensors",
                              "--holdout", "0.25")
            self.assertNotIn("taken for a class", " ".join(result["notes"]))
            self.assertEqual(result["test_accuracy"], 1)
            self.run_program("predict", "--model", "m.safetensors", "--data",
                             data, "--json", "j.json", "--quiet")
            self.assertEqual(self.read_json("j.json")["accuracy"], 1)
            _, _, about = program.read_model(self.folder / "m.safetensors")
            self.assertEqual(about.get("background"),
                             None if ink == 0 else "#000000")
        (note,) = self.fit("--data", "ink255", "--lambda", "1")["notes"]
        self.assertRegex(note, "warning: of 32 .*, 32 come out blank")
        self.assertIn("--background black", note)
        self.assertIn("--background black", self.info("ink255"))
        self.assertIn("on #000000", self.info("m.safetensors"))
        self.assertNotIn("blank", self.info("ink0"))

    def test_default_ground(self):
        """Without the option, the model is that of white, to the byte."""
        for i in range(8):
            put(self.folder / "d" / "ab"[i % 2] / ("%d.png" % i),
                drawing(0, digit(i)))
        for name, more in (("a", ()), ("b", ("--background", "white")),
                           ("c", ("--background", "#ffFFff"))):
            self.fit("--data", "d", "--lambda", "1", "--model", name, *more)
        models = {(self.folder / name).read_bytes() for name in "abc"}
        self.assertEqual(len(models), 1)

    def test_gamma(self):
        """Linear light in PNG is shown, and taken, lighter."""
        value = digit(0)
        linear = numpy.round(255 * numpy.where(
            value / 255 <= 0.04045, value / 255 / 12.92,
            ((value / 255 + 0.055) / 1.055) ** 2.4)).astype("u1")
        put(self.folder / "d/a/1.png", photo(value))
        put(self.folder / "d/a/2.png", photo(linear, chunk(
            b"gAMA", struct.pack(">I", 100000))))
        put(self.folder / "d/b/1.png", photo(digit(1)))
        put(self.folder / "d/b/2.png", photo(255 - digit(1)))
        self.fit("--data", "d", "--lambda", "1", "--threshold", "0.7",
                 "--model", "m.safetensors")
        self.run_program("predict", "--model", "m.safetensors", "--data", "d",
                         "--output", "p.csv", "--scores", "--quiet")
        rows = self.rows()
        self.assertEqual(rows[0]["a"], rows[1]["a"])

    def test_depth_and_kinds(self):
        """Classes in depth, endings in use, and the rest counted by kind."""
        self.classes("d", "n01/images", "n02/images/more")
        self.classes("d", "n01", "n02", suffix=".JFIF")
        self.classes("d", "n02", suffix=".jpe")
        for name in ("n01/1.webp", "n01/2.webp", "n02/images/1.gif",
                     "labels.csv", "__MACOSX/n01/._0.png", "n01/._0.png",
                     "n02/@eaDir/x.jpg", "$RECYCLE.BIN/1.png",
                     "__pycache__/x.pyc", "n01/Thumbs.db", ".git/1.png"):
            put(self.folder / "d" / name, b"\0\5\x16\7")
        put(self.folder / "d/stray.png", png())
        result = self.fit("--data", "d", "--lambda", "1")
        self.assertEqual(result["class_names"], ["n01", "n02"])
        self.assertEqual(result["n_train"], 15)
        notes = " | ".join(result["notes"])
        self.assertIn("left out: 2 .webp, 1 .gif pictures, 1 .csv", notes)
        self.assertIn("in no sub-folder and so in no class: 1 PNG", notes)
        self.assertIn("sizes, from 6x5 to 8x8", notes)
        for part in result["notes"]:
            self.assertIn(part, self.info("d"))

    def test_parts(self):
        """train/ and val/ are a training and a test part, for all commands."""
        for where in ("d", "zip/d-1.0"):
            self.classes(where + "/train", "a", "b", n=4)
            self.classes(where + "/val", "a", "b", n=2)
            top = where.split("/", maxsplit=1)[0]
            put(self.folder / top / "__MACOSX/x", b"x")
            result = self.fit("--data", top, "--lambda", "1", "--model",
                              "m.safetensors")
            self.assertEqual((result["n_train"], result["n_test"]), (8, 4))
            self.assertEqual(result["class_names"], ["a", "b"])
            self.assertIn("val", " ".join(result["notes"]))
            for part, n in (((), 4), (("--part", "train"), 8)):
                self.run_program("predict", "--model", "m.safetensors",
                                 "--data", top, "--output", "p.csv", "--quiet",
                                 *part)
                rows = self.rows()
                self.assertEqual(len(rows), n)
                for row in rows:
                    self.assertTrue((self.folder / row["file"]).exists())
            self.assertIn("(test part)", self.info(top))
        text = self.run_program("--data", "d", "--lambda", "1").stdout
        self.assertIn("Note      the pictures in train are to train on", text)
        self.assertIn("Test note its test part is in val", text)
        result = self.fit("--data", "d", "--lambda", "1", "--test", "d/val")
        self.assertEqual((result["n_train"], result["n_test"]), (8, 4))
        self.classes("e/train", "a", "b", n=4)
        self.classes("e/Dev", "a", "b", n=2)
        self.classes("e/more of it", "a", "b", n=1)
        result = self.fit("--data", "e", "--lambda", "1")
        self.assertEqual((result["n_train"], result["n_test"]), (8, 4))
        self.assertIn("--data 'e/more of it'", " ".join(result["notes"]))

    def test_part_without_its_counterpart(self):
        """It is a class, which is said where it looks like a part."""
        self.classes("d/train", "a", "b", n=4)
        self.classes("d/unseen", "a", "b", n=2)
        result = self.fit("--data", "d", "--lambda", "1")
        self.assertEqual(result["class_names"], ["train", "unseen"])
        self.assertIn("--data 'd/train', and the other by --test",
                      " ".join(result["notes"]))
        result = self.fit("--data", "d/train", "--test", "d/unseen",
                          "--lambda", "1")
        self.assertEqual((result["n_train"], result["n_test"]), (8, 4))
        self.classes("vehicles", "bus", "train", n=2)
        result = self.fit("--data", "vehicles", "--lambda", "1")
        self.assertNotIn("taken for a class", " ".join(result["notes"]))

    def test_names(self):
        """All results are UTF-8, and all names can be had from them."""
        names = [b"caf\xe9.png", b"a,b.png", b'q"q.png', b"line\nbreak.png",
                 b"-dash.png", b"x" * 246 + b".png", b"%s%n.png",
                 "日本語.png".encode(), b"\\xE9.png", b"back\\slash.png",
                 b"\xff\xfe\\xff.png", b"a\\\xff.png", b"<b>&amp;.png"]
        for folder in (b"a", b"caf\xe9"):
            for k, name in enumerate(names):
                path = os.path.join(os.fsencode(self.folder), b"d", folder)
                os.makedirs(path, exist_ok=True)
                with open(os.path.join(path, name), "wb") as file:
                    file.write(png(50 + 10 * k + 5 * (folder == b"a")))
        result = self.fit("--data", "d", "--lambda", "1", "--model",
                          "m.safetensors", "--report", "r.html", "--confusion",
                          "c.png")
        self.assertEqual(result["class_names"], ["a", "caf\\xE9"])
        self.run_program("predict", "--model", "m.safetensors", "--data", "d",
                         "--output", "p.csv", "--json", "p.json", "--quiet")
        self.assertEqual({unescape(row["file"]) for row in self.rows()},
                         {b"d/" + folder + b"/" + name
                          for folder in (b"a", b"caf\xe9") for name in names})
        (self.folder / "r.html").read_bytes().decode("utf-8")
        # a message, too
        path = os.path.join(os.fsencode(self.folder), b"d/a/z\xe9.png")
        with open(path, "wb") as file:
            file.write(b"x")
        run = self.run_program("--data", "d", "--lambda", "1", status=65)
        self.assertIn("d/a/z\\xE9.png", run.stderr)

    def test_forms_of_names(self):
        """Folders from macOS and from Linux have the same classes."""
        names = ("café", "thé", " thé", "日本語", "emoji 😀", "한국어")
        for form, top in (("NFC", "train"), ("NFD", "test")):
            self.classes(top, *(unicodedata.normalize(form, name)
                                for name in names))
        result = self.fit("--data", "train", "--test", "test", "--lambda",
                          "0.001", "--model", "m.safetensors")
        self.assertEqual(result["n_test"], 18)
        self.assertEqual(set(result["class_names"]), set(names))
        self.run_program("predict", "--model", "m.safetensors", "--data",
                         "test", "--output", "p.csv", "--quiet")
        for row in self.rows():
            self.assertIn(row["truth"], names)
            self.assertTrue((self.folder / row["file"]).exists())

    def test_no_known_class(self):
        """To predict: pictures anywhere below, where no folder is a class of
        the model's; one that is makes them classes all, and others wrong."""
        self.classes("known", "a", "b")
        self.run_program("--data", "known", "--lambda", "1", "--quiet",
                         "--model", "m.st", ranks=None)
        ask = ["predict", "--model", "m.st", "--output", "p.csv"]
        for name in ("new/p0.png", "new/x/p1.png", "new/x/y/p2.png",
                     "new/z/p3.png"):
            put(self.folder / name,
                (self.folder / "known/a/0.png").read_bytes())
        for ranks in (None, 2):
            run = self.run_program(*ask, "--data", "new", ranks=ranks)
            self.assertIn("no known", run.stdout)
            self.assertEqual(
                [(row["file"], row["predicted"]) for row in self.rows()],
                [("new/p0.png", "a"), ("new/x/p1.png", "a"),
                 ("new/x/y/p2.png", "a"), ("new/z/p3.png", "a")])
        put(self.folder / "new/a/p.png",
            (self.folder / "known/a/0.png").read_bytes())
        run = self.run_program(*ask, "--data", "new", ranks=None, status=65)
        self.assertIn('a class "x", which the training data did not have',
                      run.stderr)

    def test_same_everywhere(self):
        """Notes and models do not depend on the number of ranks."""
        self.classes("d", "a", "b")
        put(self.folder / "d/a/big.png", png(width=30, height=10))
        put(self.folder / "d/b/x.gif", b"GIF89a")
        results = [self.fit("--data", "d", "--lambda", "1", "--model",
                            "m%s" % ranks, ranks=ranks)
                   for ranks in (None, 3)]
        self.assertEqual(results[0]["notes"], results[1]["notes"])
        self.assertEqual(len(results[0]["notes"]), 3)
        self.assertEqual((self.folder / "mNone").read_bytes(),
                         (self.folder / "m3").read_bytes())


if __name__ == "__main__":
    program.main()
