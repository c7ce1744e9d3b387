"""predict with more classes than the square root of what an int holds: counts
of pairs of classes are then kept as a list, in little memory."""
import collections
import csv
import json
import resource
import struct

import numpy

import program

K = 46400  # K x K is beyond 31 bits
N = 3000
SHIFTED = 700  # samples that are taken for the next class
LIMIT = 4 << 30  # bytes of addresses; a matrix takes 17 GB


class ManyClasses(program.Case):
    def write_model(self):
        """Class c has the largest score near x = c: c x - c * c / 2."""
        c = numpy.arange(K, dtype="<f8")
        blob = c.tobytes() + (-c * c / 2).tobytes()
        header = json.dumps({
            "__metadata__": {
                "format": "starpu_ridge", "version": "1", "lambda": "1",
                "classes": json.dumps([str(i) for i in range(K)]),
                "n_train": str(K), "scale": "1", "type": "f32", "width": "0",
                "height": "0", "channels": "0", "gray": "false",
                "threshold": "none"},
            "weights": {"dtype": "F64", "shape": [K, 1],
                        "data_offsets": [0, 8 * K]},
            "intercept": {"dtype": "F64", "shape": [K],
                          "data_offsets": [8 * K, 16 * K]}}).encode()
        (self.folder / "model").write_bytes(
            struct.pack("<Q", len(header)) + header + blob)

    def setUp(self):
        super().setUp()
        self.write_model()
        self.truth = numpy.random.default_rng(1).integers(0, K - 1, N)
        self.truth[-1] = K - 1
        self.truth[:4] = 46350, 46350, 46350, 7  # counts beyond one
        self.found = self.truth.copy()
        self.found[:SHIFTED] += 1
        self.save("x", self.found.astype("<f4").reshape(N, 1), self.truth)

    def predict(self, *arguments, **how):
        return self.run_program(
            "predict", "--model", "model", "--data", "x.npy", "--output",
            "x.csv", "--json", "y.json", *arguments, timeout=60, **how)

    def limit(self):
        """Of what is started; sanitizers take all addresses there are."""
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        if not program.SANITIZED:
            self.addCleanup(resource.setrlimit, resource.RLIMIT_AS,
                            (soft, hard))
            resource.setrlimit(resource.RLIMIT_AS, (LIMIT, hard))

    def check(self, done):
        with open(self.folder / "x.csv", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([int(row["predicted"]) for row in rows],
                         self.found.tolist())
        self.assertEqual([int(row["truth"]) for row in rows],
                         self.truth.tolist())
        result = self.read_json("y.json")
        lists = result["confusion"]
        counts = list(zip(lists["columns"], lists["rows"], lists["counts"]))
        expected = collections.Counter(zip(self.found.tolist(),
                                           self.truth.tolist()))
        self.assertEqual(counts, [(*pair, expected[pair])
                                  for pair in sorted(expected)])
        right = N - SHIFTED
        self.assertAlmostEqual(result["accuracy"], right / N)
        self.assertIn("%.4f (%s of 3,000)" % (right / N, format(right, ",")),
                      done.stdout)

    def test_predict(self):
        self.limit()
        for ranks in (None, 2):
            with self.subTest(ranks=ranks):
                self.check(self.predict("--confusion", "c.png", ranks=ranks))
                self.assertTrue((self.folder / "c.png").read_bytes().startswith(
                    b"\x89PNG"))


if __name__ == "__main__":
    program.main()
