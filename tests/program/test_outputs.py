"""Outputs go where they are wanted, and nowhere else: to what the shell has
opened, to pipes, over old files, and into folders of any name."""
import os
import subprocess

import program
from bad_files import pictures

SMALL = ("--data", "synth:300", "--lambda", "1")


class Outputs(program.Case):
    def shell(self, script, *arguments, status=0):
        """Run a script, whose "$@" is the program."""
        done = subprocess.run(
            ["sh", "-c", script, "sh", *program.command(*arguments)],
            cwd=self.folder, env=program.environment(), text=True,
            capture_output=True, timeout=60 * program.PATIENCE, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def test_what_is_open_already(self):
        (self.folder / "log").write_text("precious\n")
        for name in ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"):
            with self.subTest(name):
                done = self.shell('"$@" >>log', *SMALL, "--json", name)
                text = (self.folder / "log").read_text()
                self.assertTrue(text.startswith("precious\n{"), text)
                self.assertIn("Accuracy", done.stderr) # the tables make room
                (self.folder / "log").write_text("precious\n")
                done = self.shell('"$@" | cat', *SMALL, "--json", name)
                self.assertTrue(done.stdout.startswith("{"), done.stdout)
        done = self.shell('"$@" 3>three', *SMALL, "--json", "/dev/fd/3")
        self.assertTrue((self.folder / "three").read_text().startswith("{"))
        self.assertIn("Accuracy", done.stdout)
        self.shell('"$@"', *SMALL, "--json", "/dev/fd/9", status=73)

    def test_pipe(self):
        os.mkfifo(self.folder / "pipe")
        done = self.shell('cat pipe >copy & sleep 0.2; "$@"; s=$?; wait; exit $s',
                          *SMALL, "--json", "pipe", "--quiet")
        self.assertEqual(done.stderr, "")
        self.assertTrue((self.folder / "copy").read_text().endswith("}\n"))
        done = self.shell('"$@"', *SMALL, "--json", "pipe", "--quiet",
                          status=73)
        self.assertIn("start the program that reads the pipe", done.stderr)

    def test_again_beside_the_data(self):
        """Only files of the data are protected, not those of earlier runs."""
        pictures(self.folder)
        for _ in range(2):
            self.run_program("--data", ".", "--lambda", "1", "--quiet",
                             "--model", "m.safetensors", "--json", "r.json",
                             "--confusion", "c.png")

    def test_trace_in_a_folder_like_a_pattern(self):
        if " 1.3" in self.run_program("--version").stdout.splitlines()[1]:
            self.skipTest("this StarPU has no FxT")
        mine = self.folder / "t1" / "prof_file_mine"
        mine.parent.mkdir()
        mine.write_text("mine")
        for name in ("t[1]", "t?", "t*", "t\\"):
            self.run_program(*SMALL, "--quiet", "--trace", name, ranks=2)
            self.assertEqual(sorted(os.listdir(self.folder / name)),
                             ["dag.dot", "paje.trace"], name)
        self.assertEqual(mine.read_text(), "mine")
        long = "/".join(["n" * 48] * 4)
        (self.folder / long).mkdir(parents=True)
        self.run_program(*SMALL, "--quiet", "--trace", long + "/t", ranks=2)
        self.assertEqual(len(os.listdir(self.folder / long / "t")), 2)


if __name__ == "__main__":
    program.main()
