"""--solver dual finds the model of --solver primal from products of samples, and
the same bytes with any ranks and workers."""
import program

LAMBDAS = ("--lambda", "1,10,100")


class Dual(program.Case):
    def model(self, *arguments, **how):
        """Weights, intercept, and what --json says."""
        result = self.fit("--model", "m", *arguments, **how)
        weights, intercept, _ = program.read_model(self.folder / "m")
        return weights, intercept, result

    def check_same(self, *arguments, tolerance=1e-6, validation=1e-4):
        """Both forms agree: models, validation, predictions. Value: results."""
        import numpy
        models = [self.model(*arguments, "--solver", solver)
                  for solver in ("dual", "primal")]
        for got, good in zip(models[0][:2], models[1][:2]):
            self.assertLess(abs(got - good).max(), tolerance *
                            abs(numpy.asarray(good)).max())
        dual, primal = models[0][2], models[1][2]
        self.assertEqual((dual["solver"], primal["solver"]),
                         ("dual", "primal"))
        for key in ("lambda", "train_accuracy", "confusion", "features"):
            self.assertEqual(dual[key], primal[key], key)
        for got, good in zip(dual["cv"], primal["cv"], strict=True):
            self.assertAlmostEqual(got["accuracy"], good["accuracy"],
                                   delta=max(1e-12, 10 * validation))
            self.assertAlmostEqual(got["mse"], good["mse"],
                                   delta=validation * good["mse"])
        return dual, primal

    def test_synthetic_digits(self):
        self.check_same("--data", "synth:300", *LAMBDAS, validation=1e-9)
        self.check_same("--data", "synth:300", "--lambda", "10")
        self.check_same("--data", "synth:300", "--lambda", "100",
                        "--standardize")
        self.check_same("--data", "synth:1200", *LAMBDAS, validation=1e-9)

    def test_far_more_features(self):
        x, y = program.blobs(60, 5000, 3)
        self.save("wide", program.bytes_of(x), y)
        self.check_same("--data", "wide.npy", *LAMBDAS, "--folds", "3",
                        validation=1e-9)
        self.save("float", x, y)
        self.check_same("--data", "float.npy", *LAMBDAS, "--holdout", "0.2",
                        tolerance=1e-3, validation=1e-3)

    def test_patches(self):
        dual, _ = self.check_same("--data", "synth:200", "--features",
                                  "patches:64", "--folds", "4", "--validate",
                                  "4", "--lambda", "1,20", validation=0.02)
        self.assertEqual(dual["features"], 1152)

    def test_two_samples(self):
        x, y = program.blobs(2, 50, 2)
        self.save("two", program.bytes_of(x), y)
        dual, _ = self.check_same("--data", "two.npy", "--lambda", "1")
        self.assertEqual(dual["train_accuracy"], 1)

    def test_chosen_by_itself(self):
        """Where samples that are trained on are fewer than features."""
        for count, solver in ((783, "dual"), (784, "primal")):
            result = self.fit("--data", "synth:%d" % count, "--lambda", "10")
            self.assertEqual(result["solver"], solver)
        result = self.fit("--data", "synth:980", "--lambda", "10",
                          "--holdout", "0.25")
        self.assertEqual((result["n_train"] < 784, result["solver"]),
                         (True, "dual"))
        out = self.run_program("--data", "synth:300", "--lambda", "10").stdout
        self.assertIn("\nSolver    dual, 300 samples, in double precision\n",
                      out)
        out = self.run_program("--data", "synth:300", "--lambda", "10",
                               "--solver", "primal").stdout
        self.assertIn("\nSolver    primal, 784 features, in double precision\n",
                      out)

    def test_many_tiles(self):
        """Tiles are blocks of the dual form, which is not chosen where they are
        very many, but to be had."""
        line = ("--data", "synth:150", "--lambda", "10", "--tiles")
        self.assertEqual(self.fit(*line, "64")["solver"], "dual")
        self.assertEqual(self.fit(*line, "65")["solver"], "primal")
        self.assertEqual(self.fit(*line, "65", "--solver", "dual")["solver"],
                         "dual")

    def test_copies(self):
        """Copies are samples, too: by products of features, or a message."""
        line = ("--data", "synth:100", "--features", "patches:16",
                "--augment", "1", "--lambda", "10")
        self.assertEqual(self.fit(*line)["solver"], "primal")
        run = self.run_program(*line, "--solver", "dual", status=64)
        self.assertIn("--solver dual takes samples without copies", run.stderr)

    def test_statistics_are_of_all_samples(self):
        """The report says where validation is not that of the primal form."""
        text = "variances are those of all training samples in every fold"
        for solver in ("dual", "primal"):
            out = self.run_program("--data", "synth:100", *LAMBDAS, "--solver",
                                   solver, "--standardize").stdout
            self.assertEqual(text in out, solver == "dual")

    def test_singular(self):
        for lambdas in ("0", "0,0.0"):
            run = self.run_program("--data", "synth:100", "--lambda", lambdas,
                                   status=65)
            self.assertRegex(run.stderr, "no single solution|singular")
            self.assertIn("give a larger value, such as --lambda", run.stderr)
        result = self.fit("--data", "synth:100", "--lambda", "0,10")
        self.assertEqual([row["failed_folds"] for row in result["cv"]], [5, 0])
        self.assertEqual(result["lambda"], 10)

    def test_same_bytes(self):
        """Ranks, workers and the scheduler have no part in the model."""
        for line in (("--data", "synth:200", *LAMBDAS),
                     ("--data", "synth:200", "--lambda", "10", "--standardize",
                      "--tiles", "7"),
                     ("--data", "synth:120", "--features", "patches:16")):
            self.fit(*line, "--model", "one")
            one = self.read_json("fit.json")
            self.assertEqual(one["solver"], "dual")
            for ranks, workers in ((1, 1), (2, 1), (3, 2)):
                with self.subTest(line, ranks=ranks, workers=workers):
                    other = self.fit(*line, "--model", "other", ranks=ranks,
                                     settings={"STARPU_NCPU": str(workers)})
                    self.assertEqual((self.folder / "one").read_bytes(),
                                     (self.folder / "other").read_bytes())
                    self.assertEqual(one["cv"], other["cv"])


if __name__ == "__main__":
    program.main()
