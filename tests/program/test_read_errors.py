"""A picture that cannot be read ends all ranks with one message: what a failed
or skipped task should have written is defined, wherever it is sent."""
import contextlib

import numpy

import program
from bad_files import png, put

SIDE = 64
SEEDS = range(1, 7)
# what is not defined is nothing that could be taken for a label
SETTINGS = {"MALLOC_PERTURB_": "165"}


class ReadErrors(program.Case):
    def setUp(self):
        super().setUp()
        random = numpy.random.default_rng(1)
        for kind in "abc":
            for i in range(16):
                pixels = random.integers(0, 256, (SIDE, SIDE + 1), "u1")
                pixels[:, 0] = 0  # rows as they are
                put(self.folder / "pics" / kind / ("%02d.png" % i),
                    png(width=SIDE, height=SIDE, pixels=pixels.tobytes()))

    @contextlib.contextmanager
    def cut(self, name):
        """Its header, of which the shape is known, stays valid."""
        picture = self.folder / "pics" / name
        whole = picture.read_bytes()
        picture.write_bytes(whole[:len(whole) // 2])
        yield
        picture.write_bytes(whole)

    def refuse(self, picture, *arguments):
        done = self.run_program(*arguments, "--data", "pics", "--quiet",
                                ranks=2, status=65, timeout=20,
                                settings=SETTINGS)
        messages = [line for line in done.stderr.splitlines()
                    if line.startswith("starpu_ridge: ")]
        self.assertEqual(len(messages), 1, done.stderr)
        self.assertIn("pics/%s: " % picture, messages[0])

    def test_fit(self):
        """Labels that never were are not counted, on any rank."""
        for size in (("--image", "64x64"), ("--image", "16x16", "--lanes", "1")):
            for seed in SEEDS:
                with self.subTest(size=size, seed=seed), self.cut("a/02.png"):
                    self.refuse("a/02.png", "--gray", *size, "--lambda", "10",
                                "--tiles", "16", "--seed", str(seed))

    def test_predict(self):
        """Nor are classes, of samples that the other rank should have had."""
        self.run_program("--data", "pics", "--gray", "--lambda", "10",
                         "--quiet", "--model", "model")
        for picture, tiles in (("b/08.png", 2), ("b/03.png", 48),
                               ("c/15.png", 16)):
            with self.subTest(picture=picture, tiles=tiles), self.cut(picture):
                self.refuse(picture, "predict", "--model", "model", "--tiles",
                            str(tiles), "--output", "out.csv")
                self.assertFalse((self.folder / "out.csv").exists())


if __name__ == "__main__":
    program.main()
