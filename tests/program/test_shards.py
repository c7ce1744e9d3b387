"""Embeddings in .npy shards: the same model, to the byte, and the same
predictions as of one array, whatever the shards' sizes and the ranks; parts;
bad samples; and memory that does not grow with their number."""
import os
import unittest

import numpy

import program

DATA = 65
MIB = 1 << 20


def cut(n, pieces):
    """Rows of shards: of different sizes, one of a single row."""
    edges = [0, *numpy.linspace(0, n, pieces + 1).astype(int)[1:-1], n]
    edges[1] = 1
    edges[2] += 3
    return list(zip(edges, edges[1:]))


class Shards(program.Case):
    def shards(self, name, samples, labels=None, pieces=5, digits=1):
        """A folder of shards, with labels beside them."""
        folder = self.folder / name
        folder.mkdir(parents=True)
        for i, (first, last) in enumerate(cut(len(samples), pieces)):
            number = "%0*d.npy" % (digits, i)
            numpy.save(folder / ("feat-" + number), samples[first:last])
            if labels is not None:
                numpy.save(folder / ("labels-" + number), labels[first:last])
        return name

    def model(self, data, *options, **how):
        """The bytes of a model, and what its report says of samples."""
        result = self.fit("--data", data, "--model", "m", *options, **how)
        return (self.folder / "m").read_bytes(), *(
            result[key] for key in ("train_confusion", "confusion", "cv"))

    def test_same_bytes(self):
        found, labels = program.blobs(700, 40, 4)
        for kind, samples in (("u1", program.bytes_of(found)), ("f4", found),
                              ("f8", found.astype("f8") * 1e5 + 1e7)):
            one = self.save(kind, samples, labels)
            many = self.shards("d" + kind, samples, labels)
            for options in (("--lambda", "1"),
                            ("--lambda", "auto", "--holdout", "0.3"),
                            ("--lambda", "1,10", "--folds", "3", "--tiles",
                             "17", "--standardize")):
                with self.subTest(kind=kind, options=options):
                    expected = self.model(one, *options)
                    for ranks in None, 2:
                        self.assertEqual(self.model(many, *options,
                                                    ranks=ranks), expected)

    def test_wide(self):
        """Of as many features as embeddings have; more shards than ten."""
        samples, labels = program.blobs(130, 4096, 3)
        expected = self.model(self.save("x", samples, labels), "--lambda", "5")
        self.shards("d", samples, labels, 12)
        self.assertEqual(self.model("d", "--lambda", "5"), expected)
        notes = self.read_json("fit.json")["notes"]
        self.assertIn("it is 12 shards: feat-0.npy to feat-11.npy", notes)
        self.assertIn("shards are in the order of their numbers: feat-9.npy "
                      "comes before feat-10.npy", notes)

    def test_one_file_of_labels(self):
        samples, labels = program.blobs(300, 12, 3)
        expected = self.model(self.save("x", samples, labels), "--lambda", "1")
        self.shards("d", samples, pieces=12)
        given = self.model("d", "--lambda", "1", "--labels", "x.labels.npy")
        self.assertEqual(given, expected)
        numpy.save(self.folder / "d" / "labels.npy", labels)
        self.assertEqual(self.model("d", "--lambda", "1"), expected)

    def test_predict(self):
        """Rows are numbered through, as of one array."""
        samples, labels = program.blobs(300, 12, 3)
        name = self.save("x", samples, labels)
        self.shards("d", samples, labels)
        self.model("d", "--lambda", "1")
        said = []
        for data in name, "d":
            self.run_program("predict", "--model", "m", "--data", data,
                             "--output", "p.csv", "--json", "p.json",
                             "--quiet")
            said.append(((self.folder / "p.csv").read_bytes(),
                         self.read_json("p.json")["accuracy"]))
        self.assertEqual(said[1], said[0])

    def test_parts(self):
        samples, labels = program.blobs(400, 12, 3)
        train = self.save("train", samples[:300], labels[:300])
        test = self.save("test", samples[300:], labels[300:])
        expected = self.model(train, "--test", test, "--lambda", "1")
        self.shards("d/train", samples[:300], labels[:300], digits=4)
        self.shards("d/test", samples[300:], labels[300:], digits=4)
        self.assertEqual(self.model("d", "--lambda", "1"), expected)
        said = self.read_json("fit.json")
        self.assertIn("the shards in train are to train on, those in test to "
                      "test on", said["notes"])
        self.assertIn("its test part is in test", said["test_notes"])

    def test_bad_samples(self):
        """All are told, by their shards; without them, the model is that of
        the others."""
        samples, labels = program.blobs(300, 12, 3)
        bad = {0: (7, numpy.nan), 61: (0, numpy.inf), 299: (11, -numpy.inf)}
        good = numpy.delete(numpy.arange(300), list(bad))
        expected = self.model(self.save("x", samples[good], labels[good]),
                              "--lambda", "1")
        for row, (feature, value) in bad.items():
            samples[row, feature] = value
        self.shards("d", samples, labels)
        told = ["d/feat-0.npy: row 0, feature 7 (the first are 0) is NaN",
                "d/feat-1.npy: row 60, feature 0 (the first are 0) is infinite",
                "d/feat-4.npy: row 59, feature 11 (the first are 0) is "
                "infinite"]
        for ranks in None, 2:
            run = self.run_program("--data", "d", "--lambda", "1", "--tiles",
                                   "20", ranks=ranks, status=DATA)
            self.assertIn("starpu_ridge: %s; remove or mend" % "; ".join(told),
                          run.stderr)
            self.assertEqual(self.model("d", "--lambda", "1", "--skip-bad",
                                        ranks=ranks), expected)
            self.assertIn("3 bad samples are left out: row 0 of d/feat-0.npy, "
                          "row 60 of d/feat-1.npy, row 59 of d/feat-4.npy",
                          self.read_json("fit.json")["notes"])
        run = self.run_program("info", "--check", "d", status=DATA)
        self.assertIn("\n".join(told) + "\n", run.stdout)
        self.assertIn("3 of 300 samples are bad", run.stdout)

    @unittest.skipIf(program.SANITIZED, "sanitizers take memory of their own")
    def test_memory(self):
        """1 GB of zeros, which take no place on the disk, and a twentieth."""
        def peak(name, rows):
            folder = self.folder / name
            folder.mkdir()
            for i in range(4):
                with open(folder / ("feat-%d.npy" % i), "wb") as file:
                    numpy.lib.format.write_array_header_1_0(file, {
                        "descr": "<f4", "fortran_order": False,
                        "shape": (rows, 256)})
                    file.truncate(file.tell() + rows * 256 * 4)
                numpy.save(folder / ("labels-%d.npy" % i),
                           (numpy.arange(rows) % 3).astype("u1"))
            line = program.command("--data", str(folder), "--lambda", "1",
                                   "--quiet")
            pid = os.posix_spawn(line[0], line, program.environment())
            _, status, usage = os.wait4(pid, 0)
            self.assertEqual(os.waitstatus_to_exitcode(status), 0)
            return usage.ru_maxrss * 1024

        small, large = peak("small", 12500), peak("large", 250000)
        print("peak %.0f MiB, of 20 times the samples %.0f MiB" %
              (small / MIB, large / MIB))
        self.assertLessEqual(large, small + 64 * MIB)


if __name__ == "__main__":
    program.main()
