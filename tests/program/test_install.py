"""What is installed: the tree and the program in it, the manual page, and the
completion of the command line.  Each option is in all three and in --help, for
the same commands."""
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import time
import unittest

import program

PAGE = program.ROOT / "docs" / "starpu_ridge.1"
COMPLETION = program.ROOT / "share" / "starpu_ridge.bash"
BUILD = pathlib.Path(program.PROGRAM).parent
COMMANDS = ("fit", "predict", "info", "synth")
SERVED = {"help", "usage", "version"}  # at once, whatever the command

# A value of each kind that --help names.
VALUES = {"SPEC": "x", "FILE": "x", "FILE.csv": "x.csv", "FOLDER": "x",
          "FILE.html": "x.html", "FILE.png": "x.png", "F": "0.5", "X": "0.5",
          "WxH": "2x2", "train|test": "test", "accuracy|mse": "mse",
          "both|data|model": "data", "auto|primal|dual|cg|block": "cg",
          "auto|int8|float": "float",
          "white|black|#RRGGBB": "black",
          "nhwc|nchw|nhw|flat": "nchw",
          "auto|L[,L...]": "auto", "K": "2", "S": "2", "T": "2", "B": "2",
          "L": "2", "MiB": "2", "N": "2", "R": "2", "V": "2", "MAP[+MAP]|auto": "pixels", "TIME": "5m", "NAME=X[,...]": "shift=2"}


class Shell:
    """An interactive bash that completes in a folder."""

    def __init__(self, folder):
        """Control-X Control-D prints the line as it stands, in <>."""
        start = folder / "bashrc"
        start.write_text(
            ". '%s'\nPS1='ready$ '\n"
            """bind -x '"\\C-x\\C-d": printf "<%%s>\\n" "$READLINE_LINE"'\n"""
            % COMPLETION)
        self.output = ""
        self.child, self.terminal = pty.fork()
        if self.child == 0:
            os.chdir(folder)
            os.execve("/bin/bash", ["bash", "--rcfile", str(start), "-i"],
                      dict(os.environ, TERM="dumb", COLUMNS="2000",
                           INPUTRC="/dev/null"))
        self.read(r"ready\$ ")

    def read(self, pattern):
        end = time.monotonic() + 20
        while True:
            found = re.search(pattern, self.output)
            if found:
                self.output = self.output[found.end():]
                return found[1] if found.re.groups else found[0]
            left = end - time.monotonic()
            if left < 0 or not select.select([self.terminal], [], [], left)[0]:
                raise AssertionError("bash says: " + self.output)
            self.output += os.read(self.terminal, 65536).decode()

    def press(self, line, key):
        os.write(self.terminal,
                 ("starpu_ridge " + line + key + "\x18\x04\x15").encode())
        return self.read(r"<starpu_ridge ([^>]*)>")

    def tab(self, line):
        """What the tabulator key makes of a line."""
        return self.press(line, "\t")

    def all(self, line):
        """All that the last word of a line may become."""
        kept = line[:re.search(r"[^ =:]*$", line).start()]
        inserted = self.press(line, "\x1b*")
        if inserted == line:  # nothing
            return []
        return sorted(inserted[len(kept):].split())

    def close(self):
        os.close(self.terminal)
        os.waitpid(self.child, 0)


class Install(program.Case):
    def install(self, **settings):
        prefix = self.folder / "prefix"
        subprocess.run(["cmake", "--install", str(BUILD), "--prefix",
                        str(prefix)], check=True, stdout=subprocess.DEVNULL,
                       env=dict(os.environ, **settings))
        return prefix

    def test_tree(self):
        prefix = self.install()
        files = {str(file.relative_to(prefix))
                 for file in prefix.rglob("*") if file.is_file()}
        share = "share/doc/starpu_ridge/"
        for name in ("bin/starpu_ridge", "share/man/man1/starpu_ridge.1",
                     "share/bash-completion/completions/starpu_ridge",
                     share + "README.md", share + "LICENSE",
                     share + "examples/cluster.sbatch",
                     share + "examples/hostfile.example",
                     share + "examples/peers/sgemm.py"):
            self.assertIn(name, files)
        self.assertEqual({name.split("/")[0] for name in files},
                         {"bin", "share"})
        self.assertTrue(os.access(prefix / share / "examples/get_data.sh",
                                  os.X_OK))
        self.assertNotIn("__pycache__", " ".join(files))

    def test_destdir(self):
        prefix = self.install(DESTDIR=str(self.folder / "stage"))
        self.assertFalse(prefix.exists())
        staged = pathlib.Path(str(self.folder / "stage") + str(prefix))
        self.assertTrue((staged / "bin" / "starpu_ridge").exists())

    def test_runs_from_a_prefix(self):
        """It finds a StarPU of one's own without LD_LIBRARY_PATH."""
        installed = self.install() / "bin" / "starpu_ridge"
        settings = program.environment()
        settings.pop("LD_LIBRARY_PATH", None)
        for line in ([], ["mpirun", "--oversubscribe", "-np", "2"]):
            run = subprocess.run(
                [*line, str(installed), "--data", "synth:500", "--lambda",
                 "1"], env=settings, cwd=self.folder, text=True, timeout=60,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self.assertEqual(run.returncode, 0, run.stdout)
            self.assertIn("Accuracy", run.stdout)


class Help(program.Case):
    def help(self, *command):
        return self.run_program(*command, "--help").stdout

    def options(self, *command):
        """What --help lists: {long name: value or None}."""
        found = re.findall(r"^ +(?:-\w, )?--([a-z-]+)(?:=(\S+))?(?= |$)",
                           self.help(*command), re.M)
        self.assertGreater(len(found), 5)
        self.assertEqual(len(found), len(dict(found)))
        return {name: value or None for name, value in found}

    def all_options(self):
        return {name: value for command in COMMANDS
                for name, value in self.options(command).items()}

    def meanings(self):
        """{command: the options that the program itself takes for it}.

        What has no meaning is found before what excludes each other."""
        options = self.all_options()
        self.assertGreater(len(options), 30)
        found = {}
        for command in COMMANDS:
            found[command] = set(SERVED)
            for name in set(options) - SERVED:
                value = options[name]
                given = ["--" + name] + ([VALUES[value]] if value else [])
                run = self.run_program(command, *given, "--quiet",
                                       "--verbose", status=64)
                if "exclude each other" in run.stderr:
                    found[command].add(name)
                else:
                    self.assertIn("has no meaning for", run.stderr)
        return found

    def test_help_is_one_screen(self):
        """The program's own help has all commands, and some options."""
        text = self.help()
        lines = text.splitlines()
        self.assertLessEqual(len(lines), 40)
        self.assertLessEqual(max(map(len, lines)), 80)
        self.assertEqual(re.findall(r"^  (\w+) +[a-z]", text, re.M)
                         [:len(COMMANDS)], list(COMMANDS))
        self.assertLess(set(self.options()), set(self.options("fit")))
        self.assertEqual(text, self.run_program("-h").stdout)

    def test_options_of_each_command(self):
        """The program, its help, its manual's synopsis and its completion
        agree."""
        meanings = self.meanings()
        synopsis = PAGE.read_text().split(".Sh")[2]
        forms = dict(re.findall(r"^\.(?:Op )?Cm (\w+)\n(.*?)(?=^\.Nm$)",
                                synopsis, re.M | re.S))
        for command in COMMANDS:
            self.assertEqual(set(self.options(command)), meanings[command],
                             "help of " + command)
            self.assertEqual(
                set(re.findall(r"Fl -([a-z-]+)", forms[command])) | SERVED,
                meanings[command], "the manual's synopsis of " + command)
            known = subprocess.run(
                ["bash", "-c", '. "$1"; _starpu_ridge_options "$2"', "bash",
                 str(COMPLETION), command], text=True, check=True,
                stdout=subprocess.PIPE).stdout.replace("--", "").split()
            self.assertEqual(len(known), len(set(known)))
            self.assertEqual(set(known), meanings[command],
                             "completion of " + command)

    def test_commands(self):
        """Each command of the program is in the manual and in completion."""
        listed = re.findall(r"^  (\w+) +[a-z].*$", self.help().split(
            "Options used most")[0], re.M)
        self.assertEqual(listed, list(COMMANDS))
        synopsis = PAGE.read_text().split(".Sh")[2]
        self.assertEqual(re.findall(r"^\.(?:Op )?Cm (\w+)$", synopsis, re.M),
                         listed)
        self.assertIn("compgen -W '%s'" % " ".join(listed),
                      COMPLETION.read_text())

    def test_manual_describes_each_option(self):
        text = PAGE.read_text()
        described = re.findall(r"^\.It (?:Fl \w , )?Fl -([a-z-]+)", text, re.M)
        self.assertEqual(sorted(described), sorted(self.all_options()))
        for command in COMMANDS:
            shorts = re.findall(r"^ +-(\w), --([a-z-]+)", self.help(command),
                                re.M)
            self.assertEqual(
                sorted(re.findall(r"^\.It Fl (\w) , Fl -([a-z-]+)", text,
                                  re.M)),
                sorted(shorts))

    def test_manual_has_the_exit_status(self):
        listed = re.findall(r"^\.It (\d+)\n(.*)$", PAGE.read_text(), re.M)
        for command in COMMANDS:
            helped = re.findall(r"^ +(\d+)\t(.*)$", self.help(command), re.M)
            self.assertEqual([row for row in listed if int(row[0]) < 128],
                             helped)

    def test_completion_knows_which_options_take_a_value(self):
        options = self.all_options()
        parse = ('. "$1"; for o in "${@:2}"; do option=; command=; '
                 '_starpu_ridge_parse "$o"; echo "${o#--} $option"; done')
        lines = subprocess.run(
            ["bash", "-c", parse, "bash", str(COMPLETION),
             *("--" + name for name in options)], text=True, check=True,
            stdout=subprocess.PIPE).stdout.splitlines()
        self.assertEqual({line.split()[0] for line in lines
                          if line.count("--")},
                         {name for name in options if options[name]})


class Manual(unittest.TestCase):
    @unittest.skipUnless(shutil.which("mandoc"), "no mandoc")
    def test_mandoc(self):
        run = subprocess.run(["mandoc", "-T", "lint", "-W", "warning",
                              str(PAGE)], text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
        self.assertEqual((run.returncode, run.stdout), (0, ""))

    @unittest.skipUnless(shutil.which("groff"), "no groff")
    def test_groff(self):
        run = subprocess.run(["groff", "-mandoc", "-ww", "-Tutf8", "-P-c",
                              "-P-b", "-P-u", str(PAGE)], text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertIn("\nPERFORMANCE MODELS\n", run.stdout)


class Completion(program.Case):
    def setUp(self):
        super().setUp()
        for name in ("digits", "my photos"):
            (self.folder / name).mkdir()
        for name in ("a.npy", "a.labels.npy", "m.safetensors", "table.csv",
                     "page.html", "plot.png", "results.json", "notes.txt"):
            (self.folder / name).touch()
        self.shell = Shell(self.folder)
        self.addCleanup(self.shell.close)

    def check(self, line, becomes):
        self.assertEqual(self.shell.tab(line), becomes)

    def test_commands(self):
        self.assertEqual(self.shell.all(""), sorted(COMMANDS))
        self.check("pr", "predict ")
        self.check("--quiet pr", "--quiet predict ")
        self.check("--seed 3 sy", "--seed 3 synth ")

    def test_options(self):
        self.check("--hol", "--holdout ")
        self.check("predict --sc", "predict --scores ")
        self.check("predict --fol", "predict --fol")  # no meaning there
        self.assertIn("--n", self.shell.all("synth out --"))
        self.assertNotIn("--data", self.shell.all("synth out --"))
        self.check("--data predict --hol", "--data predict --holdout ")

    def test_values(self):
        self.assertEqual(self.shell.all("--select "), ["accuracy", "mse"])
        self.check("--select a", "--select accuracy ")
        self.check("--select=a", "--select=accuracy ")
        self.check("predict --part tr", "predict --part train ")
        self.check("--lambda a", "--lambda auto ")
        self.assertEqual(self.shell.all("--tiles "), [])

    def test_data_sets(self):
        self.check("--data d", "--data digits/")
        self.check("--data=d", "--data=digits/")
        self.check("--data sy", "--data synth:")
        self.check("--test idx:d", "--test idx:digits/")
        self.check("--test=idx:d", "--test=idx:digits/")
        self.check("--data my", "--data my\\ photos/")
        self.check("--data npy:a.n", "--data npy:a.npy ")
        self.assertEqual(self.shell.all("--data npy:a"),
                         ["a.labels.npy", "a.npy"])
        found = self.shell.all("--data ")
        for name in ("synth:", "pictures:", "a.npy", "digits"):
            self.assertIn(name, found)
        self.assertNotIn("notes.txt", found)

    def test_files(self):
        for option, name in (("--model", "m.safetensors"),
                             ("--report", "page.html"),
                             ("--confusion", "plot.png"),
                             ("--weights", "plot.png"),
                             ("--json", "results.json"),
                             ("predict --output", "table.csv")):
            self.check(option + " " + name[:2], option + " " + name + " ")
        self.check("--labels a.l", "--labels a.labels.npy ")
        self.check("--model n", "--model n")
        self.check("--trace d", "--trace digits/")

    def test_operands(self):
        self.check("info m.", "info m.safetensors ")
        self.check("info d", "info digits/")
        self.check("synth d", "synth digits/")
        self.check("fit d", "fit d")  # takes none


if __name__ == "__main__":
    program.main()
