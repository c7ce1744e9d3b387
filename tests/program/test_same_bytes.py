"""The model is the same, byte for byte, whatever it was made with: ranks,
workers, scheduler; of 8-bit and of floating-point data."""
import numpy

import program

SCHEDULERS = ["eager", "lws", "ws", "prio", "dmda", "dmdas", "random"]
LAMBDAS = "0.1,1,10,100"


def scattered(n, d, k):
    """Samples of very different sizes: their sums show any change of order,
    which doubles hide where floats of like sizes are added."""
    samples, labels = program.blobs(n, d, k)
    random = numpy.random.default_rng(1)
    sizes = 10 ** random.uniform(-5, 5, (n, 1))
    return (samples * sizes).astype(numpy.float32), labels


class SameBytes(program.Case):
    def model(self, *arguments, **how):
        path = self.folder / "model.safetensors"
        self.run_program(*arguments, "--quiet", "--model", path, **how)
        data = path.read_bytes()
        path.unlink()
        return data

    def check(self, *arguments):
        """All ways to run it give the bytes that one process alone gives."""
        alone = self.model(*arguments)
        ways = [dict(ranks=ranks) for ranks in (1, 2, 3, 4)]
        for workers in ("1", "2"):
            ways.append(dict(settings={"STARPU_NCPU": workers}))
        for name in SCHEDULERS:
            ways.append(dict(settings={"STARPU_SCHED": name}))
            ways.append(dict(ranks=2, settings={"STARPU_SCHED": name}))
        for way in ways:
            with self.subTest(arguments=arguments, **way):
                self.assertEqual(self.model(*arguments, **way), alone)
        return alone

    def test_8_bit(self):
        arguments = ["--data", "synth:3000", "--lambda", LAMBDAS]
        alone = self.check(*arguments, "--block", "144", "--tiles", "13")
        # Integers: not even the number of tiles and lanes has a part in it.
        for graph in (["--tiles", "31"], ["--tiles", "13", "--lanes", "10"],
                      ["--tiles", "5", "--cache", "0"]):
            with self.subTest(graph=graph):
                self.assertEqual(
                    self.model(*arguments, "--block", "144", *graph), alone)

    def test_floating_point(self):
        name = self.save("samples", *scattered(301, 203, 7))
        arguments = ["--data", name, "--lambda", "1e6,1e8,1e10", "--block",
                     "48", "--tiles", "77", "--lanes", "10"]
        alone = self.check(*arguments)
        for ranks in (None, 2, 3):
            with self.subTest("samples not kept", ranks=ranks):
                self.assertEqual(
                    self.model(*arguments, "--cache", "0", ranks=ranks), alone)

    def test_one_lambda(self):
        name = self.save("samples", *scattered(301, 70, 3))
        for cache in ("0", "100"):
            arguments = ["--data", name, "--lambda", "1", "--block", "32",
                         "--tiles", "150", "--cache", cache]
            alone = self.model(*arguments)
            for ranks in (2, 3, 4):
                with self.subTest(cache=cache, ranks=ranks):
                    self.assertEqual(self.model(*arguments, ranks=ranks),
                                     alone)

    def test_distributions(self):
        name = self.save("samples", *scattered(301, 70, 3))
        arguments = ["--data", name, "--lambda", "1,100", "--block", "16",
                     "--tiles", "40", "--lanes", "5"]
        alone = self.model(*arguments)
        for how in ("both", "data", "model"):
            for ranks in (2, 3):
                with self.subTest(how=how, ranks=ranks):
                    self.assertEqual(self.model(*arguments, "--distribute", how,
                                                ranks=ranks), alone)

    def test_order_of_sums_shows(self):
        """Else the tests above would be blind."""
        name = self.save("samples", *scattered(301, 70, 3))
        models = {self.model("--data", name, "--lambda", "1", "--tiles", "150",
                             "--lanes", lanes) for lanes in ("2", "3", "5")}
        self.assertEqual(len(models), 3)

    def test_other_data_other_bytes(self):
        models = {self.model("--data", "synth:500:%d" % seed, "--lambda", "1")
                  for seed in (0, 1)}
        self.assertEqual(len(models), 2)


if __name__ == "__main__":
    program.main()
