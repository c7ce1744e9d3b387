#!/usr/bin/env python3
"""examples/get_data.sh against servers on this machine; needs no network.

usage: get_data.py [UNITTEST-ARGUMENT...]

The servers give small files under the real names; the script is told their
sums by STARPU_RIDGE_SUMS.  Where the real data sets lie in ../shared/data or
in $STARPU_RIDGE_DATA, the script's own sums are tested with them too.
"""
import contextlib
import hashlib
import http.server
import io
import os
import pathlib
import random
import re
import shutil
import socket
import subprocess
import tarfile
import tempfile
import threading
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "examples" / "get_data.sh"
DATA = pathlib.Path(os.environ.get("STARPU_RIDGE_DATA",
                                   ROOT.parent / "shared" / "data"))
MNIST = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",
         "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"]
BIG = MNIST[0]
BATCHES = ["data_batch_%d.bin" % i for i in range(1, 6)] + ["test_batch.bin"]
TOOLS = ["sh", "awk", "cat", "cut", "gzip", "md5sum", "mkdir", "mv", "rm",
         "tar", "tr", "wc"]


def noise(n, seed):
    return random.Random(seed).randbytes(n)


def md5(content):
    return hashlib.md5(content).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    """Whole files and ranges "bytes=N-", which the standard one lacks."""

    def do_GET(self):
        server = self.server
        name = self.path.rsplit("/", 1)[-1]
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        first = int(asked[1]) if asked and server.ranges else 0
        content = server.content.get(name)
        if server.wrong.get(name):
            content = server.wrong[name].pop()
        record = {"name": name, "first": first, "sent": 0}
        with server.lock:
            server.log.append(record)
        if content is None:
            return self.send_error(404)
        if first and first >= len(content):
            return self.send_error(416)
        self.send_response(206 if first else 200)
        if first:
            self.send_header("Content-Range", "bytes %d-%d/%d" %
                             (first, len(content) - 1, len(content)))
        self.send_header("Content-Length", str(len(content) - first))
        self.end_headers()
        end = len(content)
        if server.breaks.get(name):
            end = server.breaks[name].pop(0)
        record["sent"] = end - first
        self.wfile.write(content[first:end])
        self.close_connection = True

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    """content: name -> bytes; wrong: name -> list of contents that are given
    first; breaks: name -> list of the first transfers' ends."""
    daemon_threads = True

    def __init__(self, content, ranges=True):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = dict(content)
        self.ranges = ranges
        self.wrong = {}
        self.breaks = {}
        self.log = []
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, args=(0.05,),
                         daemon=True).start()

    @property
    def url(self):
        return "http://127.0.0.1:%d/some/folder" % self.server_port

    def requests(self, name):
        return [r for r in self.log if r["name"] == name]

    def close(self):
        self.shutdown()
        self.server_close()


def dead_url():
    """An address where nobody listens."""
    with contextlib.closing(socket.socket()) as s:
        s.bind(("127.0.0.1", 0))
        return "http://127.0.0.1:%d" % s.getsockname()[1]


class Case(unittest.TestCase):
    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="get_data."))
        self.addCleanup(shutil.rmtree, self.work)
        self.out = self.work / "some data"
        self.sums = self.work / "sums"
        self.path = os.environ["PATH"]
        self.files = {name: noise(300000 if name == BIG else 5000, i)
                      for i, name in enumerate(MNIST)}
        self.write_sums(self.files)

    def serve(self, content=None, **options):
        server = Server(self.files if content is None else content, **options)
        self.addCleanup(server.close)
        return server

    def write_sums(self, files):
        self.sums.write_text("".join("%s  %s\n" % (md5(content), name)
                                     for name, content in files.items()))

    def run_script(self, mirror, which="mnist", status=0, real=False):
        environment = {key: value for key, value in os.environ.items()
                       if not key.lower().endswith("_proxy")}
        environment.update(PATH=self.path, no_proxy="*", LC_ALL="C",
                           STARPU_RIDGE_MIRROR=mirror)
        environment.pop("STARPU_RIDGE_SUMS", None)
        if not real:
            environment["STARPU_RIDGE_SUMS"] = str(self.sums)
        run = subprocess.run(["sh", str(SCRIPT), which, str(self.out)],
                             env=environment, text=True, timeout=60,
                             stdin=subprocess.DEVNULL, capture_output=True)
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return run.stdout, run.stderr

    def check_files(self, files=None, folder="mnist"):
        """These files and no others, not even a .part."""
        files = self.files if files is None else files
        found = {p.name: md5(p.read_bytes())
                 for p in (self.out / folder).iterdir()}
        self.assertEqual(found, {n: md5(c) for n, c in files.items()})

    def use_only(self, tool):
        """A PATH with wget and no curl, or the other way round."""
        folder = self.work / "bin"
        folder.mkdir()
        for name in TOOLS + [tool]:
            found = shutil.which(name)
            if not found:
                self.skipTest("there is no " + name)
            (folder / name).symlink_to(found)
        self.path = str(folder)

    def part(self, content, name=BIG):
        (self.out / "mnist").mkdir(parents=True)
        path = self.out / "mnist" / (name + ".part")
        path.write_bytes(content)
        return path


class Mnist(Case):
    def test_fresh_then_nothing(self):
        server = self.serve()
        out, _ = self.run_script(server.url)
        self.check_files()
        self.assertEqual(sorted(r["name"] for r in server.log), sorted(MNIST))
        self.assertIn("ready", out)
        before = {p: p.stat().st_mtime_ns for p in self.out.rglob("*.gz")}
        out, _ = self.run_script(server.url)
        self.assertEqual(len(server.log), 4, "the second run downloaded")
        self.assertIn("already there", out)
        self.assertEqual(before, {p: p.stat().st_mtime_ns
                                  for p in self.out.rglob("*.gz")})

    def test_default_is_mnist_into_data(self):
        server = self.serve()
        environment = dict(os.environ, STARPU_RIDGE_MIRROR=server.url,
                           STARPU_RIDGE_SUMS=str(self.sums), no_proxy="*")
        subprocess.run(["sh", str(SCRIPT)], cwd=self.work, env=environment,
                       check=True, capture_output=True, timeout=60)
        self.out = self.work / "data"
        self.check_files()

    def resume(self):
        server = self.serve()
        self.part(self.files[BIG][:200001])
        self.run_script(server.url)
        self.check_files()
        self.assertEqual(server.requests(BIG),
                         [{"name": BIG, "first": 200001, "sent": 99999}])

    def test_resume_with_curl(self):
        self.use_only("curl")
        self.resume()

    def test_resume_with_wget(self):
        self.use_only("wget")
        self.resume()

    def test_resume_in_the_same_run(self):
        server = self.serve()
        server.breaks[BIG] = [100000, 180000]
        _, err = self.run_script(server.url)
        self.check_files()
        self.assertEqual([r["first"] for r in server.requests(BIG)],
                         [0, 100000, 180000])
        self.assertIn("broke off after 100000 bytes", err)

    def test_complete_part_is_not_fetched(self):
        server = self.serve()
        self.part(self.files[BIG])
        self.run_script(server.url)
        self.check_files()
        self.assertEqual(server.requests(BIG), [])

    def useless_part(self, content, **options):
        server = self.serve(**options)
        self.part(content)
        self.run_script(server.url)
        self.check_files()
        self.assertEqual(server.requests(BIG)[-1]["sent"], 300000)

    def test_part_of_something_else(self):
        self.useless_part(noise(70000, 99))

    def test_part_too_long(self):
        self.useless_part(self.files[BIG] + b"more")

    def test_part_too_long_with_wget(self):
        self.use_only("wget")
        self.useless_part(self.files[BIG] + b"more")

    def test_server_without_ranges(self):
        self.useless_part(self.files[BIG][:1000], ranges=False)

    def test_corrupt_on_server(self):
        bad = dict(self.files)
        bad[BIG] = b"\0" + bad[BIG][1:]
        server = self.serve(bad)
        _, err = self.run_script(server.url, status=1)
        del self.files[BIG]
        self.check_files()
        self.assertEqual(len(server.requests(BIG)), 2, "once again, no more")
        self.assertIn("md5 sum %s, should be" % md5(bad[BIG]), err)
        self.assertIn(BIG, err)

    def test_corrupt_once(self):
        server = self.serve()
        server.wrong[BIG] = [b"\0" + self.files[BIG][1:]]
        _, err = self.run_script(server.url)
        self.check_files()
        self.assertEqual([r["first"] for r in server.requests(BIG)], [0, 0])
        self.assertIn("once more", err)

    def test_corrupt_file_here(self):
        server = self.serve()
        self.run_script(server.url)
        path = self.out / "mnist" / BIG
        path.write_bytes(b"\0" + self.files[BIG][1:])
        _, err = self.run_script(server.url)
        self.check_files()
        self.assertEqual(len(server.log), 5)
        self.assertIn(BIG, err)

    def second_mirror(self):
        server = self.serve()
        dead = dead_url()
        _, err = self.run_script(dead + " " + server.url + "/")
        self.check_files()
        self.assertIn(dead + "/" + BIG + ": failed", err)

    def test_first_mirror_dead_with_curl(self):
        self.use_only("curl")
        self.second_mirror()

    def test_first_mirror_dead_with_wget(self):
        self.use_only("wget")
        self.second_mirror()

    def test_first_mirror_corrupt(self):
        bad, good = self.serve({n: b"no" for n in MNIST}), self.serve()
        self.run_script(bad.url + " " + good.url)
        self.check_files()

    def test_second_mirror_goes_on(self):
        """The first has no more than a part, and then nothing."""
        first, second = self.serve(), self.serve()
        first.breaks[BIG] = [150000] * 20
        self.run_script(first.url + " " + second.url)
        self.check_files()
        self.assertEqual([r["first"] for r in second.requests(BIG)], [150000])

    def test_missing_file_is_named(self):
        server = self.serve()
        del server.content[MNIST[2]]
        _, err = self.run_script(server.url, status=1)
        del self.files[MNIST[2]]
        self.check_files()
        self.assertIn(server.url + "/" + MNIST[2] + ": failed", err)
        self.assertIn(MNIST[2] + ": could not be fetched", err)
        self.assertIn("STARPU_RIDGE_MIRROR", err)
        self.assertNotIn(MNIST[1], err)

    def test_broken_off_stays_for_the_next_run(self):
        server = self.serve()
        server.breaks[BIG] = [150000] * 20
        self.run_script(server.url, status=1)
        self.assertFalse((self.out / "mnist" / BIG).exists())
        server.breaks.clear()
        self.run_script(server.url)
        self.check_files()
        self.assertEqual(server.requests(BIG)[-1]["first"], 150000)

    def test_no_downloader(self):
        self.use_only("true")
        _, err = self.run_script("http://127.0.0.1:9", status=1)
        self.assertIn("curl or wget", err)

    def test_wrong_usage(self):
        _, err = self.run_script("http://127.0.0.1:9", "imagenet", status=64)
        self.assertIn("imagenet", err)


class Cifar(Case):
    def setUp(self):
        super().setUp()
        self.members = {name: noise(3073, name) for name in BATCHES}
        self.members["batches.meta.txt"] = b"airplane\nautomobile\n"
        self.archive = self.pack("cifar-10-batches-bin", self.members)
        self.name = "cifar-10-binary.tar.gz"
        self.write_sums({**self.members, self.name: self.archive})

    @staticmethod
    def pack(folder, members):
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w:gz") as archive:
            for name, content in {"readme.html": b"!", **members}.items():
                entry = tarfile.TarInfo(folder + "/" + name)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
        return file.getvalue()

    def test_fresh_then_nothing(self):
        server = self.serve({self.name: self.archive})
        self.run_script(server.url, "cifar10")
        self.check_files(self.members, "cifar10")
        self.assertEqual([p.name for p in self.out.iterdir()], ["cifar10"])
        out, _ = self.run_script(server.url, "cifar10")
        self.assertEqual(len(server.log), 1, "the second run downloaded")
        self.assertIn("already there", out)

    def test_corrupt_batch_here(self):
        server = self.serve({self.name: self.archive})
        self.run_script(server.url, "cifar10")
        (self.out / "cifar10" / BATCHES[3]).write_bytes(b"short")
        self.run_script(server.url, "cifar10")
        self.check_files(self.members, "cifar10")
        self.assertEqual(len(server.log), 2)

    def wrong_member(self, members):
        archive = self.pack("cifar-10-batches-bin", members)
        self.write_sums({**self.members, self.name: archive})
        server = self.serve({self.name: archive})
        _, err = self.run_script(server.url, "cifar10", status=1)
        self.assertIn(BATCHES[2], err)
        self.assertFalse((self.out / "cifar10" / BATCHES[2]).exists())
        self.assertFalse((self.out / "cifar10.part").exists())

    def test_wrong_batch_in_archive(self):
        self.wrong_member({**self.members, BATCHES[2]: b"other"})

    def test_batch_missing_in_archive(self):
        self.wrong_member({n: c for n, c in self.members.items()
                           if n != BATCHES[2]})

    def test_corrupt_archive(self):
        server = self.serve({self.name: self.archive[:-9] + b"corrupted"})
        self.run_script(server.url, "cifar10", status=1)
        self.assertFalse((self.out / self.name).exists())
        self.assertEqual(list((self.out / "cifar10").iterdir()), [])

    def test_cifar100(self):
        members = {"train.bin": noise(3074, 1), "test.bin": noise(3074, 2),
                   "fine_label_names.txt": b"apple\n",
                   "coarse_label_names.txt": b"fish\n"}
        name = "cifar-100-binary.tar.gz"
        archive = self.pack("cifar-100-binary", members)
        self.write_sums({**members, name: archive})
        server = self.serve({name: archive})
        self.run_script(server.url, "cifar100")
        self.check_files(members, "cifar100")

    def test_all_goes_on_after_a_failure(self):
        server = self.serve({self.name: self.archive})
        self.write_sums({**self.files, **self.members,
                         self.name: self.archive})
        _, err = self.run_script(server.url, "all", status=1)
        self.check_files(self.members, "cifar10")
        self.assertIn(MNIST[0], err)
        self.assertIn("cifar-100-binary.tar.gz", err)


class Real(Case):
    """The script's own sums; the data sets are only read."""

    def test_mnist(self):
        if not (DATA / "mnist" / BIG).exists():
            self.skipTest("no MNIST in %s" % DATA)
        self.files = {n: (DATA / "mnist" / n).read_bytes() for n in MNIST}
        server = self.serve()
        self.part(self.files[BIG][:5000000])
        self.run_script(server.url, real=True)
        self.check_files()
        self.assertEqual(server.requests(BIG)[0]["first"], 5000000)

    def test_cifar10(self):
        if not (DATA / "cifar10" / BATCHES[0]).exists():
            self.skipTest("no CIFAR-10 in %s" % DATA)
        self.out.mkdir()
        (self.out / "cifar10").symlink_to(DATA / "cifar10")
        out, _ = self.run_script(dead_url(), "cifar10", real=True)
        self.assertIn("already there, and right", out)

    def test_no_fake_passes_for_real(self):
        server = self.serve()
        self.run_script(server.url, status=1, real=True)
        self.assertEqual(list((self.out / "mnist").iterdir()), [])


if __name__ == "__main__":
    unittest.main()
