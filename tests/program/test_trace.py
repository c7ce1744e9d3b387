"""--trace of two ranks: a graph with all stages, a timeline for ViTE, and
nothing else left behind."""
import os
import re
import shutil
import subprocess
import unittest

import program

STAGES = ("load pack moments gram fill add assemble potrf trsm syrk gemm "
          "rhs substitute intercept collect copy residual predict score "
          "select")
ON_RANK_0 = {"score", "select"} # one task decides


class Trace(program.Case):
    def setUp(self):
        super().setUp()
        done = self.run_program("--version")
        if " 1.3" in done.stdout.splitlines()[1]:
            self.skipTest("this StarPU has no FxT")

    def record(self, *arguments, ranks=2):
        self.run_program("--data", "synth:4000", "--tiles", "12", "--block",
                         "208", "--lambda", "1,10", "--quiet", "--trace",
                         "trace", *arguments, ranks=ranks)
        return self.folder / "trace"

    def test_stages_of_both_ranks(self):
        folder = self.record()
        self.assertEqual(sorted(os.listdir(folder)), ["dag.dot", "paje.trace"])
        stages = set(STAGES.split())
        # PajePushState of a worker: 20, time, RANK_wWORKER, WS, "name"
        paje = re.findall(r'^20\t\S+\t(\d)_w\d+\tWS\t"([a-z]\w*)"\t\d',
                          (folder / "paje.trace").read_text(), re.M)
        for rank in "01":
            ran = {name for at, name in paje if at == rank}
            self.assertEqual(ran, stages - (ON_RANK_0 if rank == "1" else
                                            set()), rank)

    def test_graph(self):
        dag = (self.record() / "dag.dot").read_text()
        task = dict(re.findall(r'^\t\t"(task_\d_\d+)" \[label="(\w+)"', dag,
                               re.M))
        self.assertEqual(set(task.values()), set(STAGES.split()))
        self.assertEqual(re.findall(r'label="rank (\d)"', dag), ["0", "1"])
        colors = re.findall(r'label="gram", fillcolor="(#\w+)"', dag)
        self.assertEqual(set(colors), {"#1f78b4"})
        self.assertTrue(re.search(r'tooltip="gram [^"]*M208x208x8, priority '
                                  r'-8192, worker 0, \d+\.\d{3} ms"', dag))
        panels = re.findall(r'tooltip="potrf [^"]*priority (\d+)', dag)
        self.assertEqual({int(panel) for panel in panels},
                         {12288, 12287, 12286, 12285}) # the first one first
        arrows = re.findall(r'"(\w+)" -> "(\w+)"(.*);', dag)
        names = {(task[a], task[b]) for a, b, _ in arrows}
        for pair in (("load", "pack"), ("pack", "gram"),
                     ("gram", "gram"), ("gram", "add"), ("add", "assemble"),
                     ("potrf", "trsm"), ("trsm", "syrk"), ("score", "select"),
                     ("collect", "predict")):
            self.assertIn(pair, names)
        for a, b, style in arrows: # from rank to rank: dashed, and only then
            self.assertEqual(a[:6] != b[:6], "dashed" in style, (a, b))
        self.assertTrue(any(style for _, _, style in arrows))
        if shutil.which("dot"):
            subprocess.run(["dot", "-Tsvg"], input=dag, text=True, check=True,
                           timeout=60 * program.PATIENCE,
                           stdout=subprocess.DEVNULL)

    def test_graph_of_one_process(self):
        for ranks in (None, 1):
            dag = (self.record(ranks=ranks) / "dag.dot").read_text()
            names = re.findall(r'^\t\t"task_\w+" \[label="(\w+)"', dag, re.M)
            self.assertEqual(set(names), set(STAGES.split()) - {"copy"})
            self.assertEqual(re.findall(r'label="rank (\d)"', dag), ["0"])

    def test_vite_exports_it(self):
        if not shutil.which("vite"):
            self.skipTest("no vite: sh cmake/setup.sh --tests installs it")
        folder = self.record()
        picture = folder / "timeline.svg"
        times = [float(t) for t in re.findall(
            r'^20\t(\S+)\t\d_w\d+\tWS\t"gram"',
            (folder / "paje.trace").read_text(), re.M)]
        span = "%.0f:%.0f" % (min(times) - 1, max(times) + 1)
        subprocess.run(["vite", "-t", span, "-e", picture, folder / "paje.trace"],
                       check=True, timeout=60 * program.PATIENCE,
                       stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL,
                       env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
        text = picture.read_text()
        for row in ("0_CPU0", "1_CPU0"):
            self.assertTrue(row in text, row)
        gram = "rgb(31,120,180)" # the stage's colour, in gram.c
        self.assertTrue(gram in text)

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
