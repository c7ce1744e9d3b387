"""The walls between rooms hold: a room can include the headers of the rooms that
it knows, and no others'; and, where they are built as shared libraries
($STARPU_RIDGE_ROOMS, the build folder), can call nobody else's functions.

usage: python3 test_rooms.py BUILD     BUILD/rooms.txt lists the rooms"""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
COMPILER = os.environ.get("CC", "cc")


def read_rooms(build):
    """Folder of each room -> the folders that it sees."""
    rooms = {}
    for line in (build / "rooms.txt").read_text().splitlines():
        folder, *seen = line.split(";")
        rooms[folder] = [pathlib.Path(path) for path in seen if path]
    return rooms


def compile_text(text, seen, *flags):
    """Exit status and messages of a source that sees some folders."""
    command = [COMPILER, "-fsyntax-only", *flags, "-x", "c", "-"]
    command += ["-I%s" % path for path in seen]
    done = subprocess.run(command, input=text, text=True, capture_output=True)
    return done.returncode, done.stderr


class Rooms(unittest.TestCase):
    def setUp(self):
        self.rooms = read_rooms(BUILD)
        self.assertGreater(len(self.rooms), 15)

    def headers(self, folder):
        return sorted(path.name for path in (SOURCE / folder).glob("*.h"))

    def test_includes(self):
        """Every header is seen by just those rooms that know its own."""
        checked = 0
        for room, seen in self.rooms.items():
            text = ""
            for other in self.rooms:
                known = SOURCE / other in seen
                for header in self.headers(other):
                    taken = any((path / header).exists() for path in seen
                                if path != SOURCE / other)
                    if taken and not known:
                        continue  # another header of that name
                    text += '#if %s__has_include("%s")\n#error %s\n#endif\n' \
                        % ("!" if known else "", header, header)
                    checked += 1
            status, messages = compile_text(text, seen, "-nostdinc")
            with self.subTest(room=room):
                self.assertEqual(status, 0, messages)
        self.assertGreater(checked, 500)

    def test_probe(self):
        """What may not be included fails, what may works: else the test above
        would be blind."""
        for room, header, status in (("codelets/gram", "gram_u8.h", 0),
                                     ("codelets/gram", "report.h", 1),
                                     ("codelets/dense", "options.h", 1),
                                     ("graphs/dense", "ridge.h", 1),
                                     ("src/run", "task.h", 1),
                                     ("src/report", "dataset.h", 1),
                                     ("src/report", "image.h", 0)):
            text = '#include "%s"\n' % header
            with self.subTest(room=room, header=header):
                self.assertEqual(compile_text(text, self.rooms[room])[0] != 0,
                                 status != 0)

    def test_calls(self):
        """A room that calls what it may not does not link."""
        build = os.environ.get("STARPU_RIDGE_ROOMS")
        if not build:
            self.skipTest("STARPU_RIDGE_ROOMS is not set")
        build = pathlib.Path(build).resolve()
        for library, function, links in (
                ("tg_codelets_base", "tg_fail", True),
                ("tg_codelets_base", "tg_report_text", False),
                ("tg_codelets_base", "tg_runtime_agree", False),
                ("tg_report", "tg_dataset_open", False)):
            with self.subTest(library=library, function=function), \
                    tempfile.TemporaryDirectory() as folder:
                probe = pathlib.Path(folder, "probe.c")
                probe.write_text("void %s(void);\nvoid probe(void);\n"
                                 "void probe(void) { %s(); }\n"
                                 % (function, function))
                done = subprocess.run(
                    [COMPILER, "-shared", "-fPIC", "-o", folder + "/probe.so",
                     probe, "-L%s" % build, "-l" + library, "-ltg_base",
                     "-Wl,-z,defs", "-Wl,--allow-shlib-undefined"],
                    capture_output=True, text=True)
                self.assertEqual(done.returncode == 0, links, done.stderr)


if __name__ == "__main__":
    BUILD = pathlib.Path(sys.argv.pop(1))
    unittest.main()
