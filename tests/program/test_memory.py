"""Peak memory does not grow with the number of samples: 60,000 and 1,200,000
synthetic pictures, 0.9 GB of pixels."""
import os

import program

MIB = 1 << 20


class Memory(program.Case):
    def peak(self, samples):
        """Peak resident bytes of one process."""
        arguments = program.command("--data", "synth:%d" % samples, "--lambda",
                                    "1", "--quiet")
        pid = os.posix_spawn(arguments[0], arguments, program.environment())
        _, status, usage = os.wait4(pid, 0)
        self.assertEqual(os.waitstatus_to_exitcode(status), 0)
        return usage.ru_maxrss * 1024

    def test_synthetic(self):
        small, large = self.peak(60_000), self.peak(1_200_000)
        print("peak: %.0f MiB, with 20 times the samples %.0f MiB" %
              (small / MIB, large / MIB))
        self.assertGreater(small, 20 * MIB)
        self.assertLessEqual(large, 1.3 * small + 64 * MIB)


if __name__ == "__main__":
    program.main()
