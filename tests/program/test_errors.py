"""What goes wrong is said once, with a remedy, and with its exit status; no
output file is left behind."""
import os
import pathlib
import unittest

import numpy

import program

USAGE, DATA, NOINPUT, CANTCREAT, IOERR = 64, 65, 66, 73, 74


class Errors(program.Case):
    def setUp(self):
        super().setUp()
        samples, labels = program.blobs(60, 9, 3)
        self.save("good", program.bytes_of(samples), labels)
        self.save("floats", samples, labels)
        self.save("unlabelled", samples)
        self.save("narrow", program.bytes_of(samples[:, :8]), labels)
        self.save("strange", program.bytes_of(samples), labels + 1)
        self.save("one_class", samples, 0 * labels)
        samples[:, 4] = 77
        self.save("constant", program.bytes_of(samples), labels)
        samples[17, 3] = numpy.nan
        self.save("nan", samples, labels)
        (self.folder / "empty").mkdir()
        (self.folder / "text.npy").write_text("no array at all\n")
        cut = (self.folder / "good.npy").read_bytes()[:-7]
        (self.folder / "cut.npy").write_bytes(cut)
        (self.folder / "cut.labels.npy").write_bytes(
            (self.folder / "good.labels.npy").read_bytes())

    def contents(self):
        return sorted(str(path) for path in self.folder.rglob("*"))

    def refuse(self, status, says, *arguments):
        """Run it alone and on two ranks; look at all that it leaves."""
        before = self.contents()
        for ranks in (None, 2):
            with self.subTest(arguments=arguments, ranks=ranks):
                run = self.run_program(*arguments, ranks=ranks, status=status)
                message = [line for line in run.stderr.splitlines()
                           if "starpu_ridge: " in line]
                self.assertEqual(len(message), 1, run.stderr)
                self.assertTrue(message[0].startswith("starpu_ridge: "))
                for part in says:
                    self.assertIn(part, message[0])
                if ranks is None:
                    self.assertEqual(len(run.stderr.splitlines()), 1)
                self.assertEqual(run.stdout, "")
                self.assertEqual(self.contents(), before)

    def refuse_fit(self, status, says, *arguments):
        self.refuse(status, says, *arguments, "--model", "m.safetensors",
                    "--json", "m.json")

    def test_command_line(self):
        self.refuse_fit(USAGE, ["--frobnicate", "--help"], "--frobnicate")
        self.refuse_fit(USAGE, ["--lambda", "'-1'"], "--lambda=-1")
        self.refuse_fit(USAGE, ["--lambda", "'x'"], "--lambda", "1,x")
        self.refuse_fit(USAGE, ["--tiles", "'0'"], "--tiles", "0")
        self.refuse_fit(USAGE, ["--holdout"], "--holdout", "1")
        self.refuse_fit(USAGE, ["--folds"], "--folds", "1")
        self.refuse(USAGE, ["--model"], "predict", "--data", "good.npy")

    def test_message_is_never_lost(self):
        """Of four ranks that find the same fault, rank 0 is to say it."""
        for _ in range(10):
            run = self.run_program("--frobnicate", ranks=4, status=USAGE)
            self.assertEqual(run.stderr.count("starpu_ridge: unknown"), 1)

    def test_sizes(self):
        self.refuse_fit(USAGE, ["--tiles 61", "60"], "--data", "good.npy",
                        "--lambda", "1", "--tiles", "61")
        self.refuse_fit(USAGE, ["--tiles 4", "--folds 5"], "--data",
                        "good.npy", "--lambda", "1,2", "--tiles", "4")
        self.refuse_fit(USAGE, ["--folds 61", "60"], "--data", "good.npy",
                        "--lambda", "1,2", "--folds", "61")
        self.refuse_fit(USAGE, ["--holdout 0.001", "test on"], "--data",
                        "good.npy", "--holdout", "0.001")

    def test_missing_input(self):
        self.refuse_fit(NOINPUT, ["missing.npy"], "--data", "missing.npy")
        self.refuse_fit(NOINPUT, ["missing"], "--data", "good.npy", "--test",
                        "missing", "--lambda", "1")
        self.refuse_fit(NOINPUT, ["missing.npy"], "--data", "good.npy",
                        "--labels", "missing.npy", "--lambda", "1")
        self.refuse(NOINPUT, ["missing.safetensors"], "predict", "--model",
                    "missing.safetensors", "--data", "good.npy", "--output",
                    "a.csv")

    def test_unfit_input(self):
        self.refuse_fit(DATA, ["empty", "IDX"], "--data", "empty")
        self.refuse_fit(DATA, ["text.npy"], "--data", "text.npy")
        self.refuse_fit(DATA, ["cut.npy"], "--data", "cut.npy")
        self.refuse_fit(DATA, ["one_class.npy", "one class"], "--data",
                        "one_class.npy")
        self.refuse_fit(DATA, ["unlabelled.npy", "--labels"], "--data",
                        "unlabelled.npy")
        self.refuse_fit(DATA, ["nan.npy", "17"], "--data", "nan.npy",
                        "--lambda", "1")
        self.refuse_fit(DATA, ["nan.npy", "17"], "--data", "nan.npy",
                        "--tiles", "30")

    def test_unfit_test_set(self):
        self.refuse_fit(DATA, ["narrow.npy", "8", "9"], "--data", "good.npy",
                        "--test", "narrow.npy", "--lambda", "1")
        self.refuse_fit(DATA, ["floats.npy"], "--data", "good.npy", "--test",
                        "floats.npy", "--lambda", "1")
        self.refuse_fit(DATA, ["strange.npy", '"3"'], "--data", "good.npy",
                        "--test", "strange.npy", "--lambda", "1")
        self.refuse_fit(DATA, ["unlabelled.npy"], "--data", "floats.npy",
                        "--test", "unlabelled.npy", "--lambda", "1")

    def test_singular_gram(self):
        """The message suggests a lambda, which then works."""
        self.refuse_fit(DATA, ["singular", "--lambda 0", "feature 4",
                               "--lambda 1"],
                        "--data", "constant.npy", "--lambda", "0")
        self.fit("--data", "constant.npy", "--lambda", "1")

    def test_singular_gram_in_validation(self):
        """Lambda 0 is shown as failed; another is chosen."""
        for ranks in (None, 2):
            with self.subTest(ranks=ranks):
                result = self.fit("--data", "constant.npy", "--lambda",
                                  "0,1,10", ranks=ranks)
                self.assertEqual([row["failed_folds"] for row in
                                  result["cv"]], [5, 0, 0])
                self.assertEqual([row["accuracy"] is None for row in
                                  result["cv"]], [True, False, False])
                self.assertIn(result["lambda"], (1, 10))
        run = self.run_program("--data", "constant.npy", "--lambda", "0,1,10")
        self.assertIn("not positive definite in 5 of 5 folds", run.stdout)

    def test_every_lambda_fails(self):
        twice = numpy.load(self.folder / "good.npy")
        twice[:, 5] = twice[:, 2]
        self.save("twice", twice, numpy.load(self.folder / "good.labels.npy"))
        self.refuse_fit(DATA, ["singular", "--lambda 1"], "--data",
                        "twice.npy", "--lambda", "0,1e-200")

    def test_output_cannot_be_created(self):
        fit = ["--data", "good.npy", "--lambda", "1"]
        self.refuse(CANTCREAT, ["nowhere/m.safetensors"], *fit, "--model",
                    "nowhere/m.safetensors")
        self.refuse(CANTCREAT, ["nowhere/m.json"], *fit, "--json",
                    "nowhere/m.json")
        self.run_program(*fit, "--quiet", "--model", "m.safetensors")
        predict = ["predict", "--model", "m.safetensors", "--data", "good.npy"]
        self.refuse(CANTCREAT, ["nowhere/a.csv"], *predict, "--output",
                    "nowhere/a.csv")

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_full_disk(self):
        self.refuse(IOERR, ["/dev/full"], "--data", "good.npy", "--lambda",
                    "1", "--quiet", "--model", "/dev/full")
        self.assertTrue(pathlib.Path("/dev/full").is_char_device())

    def test_a_failed_fit_leaves_the_old_model(self):
        self.run_program("--data", "good.npy", "--lambda", "1", "--quiet",
                         "--model", "m.safetensors")
        old = (self.folder / "m.safetensors").read_bytes()
        self.refuse_fit(DATA, ["nan.npy"], "--data", "nan.npy", "--lambda",
                        "1")
        self.assertEqual((self.folder / "m.safetensors").read_bytes(), old)

    def test_predict_with_another_shape(self):
        self.run_program("--data", "good.npy", "--lambda", "1", "--quiet",
                         "--model", "m.safetensors")
        for data in ("narrow.npy", "floats.npy"):
            self.refuse(DATA, [data, "m.safetensors"], "predict", "--model",
                        "m.safetensors", "--data", data, "--output", "a.csv")
        self.refuse(DATA, ["good.npy"], "predict", "--model", "good.npy",
                    "--data", "good.npy", "--output", "a.csv")

    def test_predict_with_another_picture_size(self):
        """It is the data that does not fit, not an option that was not given.
        """
        self.run_program("--data", "synth:200", "--lambda", "1", "--quiet",
                         "--model", "m.safetensors")
        self.refuse(DATA, ["good.npy", "9", "784"], "predict", "--model",
                    "m.safetensors", "--data", "good.npy", "--output", "a.csv")
        self.refuse_fit(DATA, ["good.npy", "9", "784"], "--data", "synth:200",
                        "--test", "good.npy", "--lambda", "1")


if __name__ == "__main__":
    program.main()
