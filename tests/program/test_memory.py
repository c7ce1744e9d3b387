"""Peak memory grows neither with the number of samples (60,000 and 1,200,000
synthetic pictures, 0.9 GB of pixels) nor with the number of factorizations.
"""
import os
import unittest

import program

MIB = 1 << 20


@unittest.skipIf(program.SANITIZED, "sanitizers take memory of their own")
class Memory(program.Case):
    def peak(self, *arguments):
        """Peak resident bytes of one process."""
        line = program.command(*arguments, "--quiet")
        pid = os.posix_spawn(line[0], line, program.environment())
        _, status, usage = os.wait4(pid, 0)
        self.assertEqual(os.waitstatus_to_exitcode(status), 0)
        return usage.ru_maxrss * 1024

    def test_samples(self):
        small = self.peak("--data", "synth:60000", "--lambda", "1")
        large = self.peak("--data", "synth:1200000", "--lambda", "1")
        print("peak %.0f MiB, of 20 times the samples %.0f MiB" %
              (small / MIB, large / MIB))
        self.assertGreater(small, 20 * MIB)
        self.assertLessEqual(large, 1.3 * small + 64 * MIB)

    def test_factorizations(self):
        """4,096 features, 5 folds x 20 lambdas; one system is 128 MiB."""
        name = self.save("wide", *program.blobs(300, 4096, 3))
        peak = self.peak("--data", self.folder / name, "--lambda", "auto",
                         "--folds", "5")
        print("peak %.0f MiB, of 100 factorizations" % (peak / MIB))
        self.assertLess(peak, 6 * 1024 * MIB)


if __name__ == "__main__":
    program.main()
