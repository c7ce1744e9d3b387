"""--report, --confusion and --weights: the page in a real browser, at the
width of a desk and of a phone, and pictures that say what the JSON says."""
import html.parser
import json
import os
import pathlib
import shutil
import struct
import tempfile
import unittest
import zlib

import program

try:
    from selenium import webdriver
except ImportError:
    webdriver = None

DATA = pathlib.Path(os.environ.get("STARPU_RIDGE_DATA",
                                   program.ROOT.parent / "shared" / "data"))
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
PARTS = ["samples", "validation", "confusion", "weights", "mistakes", "time",
         "run"]
WIDTHS = {"desk": (1280, 900), "phone": (375, 812)}

# What the browser sees of the page.
LOOK = """
const all = selector => [...document.querySelectorAll(selector)];
const text = selector => all(selector).map(e => e.textContent.trim());
return {
  title: document.title,
  width: document.documentElement.scrollWidth,
  window: window.innerWidth,
  parts: all("section").map(e => e.id),
  empty: all("section").filter(e => e.getBoundingClientRect().height < 40)
      .map(e => e.id),
  images: all("img").length,
  unloaded: all("img").filter(e => !(e.complete && e.naturalWidth > 0))
      .map(e => e.alt),
  unnamed: all("img").filter(e => !e.alt).length,
  invisible: all("img").filter(e => e.getBoundingClientRect().width < 8)
      .map(e => e.alt),
  charts: all("img.chart").length,
  smallest: Math.min(...all("p, dt, dd, th, td, figcaption, a")
      .map(e => parseFloat(getComputedStyle(e).fontSize))),
  links: all("nav a").filter(e => !document.querySelector(
      e.getAttribute("href"))).length,
  facts: text(".facts .value"),
  matrix: all(".matrix tbody tr").map(
      row => [...row.querySelectorAll("td:not(.share)")].map(
          e => parseInt(e.textContent.replace(/,/g, "") || "0"))),
  diagonal: all(".matrix td.right").map(
      e => getComputedStyle(e).backgroundColor),
  curve: all("#validation tbody tr").map(
      row => [...row.children].map(e => e.textContent)),
  chosen: text("#validation .chosen th"),
  mistakes: all(".mistake").map(e => [...e.querySelectorAll("dd")].map(
      d => d.textContent)),
  command: text("#run code")[0],
  run: text("#run"),
};
"""


def needs_browser():
    return unittest.skipUnless(
        webdriver and CHROMIUM and DRIVER,
        "no chromium, chromedriver or selenium: sh cmake/setup.sh --tests "
        "installs them")


class Browser:
    """Headless Chromium; what it logs and fetches is kept."""

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="starpu_ridge.")
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu",
                         "--disable-dev-shm-usage",
                         "--user-data-dir=" + self.profile):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL",
                                                     "performance": "ALL"})
        self.driver = webdriver.Chrome(
            options=options,
            service=webdriver.chrome.service.Service(DRIVER))
        self.driver.set_page_load_timeout(30)

    def look(self, page, size):
        """What a window of this size shows, and what the page asked for."""
        width, height = size
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 2,
             "mobile": width < 600})
        for kind in ("browser", "performance"):
            self.driver.get_log(kind) # of the page before
        self.driver.get(page.as_uri())
        seen = self.driver.execute_script(LOOK)
        seen["console"] = self.driver.get_log("browser")
        events = [json.loads(entry["message"])["message"]
                  for entry in self.driver.get_log("performance")]
        seen["requests"] = [
            event["params"]["request"]["url"] for event in events
            if event["method"] == "Network.requestWillBeSent"]
        return seen

    def quit(self):
        self.driver.quit()
        shutil.rmtree(self.profile, ignore_errors=True)


def write_png(path, pixels):
    """Pixels: height x width x 3, 8 bits."""
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.astype("u1").tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data +
        struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks))


class Checker(html.parser.HTMLParser):
    """Are tags closed in order, and nothing loaded from elsewhere?"""
    VOID = {"meta", "link", "img", "br"}

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.sources = [], [], []

    def handle_starttag(self, tag, attributes):
        if tag not in self.VOID:
            self.open.append(tag)
        self.sources += [value for name, value in attributes
                         if name in ("src", "href", "srcset", "action")]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append((tag, self.getpos()))


class Report(program.Case):
    browser = None # one for all tests: it takes seconds to start

    @classmethod
    def tearDownClass(cls):
        if cls.browser:
            cls.browser.quit()

    def write(self, *arguments, **how):
        """Train and write everything; value: the JSON."""
        return self.fit("--report", "page.html", "--confusion",
                        "confusion.png", "--weights", "weights.png",
                        *arguments, **how)

    def look(self, size):
        if not self.browser:
            type(self).browser = Browser()
        return self.browser.look(self.folder / "page.html", size)

    def check_source(self):
        page = (self.folder / "page.html").read_text(encoding="utf-8")
        checker = Checker()
        checker.feed(page)
        self.assertEqual((checker.open, checker.wrong), ([], []))
        for source in checker.sources:
            self.assertRegex(source, "^(data:|#)")
        self.assertNotRegex(page, r"<script|https?://|@import|url\(")
        return page

    def check_page(self, result, pictures=True):
        """The page at both widths: all is there, as in the JSON."""
        self.check_source()
        right = result["test_accuracy"] or result["train_accuracy"]
        there = {"samples": pictures, "validation": result["cv"],
                 "mistakes": right < 1}
        parts = [part for part in PARTS if there.get(part, True)]
        for name, size in WIDTHS.items():
            with self.subTest(width=name):
                seen = self.look(size)
                self.assertEqual(seen["window"], size[0])
                self.assertLessEqual(seen["width"], size[0])
                self.assertEqual(seen["console"], [])
                self.assertEqual(
                    [url for url in seen["requests"]
                     if not url.startswith(("data:", "file:"))], [])
                self.assertEqual(seen["parts"], parts)
                self.assertEqual(seen["empty"], [])
                self.assertEqual((seen["unloaded"], seen["unnamed"],
                                  seen["invisible"]), ([], 0, []))
                self.assertEqual(seen["charts"], 4 if result["cv"] else 2)
                self.assertEqual(seen["links"], 0)
                self.assertGreaterEqual(seen["smallest"], 12)
                self.check_numbers(seen, result)
        return seen

    def check_numbers(self, seen, result):
        accuracy = result["test_accuracy"]
        if accuracy is None:
            accuracy = result["train_accuracy"]
        facts = [fact.replace(",", "") for fact in seen["facts"]]
        self.assertEqual(facts[:3], ["%.2f %%" % (100 * accuracy),
                                     "%.6g" % result["lambda"],
                                     str(result["n_train"])])
        self.assertAlmostEqual(float(facts[3].split()[0]),
                               result["seconds"]["total"], delta=0.0051)
        self.assertEqual(seen["matrix"], result["confusion"])
        rows = [["%.6g" % row["lambda"]] + [
            "%.*f" % (digits, row[key]) for key, digits in
            (("accuracy", 4), ("accuracy_se", 4), ("mse", 6), ("mse_se", 6))]
            for row in result["cv"]]
        self.assertEqual(seen["curve"], rows)
        if rows:
            self.assertEqual(seen["chosen"], ["%.6g" % result["lambda"]])
        self.assertEqual(seen["command"], result["command"])
        self.assertIn(result["versions"]["starpu"], seen["run"][0])
        names = result["class_names"]
        margins = []
        for true, predicted, margin, _ in seen["mistakes"]:
            i, j = names.index(true), names.index(predicted)
            self.assertNotEqual(i, j)
            self.assertGreater(result["confusion"][i][j], 0)
            margins.append(float(margin))
        self.assertEqual(margins, sorted(margins, reverse=True))

    def picture_size(self, name):
        data = (self.folder / name).read_bytes()
        self.assertEqual(data[:8], b"\x89PNG\r\n\x1a\n")
        return tuple(int.from_bytes(data[i:i + 4], "big") for i in (16, 20))

    @needs_browser()
    def test_synth_of_two_ranks(self):
        result = self.write("--data", "synth:3000", "--lambda", "0,1,100",
                            ranks=2)
        seen = self.check_page(result)
        self.assertEqual(seen["images"], 80 + 4 + 10 + len(seen["mistakes"]))
        self.assertIn("mpirun -np 2", seen["command"])
        self.assertEqual(len(seen["diagonal"]), 10)
        for name in ("confusion.png", "weights.png"):
            width, height = self.picture_size(name)
            self.assertTrue(300 < width < 2000 and 200 < height < 2000)

    @needs_browser()
    @unittest.skipUnless((DATA / "mnist").is_dir(),
                         "no %s; set STARPU_RIDGE_DATA to the folder of data "
                         "sets" % (DATA / "mnist"))
    def test_mnist(self):
        result = self.write("--data", DATA / "mnist", "--lambda", "10,1000")
        seen = self.check_page(result)
        self.assertEqual(len(seen["mistakes"]), 24)
        self.assertEqual(seen["title"], "mnist – starpu_ridge")
        size = (self.folder / "page.html").stat().st_size
        self.assertLess(size, 2 << 20)

    @needs_browser()
    def test_names_and_one_lambda(self):
        """Class names stay text; a folder's name as well."""
        names = ["<script>document.title='mine'", "<img src=x>",
                 "a&b \"c\" 'd'", "straße 名前", "n" * 200]
        import numpy
        folder = self.folder / "<b>photos & more"
        random = numpy.random.default_rng(0)
        for i, name in enumerate(names):
            (folder / name).mkdir(parents=True)
            for n in range(12):
                write_png(folder / name / ("%d.png" % n),
                          random.integers(40 * i, 40 * i + 70, (9, 7, 3)))
        # one of the two is a mistake
        shutil.copy(folder / names[0] / "0.png", folder / names[2])
        (folder / names[2] / "0.png").rename(folder / names[2] / "same.png")
        result = self.write("--data", folder.name, "--lambda", "1")
        seen = self.check_page(result)
        self.assertEqual(seen["title"], "<b>photos & more – starpu_ridge")
        self.assertGreater(len(seen["mistakes"]), 0)
        for true, _, _, file in seen["mistakes"]:
            self.assertEqual(file.split("/")[:-1], [folder.name, true])
            self.assertTrue((self.folder / file).is_file())

    @needs_browser()
    def test_vectors(self):
        self.save("x", *program.blobs(400, 30, 3))
        result = self.write("--data", "x.npy", "--lambda", "0,1")
        seen = self.check_page(result, pictures=False)
        self.assertEqual(seen["images"], 4 + 3) # charts, strips

    @needs_browser()
    def test_many_classes(self):
        samples, labels = program.blobs(1200, 36, 100, spread=0.5)
        self.save("x", program.bytes_of(samples).reshape(-1, 6, 6), labels)
        result = self.write("--data", "x.npy", "--lambda", "1")
        self.check_page(result)

    def test_predict_draws_confusions(self):
        self.fit("--data", "synth:2000", "--lambda", "1", "--model",
                 "m.safetensors")
        done = self.run_program("predict", "--model", "m.safetensors",
                                "--data", "synth:500", "--confusion", "c.png")
        self.assertRegex(done.stdout, r"\nPicture +c\.png\n")
        self.picture_size("c.png")

    def test_predict_without_labels(self):
        samples, labels = program.blobs(200, 8, 2)
        self.save("x", samples, labels)
        self.fit("--data", "x.npy", "--lambda", "1", "--model",
                 "m.safetensors")
        self.save("y", samples)
        done = self.run_program("predict", "--model", "m.safetensors",
                                "--data", "y.npy", "--confusion", "c.png",
                                status=65)
        self.assertIn("--confusion", done.stderr)
        self.assertFalse((self.folder / "c.png").exists())

    def test_tables_name_the_files(self):
        done = self.run_program("--data", "synth:2000", "--lambda", "1",
                                "--report", "page.html", "--confusion",
                                "c.png", "--weights", "w.png")
        self.assertRegex(done.stdout, r"\nReport +page\.html\n")
        self.assertRegex(done.stdout, r"\nPictures +c\.png\n +w\.png\n")
        for line in done.stdout.splitlines():
            self.assertLessEqual(len(line), 80)
        self.assertNotIn("\033", done.stdout)

    def test_standard_output(self):
        done = self.run_program("--data", "synth:2000", "--lambda", "1",
                                "--report", "-")
        self.assertTrue(done.stdout.startswith("<!DOCTYPE html>"))
        self.assertTrue(done.stdout.endswith("</html>\n"))
        self.assertIn("Accuracy", done.stderr)

    def test_no_gnuplot(self):
        """Said before the work, and on its own: nothing else is touched."""
        empty = self.folder / "empty"
        empty.mkdir()
        done = self.run_program("--data", "synth:2000", "--report",
                                "page.html", "--json", "fit.json", ranks=None,
                                settings={"PATH": str(empty)}, status=69)
        self.assertEqual(done.stderr.splitlines(), [
            "starpu_ridge: --report: gnuplot is not installed; apt-get "
            "install gnuplot-nox"])
        self.assertEqual(os.listdir(self.folder), ["empty"])

    def test_unwritable(self):
        for option in ("--report", "--confusion", "--weights"):
            done = self.run_program("--data", "synth:2000", option,
                                    "none/file", status=73)
            self.assertRegex(done.stderr, "none/file: cannot create")


if __name__ == "__main__":
    program.main()
