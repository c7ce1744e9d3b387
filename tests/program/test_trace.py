"""--trace of two ranks: a graph with all stages, a timeline for ViTE, and
nothing else left behind."""
import os
import re
import shutil
import subprocess
import unittest

import program

STAGES = ("load features moments gram fill add assemble potrf trsm syrk gemm "
          "rhs substitute intercept collect residual predict score select")


class Trace(program.Case):
    def setUp(self):
        super().setUp()
        done = self.run_program("--version")
        if " 1.3" in done.stdout.splitlines()[1]:
            self.skipTest("this StarPU has no FxT")

    def record(self, *arguments):
        self.run_program("--data", "synth:4000", "--tiles", "12", "--block",
                         "208", "--lambda", "1,10", "--quiet", "--trace",
                         "trace", *arguments, ranks=2)
        return self.folder / "trace"

    def test_stages_of_both_ranks(self):
        folder = self.record()
        self.assertEqual(sorted(os.listdir(folder)), ["dag.dot", "paje.trace"])
        dag = (folder / "dag.dot").read_text()
        labels = re.findall(r'"task_(\d)_\d+" \[[^\]]*label="([a-z]\w+)"',
                            dag) # StarPU's own tasks begin with _
        self.assertEqual({name for _, name in labels}, set(STAGES.split()))
        for stage in ("load", "features", "moments", "gram", "potrf", "trsm",
                      "substitute", "predict"):
            self.assertEqual({rank for rank, name in labels if name == stage},
                             {"0", "1"}, stage)
        paje = (folder / "paje.trace").read_text()
        for stage in STAGES.split():
            self.assertIn("\t%s\t" % stage, paje)

    def test_vite_exports_it(self):
        if not shutil.which("vite"):
            self.skipTest("no vite: sh cmake/setup.sh --tests installs it")
        folder = self.record()
        picture = folder / "timeline.svg"
        subprocess.run(["vite", "-e", picture, folder / "paje.trace"],
                       check=True, timeout=60, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL,
                       env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
        text = picture.read_text()
        for row in ("0_CPU0", "1_CPU0"):
            self.assertIn(row, text)
        gram = "rgb(31,120,180)" # the stage's colour, in task.h
        self.assertIn(gram, text)

    def test_a_second_trace_replaces_the_first(self):
        first = self.record()
        again = self.record("--seed", "1")
        self.assertEqual(first, again)
        self.assertEqual(sorted(os.listdir(again)), ["dag.dot", "paje.trace"])

    def test_folder_that_cannot_be(self):
        done = self.run_program("--data", "synth:2000", "--trace",
                                "none/here", ranks=2, status=73)
        self.assertIn("cannot make the folder", done.stderr)


if __name__ == "__main__":
    program.main()
