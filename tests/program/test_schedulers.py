"""Which scheduler ran, what it knew of the tasks, where the workers' time went,
and the command that does it all again."""
import os
import pathlib
import subprocess

import program

SMALL = ["--data", "synth:100", "--tiles", "4", "--folds", "2", "--lambda",
         "1,10"]
WARNING = "without a calibrated performance model"
# What may differ between two runs of the same command.
TIMES = ("seconds", "gram_gflops", "worker_seconds")


class Schedulers(program.Case):
    def show(self, *arguments, ranks=None, **how):
        """Fit; value: what --json says, and what the terminal shows."""
        run = self.run_program("--json", "fit.json", *arguments, ranks=ranks,
                               **how)
        return self.read_json("fit.json"), run.stdout

    def empty_home(self, scheduler):
        """Settings for a user for whom StarPU has measured nothing yet."""
        home = self.folder / "home"
        home.mkdir()
        return {"STARPU_HOME": str(home), "STARPU_SCHED": scheduler,
                "STARPU_PERF_MODEL_DIR": str(home / ".starpu" / "sampling")}

    def model(self, *arguments, **how):
        path = self.folder / "model.safetensors"
        self.run_program("--quiet", "--model", path, *arguments, **how)
        return path.read_bytes()

    def test_named(self):
        for name in ("eager", "lws", "ws", "prio", "random", "dmda", "dmdas"):
            with self.subTest(name):
                result, text = self.show(*SMALL,
                                         settings={"STARPU_SCHED": name})
                self.assertEqual(result["scheduler"], name)
                self.assertRegex(text, r"(?m)^Run .* scheduler %s$" % name)
                self.assertEqual(result["uncalibrated_tasks"] > 0,
                                 WARNING in text)
                if not name.startswith("dm"):  # needs no models
                    self.assertEqual(result["uncalibrated_tasks"], 0)

    def test_calibrate(self):
        settings = self.empty_home("dmdas")
        result, text = self.show(*SMALL, settings=settings)
        self.assertGreater(result["uncalibrated_tasks"], 0)
        self.assertRegex(text, r"(?m)^Warning: %d tasks ran %s," %
                         (result["uncalibrated_tasks"], WARNING))
        self.assertIn("--calibrate", text)
        for option in (["--calibrate"], []):
            result, text = self.show(*SMALL, *option, settings=settings)
            self.assertEqual(result["uncalibrated_tasks"], 0)
            self.assertNotIn(WARNING, text)

    def test_calibrate_for_another_scheduler(self):
        """Any scheduler fills the models, and on several ranks."""
        settings = self.empty_home("lws")
        result, _ = self.show(*SMALL, "--calibrate", settings=settings)
        self.assertEqual(result["uncalibrated_tasks"], 0)
        settings["STARPU_SCHED"] = "dmda"
        result, _ = self.show(*SMALL, settings=settings)
        self.assertEqual(result["uncalibrated_tasks"], 0)

    def test_calibrate_leaves_the_model_as_it_is(self):
        plain = self.model(*SMALL)
        settings = self.empty_home("dmdas")
        self.assertEqual(self.model(*SMALL, settings=settings), plain)
        self.assertEqual(self.model(*SMALL, "--calibrate", ranks=2,
                                    settings=settings), plain)
        self.assertEqual(self.model(*SMALL, settings=settings), plain)

    def check_workers(self, result):
        """Value: how many workers each rank has."""
        workers = result["worker_seconds"]
        self.assertEqual(len(workers), result["workers"])
        counts = [0] * result["ranks"]
        for worker in workers:
            self.assertEqual(worker["worker"], counts[worker["rank"]])
            counts[worker["rank"]] += 1
            shares = [worker[key] for key in ("busy", "idle", "overhead")]
            self.assertGreater(min(shares), -1e-3)
            self.assertLess(sum(shares), result["seconds"]["total"])
        self.assertEqual([worker["rank"] for worker in workers],
                         sorted(worker["rank"] for worker in workers))
        busy = sum(worker["busy"] for worker in workers)
        phases = sum(seconds for phase, seconds in result["seconds"].items()
                     if phase != "total")
        self.assertGreater(busy, 0)
        self.assertAlmostEqual(busy / len(workers), phases, places=9)
        return counts

    def test_workers(self):
        for ranks in (None, 1, 3):
            with self.subTest(ranks=ranks):
                run = self.run_program(*SMALL, "--verbose", "--json",
                                       "fit.json", ranks=ranks)
                result = self.read_json("fit.json")
                counts = self.check_workers(result)
                self.assertGreaterEqual(min(counts), 1)
                self.assertRegex(run.stdout, r"(?m)^Workers +busy \d")
                lines = run.stderr.splitlines()
                start = lines.index("rank  worker    busy    idle  overhead")
                table = [line.split()[:2] for line in
                         lines[start + 1:start + 1 + sum(counts)]]
                self.assertEqual(table, [[str(w["rank"]), str(w["worker"])]
                                         for w in result["worker_seconds"]])

    def test_workers_of_a_prediction(self):
        self.run_program(*SMALL, "--quiet", "--model", "m.safetensors")
        run = self.run_program("predict", "--model", "m.safetensors", "--data",
                               "synth:100", "--json", "p.json", ranks=2)
        result = self.read_json("p.json")
        self.check_workers(result)
        self.assertRegex(run.stdout, r"(?m)^Workers +busy \d")

    def rerun(self, line):
        """Type a command line into a shell whose PATH holds the program."""
        folder = str(pathlib.Path(program.PROGRAM).resolve().parent)
        subprocess.run(
            ["sh", "-c", line], cwd=self.folder, check=True,
            timeout=60 * program.PATIENCE, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=program.environment(
                PATH=folder + os.pathsep + os.environ["PATH"],
                OMPI_MCA_rmaps_base_oversubscribe="1"))

    def test_command(self):
        """It does the same again, whatever the names are."""
        samples, labels = program.blobs(90, 8, 3)
        data = self.save("it's \"the\" $HOME; `ls` & * \\ d\u00e9j\u00e0",
                         program.bytes_of(samples), labels)
        model = self.folder / "m'o del.safetensors"
        for ranks, settings in ((None, {}), (2, {"STARPU_SCHED": "lws"})):
            with self.subTest(ranks=ranks):
                first = self.fit("--data", data, "--lambda", "1,1e2",
                                 "--folds=3", "--model", model, ranks=ranks,
                                 settings=settings)
                start = "starpu_ridge --quiet --json fit.json --data 'it'"
                if ranks:
                    start = "STARPU_SCHED=lws mpirun -np 2 " + start
                self.assertEqual(first["command"][:len(start)], start)
                made = model.read_bytes()
                model.unlink()
                (self.folder / "fit.json").unlink()
                self.rerun(first["command"])
                again = self.read_json("fit.json")
                self.assertEqual(model.read_bytes(), made)
                for key in TIMES:
                    del first[key], again[key]
                self.assertEqual(again, first)


if __name__ == "__main__":
    program.main()
