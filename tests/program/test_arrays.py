"""Arrays as people save them: any order of axes, of elements and of bytes, any
kind of numbers, any kind of labels.  The same pictures make the same model, to
the byte; what was assumed is said; other pictures are refused."""
import numpy

import program

SHAPE = (8, 6, 3)  # height, width, channels


def pictures(n=60, shape=SHAPE, seed=1):
    """8-bit pictures, N x H x W x C, with a patch in the colour and at the place
    of their class, and labels."""
    random = numpy.random.default_rng(seed)
    labels = numpy.arange(n) % 3
    found = random.integers(0, 60, (n, *shape), "u1")
    for i, label in enumerate(labels):
        found[i, label:label + 3, label, label % shape[2]] += 150
    return found, labels


def planes(found):
    """N x C x H x W."""
    return numpy.moveaxis(found, 3, 1)


class Arrays(program.Case):
    def model(self, samples, labels, *options):
        """The bytes of a model, and the notes of its report."""
        name = self.save("x", samples, labels)
        result = self.fit("--data", name, "--lambda", "1", "--model",
                          "m.safetensors", *options)
        return (self.folder / "m.safetensors").read_bytes(), result["notes"]

    def info(self, *arguments):
        out = self.run_program("info", *arguments).stdout
        return " ".join(out.split())

    def refuse(self, *arguments, says=()):
        run = self.run_program(*arguments, status=65)
        for part in says:
            self.assertIn(part, run.stderr)

    def predict(self, samples, *options):
        self.save("new", samples)
        self.run_program("predict", "--model", "m.safetensors", "--data",
                         "new.npy", "--output", "p.csv", *options, "--quiet")
        return numpy.genfromtxt(self.folder / "p.csv", delimiter=",",
                                skip_header=1, usecols=1)

    # ---- Axes --------------------------------------------------------------

    def test_orders_of_axes(self):
        """Last or first, channels make one model; that they come first is
        said."""
        found, labels = pictures()
        for values in (found, found / numpy.float32(255)):
            last, notes = self.model(values, labels)
            self.assertEqual(notes, [])
            first, notes = self.model(planes(values).copy(), labels)
            self.assertEqual(first, last)
            self.assertEqual(len(notes), 1)
            self.assertIn("60 x 3 x 8 x 6, is taken for N x channels", notes[0])
            self.assertIn("--layout", notes[0])
            for ranks in (None, 2):
                said, notes = self.model(planes(values).copy(), labels,
                                         "--layout", "nchw")
                self.assertEqual((said, notes), (last, []))
        self.assertIn("pictures of 6 x 8, 3 channels", self.info("x.npy"))

    def test_shapes(self):
        """What info says of a shape, and whether it notes a choice."""
        for shape, options, says, note in (
                ((12, 1, 9, 7), (), "7 x 9, 1 channel,", True),
                ((12, 9, 7, 1), (), "7 x 9, 1 channel,", False),
                ((12, 4, 9, 7), (), "7 x 9, 4 channels", True),
                ((12, 9, 7, 4), (), "7 x 9, 4 channels", True), # alpha
                ((12, 3, 9, 3), (), "9 x 3, 3 channels", True),
                ((12, 3, 9, 3), ("--layout", "nchw"), "3 x 9, 3 channels",
                 False),
                ((12, 2, 9, 7), (), "7 x 9, 2 channels", True),
                ((12, 9, 7, 2), (), "7 x 9, 2 channels", True),
                ((12, 9, 7), (), "7 x 9, 1 channel,", False),
                ((12, 9, 7), ("--layout", "flat"), "Features 63, 8 bits",
                 False),
                ((12, 3, 49), (), "49 x 3, 1 channel,", True),
                ((12, 9, 7, 3), ("--layout", "flat"), "Features 189, 8",
                 False),
                ((12, 2, 2, 2, 2), ("--layout", "flat"), "Features 16, 8",
                 False),
                ((12, 63), ("--layout", "nhw", "--image", "7x9"),
                 "7 x 9, 1 channel,", False),
                ((12, 189), ("--layout", "nchw", "--image", "7x9"),
                 "7 x 9, 3 channels", False),
                ((12, 189), (), "Features 189, 8 bits", False)):
            with self.subTest(shape=shape, options=options):
                self.save("s", numpy.zeros(shape, "u1"))
                said = self.info("s.npy", *options)
                self.assertIn(says, said)
                self.assertEqual("Note" in said, note, said)
        self.refuse("info", "s.npy", "--layout", "nhwc",
                    says=("12 x 189", "nhwc"))

    def test_same_count_in_another_order(self):
        """Neither --test nor predict takes other features for the model's."""
        found, labels = pictures()
        self.model(found, labels)
        turned = found.transpose(0, 2, 1, 3).copy()
        self.save("t", turned, labels)
        for line in (("predict", "--model", "m.safetensors", "--data", "t.npy"),
                     ("--data", "x.npy", "--lambda", "1", "--test", "t.npy")):
            self.refuse(*line, says=("t.npy", "8x6x3", "6x8x3"))
        numpy.testing.assert_array_equal(self.predict(planes(found).copy()),
                                         labels)
        rows = found.reshape(60, -1)
        self.save("t", rows, labels)
        for line in (("predict", "--model", "m.safetensors", "--data", "t.npy"),
                     ("--data", "x.npy", "--lambda", "1", "--test", "t.npy")):
            self.refuse(*line, says=("t.npy", "--layout nhwc",
                                     "--layout nchw"))
            self.run_program(*line, "--layout", "nhwc")
        numpy.testing.assert_array_equal(
            self.predict(rows, "--layout", "nhwc"), labels)
        numpy.testing.assert_array_equal(
            self.predict(planes(found).reshape(60, -1), "--layout", "nchw"),
            labels)

    def test_rows_of_gray_pictures(self):
        """Rows and pictures of one channel are the same, which is said, but not
        those of another height."""
        found, labels = pictures(shape=(4, 9, 1))
        rows = found.reshape(60, 36)
        self.save("r", rows, labels)
        self.save("p", found[..., 0], labels)
        self.save("o", found.reshape(60, 6, 6), labels)
        for one, other in (("r.npy", "p.npy"), ("p.npy", "r.npy")):
            result = self.fit("--data", one, "--test", other, "--lambda", "1",
                              "--model", "m.safetensors")
            self.assertEqual(result["test_accuracy"], 1)
            self.assertIn("9x4", " ".join(result["test_notes"]))
            said = self.run_program("predict", "--model", "m.safetensors",
                                    "--data", other).stdout
            self.assertIn("9x4", said)
        self.refuse("--data", "p.npy", "--test", "o.npy", "--lambda", "1",
                    says=("6x6x1", "9x4x1"))

    # ---- Elements ----------------------------------------------------------

    def test_orders_of_elements(self):
        """In Fortran order, and big-endian, arrays are the same arrays."""
        found, labels = pictures(400)
        floats = program.blobs(300, 40, 3)
        for values, names in (
                (found, labels), (planes(found).copy(), labels),
                (found.reshape(400, -1), labels),
                (found[..., 0].copy(), labels), floats,
                (floats[0].astype("f8") + 1e6, floats[1])):
            for options in ((), ("--tiles", "7", "--holdout", "0.4")):
                expected, _ = self.model(values, names, *options)
                for other in (numpy.asfortranarray(values),
                              values.astype(values.dtype.newbyteorder(">")),
                              numpy.asfortranarray(values.astype(
                                  values.dtype.newbyteorder(">")))):
                    model, _ = self.model(other, names, *options)
                    self.assertEqual(model, expected)
        self.assertTrue(numpy.isfortran(other))

    def test_numbers(self):
        """All integers and floats are the numbers that they are."""
        values = pictures()[0].reshape(60, -1) % 100
        labels = pictures()[1]
        expected, _ = self.model(values.astype("f4"), labels)
        for kind in "i1 i2 >i2 u2 i4 u4 >u4 i8 >i8 u8 f2 >f2 f8".split():
            with self.subTest(kind):
                model, _ = self.model(values.astype(kind), labels)
                self.assertEqual(model, expected)
        expected, _ = self.model((values > 50).astype("f4"), labels)
        model, _ = self.model(values > 50, labels)
        self.assertEqual(model, expected)

    # ---- Labels ------------------------------------------------------------

    def test_labels(self):
        """Any labels of the same classes make the same model but for names."""
        found, labels = pictures()
        names = numpy.array(["ape", "bee", "cat"])[labels]
        for values, classes, note in (
                (labels.astype("u1"), "0 1 2", ""),
                (labels.astype(">i8"), "0 1 2", ""),
                (labels.astype("u8"), "0 1 2", ""),
                (labels.astype("f2"), "0 1 2", "floats"),
                (labels.astype("f8"), "0 1 2", "floats"),
                (labels[:, None], "0 1 2", ""),
                (numpy.asfortranarray(labels[None]), "0 1 2", ""),
                (numpy.eye(3, dtype="u1")[labels], "0 1 2", "one-hot"),
                (numpy.asfortranarray(numpy.eye(3)[labels]), "0 1 2",
                 "one-hot"),
                (numpy.eye(3, dtype=bool)[labels], "0 1 2", "one-hot"),
                (names, "ape bee cat", ""),
                (names.astype(">U3"), "ape bee cat", ""),
                (names.astype("S"), "ape bee cat", ""),
                (labels.astype(object).astype(str), "0 1 2", "")):
            with self.subTest(kind=values.dtype, shape=values.shape):
                _, notes = self.model(found, values)
                weights, _, metadata = program.read_model(
                    self.folder / "m.safetensors")
                self.assertEqual(metadata["classes"], '["%s"]' %
                                 '","'.join(classes.split()))
                self.assertIn(note, " ".join(notes))
                self.assertEqual(bool(notes), bool(note))
                if values.dtype.kind == "u" and values.ndim == 1:
                    expected = weights
                numpy.testing.assert_array_equal(weights, expected)

    def test_advice_on_labels(self):
        """What a message says to save instead is read."""
        found, labels = pictures()
        objects = numpy.array(["ape", "bee", "cat"], object)[labels]
        scores = numpy.eye(3)[labels] * 0.8 + 0.1
        for bad, advice, good in (
                (objects, "y.astype(str)", objects.astype(str)),
                (labels.astype(object), "y.astype(int)", labels.astype(int)),
                (labels + 0.5, "y.astype(str)", (labels + 0.5).astype(str)),
                (numpy.datetime64("2026-01-01") + labels, "y.astype(str)",
                 (numpy.datetime64("2026-01-01") + labels).astype(str)),
                (scores, "y.argmax(1)", scores.argmax(1)),
                (numpy.eye(3)[labels].T, "y.T", numpy.eye(3)[labels]),
                (labels.astype(numpy.longdouble), "y.astype('int64')",
                 labels.astype("int64"))):
            with self.subTest(advice):
                self.save("x", found, bad)
                self.refuse("--data", "x.npy", "--lambda", "1",
                            says=(advice, "x.labels.npy"))
                self.model(found, good)

    def test_advice_on_features(self):
        found, labels = pictures()
        values = found.reshape(60, -1).astype("f4")
        for bad, advice, good in (
                (values.astype(object), "X.astype('float64')", values),
                (values.astype(numpy.longdouble), "X.astype('float64')",
                 values),
                (values.astype(str), "X.astype('float64')", values),
                (values + 1j, "X.real", values),
                (values.astype("m8[s]"), "numpy.timedelta64(1, 's')",
                 values.astype("m8[s]") / numpy.timedelta64(1, "s"))):
            with self.subTest(advice, kind=bad.dtype):
                self.save("x", bad, labels)
                self.refuse("--data", "x.npy", "--lambda", "1",
                            says=("features", advice))
                self.model(good, labels)
        self.save("x", values[:, 0], labels)
        self.refuse("--data", "x.npy", "--lambda", "1",
                    says=("X.reshape(-1, 1)",))
        self.model(values[:, 0].reshape(-1, 1), labels)

    # ---- Beside a model ----------------------------------------------------

    def ask(self, samples, *options, says):
        self.save("new", samples)
        self.refuse("predict", "--model", "m.safetensors", "--data", "new.npy",
                    *options, says=says)

    def test_a_single_sample(self):
        """Without the axis of samples, it is not taken for several."""
        found, labels = pictures()
        for values in (found, found[..., 0]):
            self.model(values, labels)
            whole = self.predict(values)
            shapes = [values[3]]
            if values.ndim == 4:
                shapes.append(numpy.moveaxis(values[3], 2, 0).copy())
            for one in shapes:
                self.ask(one, says=("X[None]",))
                self.assertEqual(self.predict(one[None]), whole[3])
        self.model(found, labels)
        self.assertEqual(len(self.predict(found[:3, ..., 0], "--layout",
                                          "nhw")), 3)
        self.model(found.reshape(60, -1), labels)
        self.ask(found[3].ravel(), says=("1 dimension,", "X.reshape(1, -1)"))
        self.assertEqual(self.predict(found[3].reshape(1, -1)), labels[3])

    def test_other_kinds_of_values(self):
        """Pixels of 8 bits and floats: the message tells how to make one of
        the other, and that makes the same predictions."""
        found, labels = pictures()
        self.model(found, labels)
        eight = self.predict(found)
        for other, advice, same in (
                (found / 255, "(X * 255).round().astype('uint8')",
                 (found / 255 * 255).round().astype("uint8")),
                (found.astype("i8"), "X.astype('uint8')",
                 found.astype("i8").astype("uint8"))):
            self.ask(other, says=(advice,))
            self.assertEqual(self.predict(same).tolist(), eight.tolist())
        for values, advice, same in (
                (found / 255, "X / 255", found / 255),
                (found.astype("f4"), "X.astype('float32')",
                 found.astype("float32"))):
            self.model(values, labels)
            floats = self.predict(values)
            self.ask(found, says=(advice,))
            self.assertEqual(self.predict(same).tolist(), floats.tolist())


if __name__ == "__main__":
    program.main()
