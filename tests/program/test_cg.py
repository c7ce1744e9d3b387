"""--solver cg finds the model of --solver primal by steps that keep no Gram, and
the same bytes with any ranks and workers; block says how near it came."""
import program

LAMBDAS = ("--lambda", "1,10,100")


class Steps(program.Case):
    def model(self, *arguments, **how):
        """Weights, intercept, and what --json says."""
        result = self.fit("--model", "m", *arguments, **how)
        weights, intercept, _ = program.read_model(self.folder / "m")
        return weights, intercept, result

    def check_same(self, *arguments, tolerance=1e-7, solver="cg"):
        """Both agree: models, validation, predictions. Value: cg's results."""
        import numpy
        models = [self.model(*arguments, "--solver", which)
                  for which in (solver, "primal")]
        for got, good in zip(models[0][:2], models[1][:2]):
            self.assertLess(abs(got - good).max(), tolerance *
                            abs(numpy.asarray(good)).max())
        cg, primal = models[0][2], models[1][2]
        self.assertEqual((cg["solver"], primal["solver"]), (solver, "primal"))
        self.assertTrue(1 <= cg["solver_steps"] < 300, cg["solver_steps"])
        self.assertTrue(0 < cg["solver_residual"] <=
                        (1e-9 if solver == "cg" else 1e-8))
        self.assertEqual((primal["solver_steps"], primal["solver_residual"]),
                         (None, None))
        for key in ("lambda", "train_accuracy", "confusion", "features"):
            if cg[key] is not None: # scored where features are kept
                self.assertEqual(cg[key], primal[key], key)
        for got, good in zip(cg["cv"], primal["cv"], strict=True):
            self.assertAlmostEqual(got["accuracy"], good["accuracy"],
                                   delta=2 / cg["n_train"])
            self.assertAlmostEqual(got["mse"], good["mse"],
                                   delta=1e-4 * good["mse"])
        return cg

    def test_synthetic_digits(self):
        self.check_same("--data", "synth:900", *LAMBDAS)
        self.check_same("--data", "synth:900", "--lambda", "10")
        self.check_same("--data", "synth:300", "--lambda", "100",
                        "--standardize")
        self.check_same("--data", "synth:300", "--lambda", "100,1000",
                        "--standardize", "--select", "mse", "--cache", "0")

    def test_floats(self):
        """The Gram's are products in single precision: cg's are not."""
        x, y = program.blobs(120, 70, 3)
        self.save("float", x, y)
        self.check_same("--data", "float.npy", *LAMBDAS, "--holdout", "0.2",
                        tolerance=1e-4)

    def test_against_numpy(self):
        import numpy
        x, y = program.blobs(150, 40, 3)
        self.save("float", x, y)
        weights, intercept, _ = self.model("--data", "float.npy", "--solver",
                                           "cg", "--lambda", "3")
        x = numpy.asarray(x, numpy.float64).reshape(len(x), -1)
        targets = numpy.where(numpy.asarray(y)[:, None] == range(3), 1.0, -1.0)
        centred = x - x.mean(0)
        good = numpy.linalg.solve(
            centred.T @ centred + 3 * numpy.eye(x.shape[1]),
            centred.T @ (targets - targets.mean(0)))
        scores = x @ good + (targets.mean(0) - x.mean(0) @ good)
        self.assertLess(abs(x @ weights.T + intercept - scores).max(), 1e-6)

    def test_patches(self):
        cg = self.check_same("--data", "synth:500", "--features",
                             "patches:64", "--folds", "4", "--validate", "4",
                             "--lambda", "1,20")
        self.assertEqual(cg["features"], 1152)

    def test_patches_with_copies(self):
        """Whose folds are their originals'; lambda is found by itself."""
        self.check_same("--data", "synth:300", "--features", "patches:16",
                        "--augment", "2", "--lambda", "30")
        cg = self.fit("--data", "synth:300", "--features", "patches:16",
                      "--augment", "2", "--solver", "cg")
        self.assertEqual(len(cg["cv"]), 6)
        self.assertEqual([row["failed_folds"] for row in cg["cv"]], [0] * 6)

    def test_same_bytes(self):
        for solver in ("cg", "block"):
            models = set()
            for ranks, workers, cache in ((1, 1, 0), (1, 2, 256), (2, 1, 256),
                                          (3, 1, 0)):
                self.fit("--data", "synth:400", "--solver", solver, "--model",
                         "m", "--lambda", "100,1000", "--standardize",
                         "--cache", str(cache), ranks=ranks,
                         settings={"STARPU_NCPU": str(workers)})
                models.add((self.folder / "m").read_bytes())
            self.assertEqual(len(models), 1, solver)

    def test_block(self):
        """Blocks of features that have little to do with each other; and too
        much, which it says."""
        x, y = program.blobs(200, 1100, 3)
        self.save("wide", program.bytes_of(x), y)
        self.check_same("--data", "wide.npy", "--lambda", "3000,30000",
                        "--validate", "2", "--standardize", solver="block",
                        tolerance=1e-6)
        line = ("--data", "synth:2000", "--lambda", "10", "--solver", "block")
        result = self.fit(*line)
        self.assertEqual(result["solver_steps"], 50)
        self.assertTrue(1e-8 < result["solver_residual"] < 0.1)
        self.assertRegex(self.run_program(*line).stdout,
                         r"\nSolver    block coordinate descent, 784 features, "
                         r"50 rounds to \d\.\de-\d\d\n")
        run = self.run_program("--data", "synth:100", "--features",
                               "patches:16", "--augment", "1", "--solver",
                               "block", status=64)
        self.assertIn("--solver block takes samples without copies",
                      run.stderr)

    def test_lists_and_auto(self):
        """Trials are solved so, too; what is not known is not promised."""
        result = self.fit("--data", "synth:300", "--features",
                          "patches:8,16:grid=2", "--lambda", "10,100",
                          "--solver", "cg")
        self.assertEqual(result["solver"], "cg")
        run = self.run_program("--data", "synth:100", "--features", "auto",
                               "--budget", "10s", "--solver", "cg", status=64)
        self.assertIn("--features auto does not know how long --solver cg",
                      run.stderr)

    def test_report(self):
        out = self.run_program("--data", "synth:300", "--lambda", "10",
                               "--solver", "cg").stdout
        self.assertRegex(out, r"\nSolver    conjugate gradients, 784 features, "
                              r"\d+ steps? to \d\.\de-\d\d\n")
        self.assertRegex(out, r"\nProducts  [\d.,]+ Gflop/s ")

    def test_two_samples(self):
        x, y = program.blobs(2, 50, 2)
        self.save("two", program.bytes_of(x), y)
        cg = self.check_same("--data", "two.npy", "--lambda", "1")
        self.assertEqual(cg["train_accuracy"], 1)

    def test_no_solution(self):
        """More features than samples, and no regularisation: cg finds the
        least of the solutions, and block, which has none, says so."""
        x, y = program.blobs(40, 200, 3)
        self.save("wide", program.bytes_of(x), y)
        result = self.fit("--data", "wide.npy", "--lambda", "0", "--solver",
                          "cg")
        self.assertEqual(result["train_accuracy"], 1)
        run = self.run_program("--data", "synth:300", "--lambda", "0",
                               "--solver", "block", status=65)
        self.assertRegex(run.stderr, "synth:300: with --lambda 0, .* residual "
                         "of 1, which is no solution; give a larger value")


if __name__ == "__main__":
    program.main()
