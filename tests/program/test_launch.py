"""The program finds its share of the node, whatever the launcher does."""
import os
import re

import program


class Launch(program.Case):
    def start(self, ranks=None, **how):
        """Value: ranks, workers of all ranks and of rank 0, cores."""
        run = self.run_program("--data", "synth:500", "--lambda", "1",
                               "--tiles", "8", "--verbose", ranks=ranks, **how)
        ranks = re.search(r"^ranks +(\d+) \((\d+) on this node\)$", run.stderr,
                          re.M)
        workers = re.search(r"^workers +(\d+) \((\d+) on rank 0\)$",
                            run.stderr, re.M)
        cores = re.search(r"^cores +(\d+) ", run.stderr, re.M)
        self.assertTrue(ranks and workers and cores, run.stderr)
        self.assertRegex(run.stderr, r"(?m)^scheduler +\w")
        self.assertEqual(ranks[1], ranks[2])
        return (int(ranks[1]), int(workers[1]), int(workers[2]),
                int(cores[1]))

    def test_alone_on_all_cores(self):
        ranks, workers, own, cores = self.start()
        self.assertEqual(cores, program.cores())
        self.assertEqual((ranks, workers, own), (1, cores, cores))

    def test_mpirun_without_options(self):
        ranks, workers, own, cores = self.start(ranks=0, mpirun=())
        self.assertGreaterEqual(ranks, 1)
        self.assertGreaterEqual(own, 1)
        self.assertEqual(workers, max(ranks, cores))

    def test_ranks_share_the_cores(self):
        for count in (1, 2, 3, 4):
            for mpirun in (("--oversubscribe",),
                           ("--oversubscribe", "--bind-to", "core"),
                           ("--oversubscribe", "--bind-to", "none")):
                if "core" in mpirun and count > program.cores():
                    continue  # OpenMPI itself refuses
                with self.subTest(ranks=count, mpirun=mpirun):
                    ranks, workers, own, cores = self.start(ranks=count,
                                                            mpirun=mpirun)
                    self.assertEqual(ranks, count)
                    self.assertGreaterEqual(own, 1)
                    self.assertGreaterEqual(workers, ranks)
                    self.assertEqual(workers, max(ranks, cores))

    def test_many_more_ranks_than_cores(self):
        """Who waits sleeps: were it to spin, this would take minutes."""
        for ranks in (None, 8 * program.cores()):
            self.run_program("--data", "synth:20000", "--lambda", "1,10,100",
                             "--model", "%s.st" % ranks, ranks=ranks,
                             timeout=30)
        self.assertEqual((self.folder / "None.st").read_bytes(),
                         (self.folder / ("%s.st" % ranks)).read_bytes())

    def test_users_settings_win(self):
        self.assertEqual(self.start(settings={"STARPU_NCPU": "1"})[:3],
                         (1, 1, 1))
        self.assertEqual(
            self.start(ranks=2, settings={"STARPU_NCPU": "1"})[:3], (2, 2, 1))
        run = self.run_program("--data", "synth:500", "--lambda", "1",
                               "--verbose", settings={"STARPU_SCHED": "lws"})
        self.assertRegex(run.stderr, r"(?m)^scheduler +lws$")

    def test_what_the_user_leaves_to_it(self):
        """taskset and batch systems count, unlike OpenMPI's own binding."""
        cores = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(cores)})
        try:
            for ranks in (None, 2):
                run = self.run_program("--data", "synth:500", "--lambda", "1",
                                       "--verbose", ranks=ranks)
                self.assertRegex(run.stderr, r"(?m)^cores +1 ")
        finally:
            os.sched_setaffinity(0, cores)

    def test_processes_side_by_side(self):
        """One process makes no folder that others on the node would share."""
        self.run_program("--data", "synth:500", "--lambda", "1",
                         settings={"TMPDIR": "/dev/null/none"}, ranks=None)

    def test_json_tells_the_same(self):
        result = self.fit("--data", "synth:500", "--lambda", "1", ranks=2)
        self.assertEqual(result["ranks"], 2)
        self.assertEqual(result["workers"], max(2, program.cores()))
        self.assertEqual(result["scheduler"], "prio")

    def test_quiet_is_silent(self):
        for ranks in (None, 2):
            run = self.run_program("--data", "synth:500", "--lambda", "1",
                                   "--quiet", ranks=ranks)
            self.assertEqual((run.stdout, run.stderr), ("", ""))

    def test_results_appear_once(self):
        run = self.run_program("--data", "synth:500", "--lambda", "1", ranks=3)
        self.assertEqual(run.stdout.count("Accuracy"), 1)
        self.assertEqual(run.stderr, "")  # no progress bar on a file


if __name__ == "__main__":
    program.main()
