"""The HTML report of a real run in a real browser: it is complete, quiet, and shows what ran."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from support import browser, gateway

LOAD = pathlib.Path(os.environ.get("MILLRACE_BIN", "build/dev/bin")) / "millrace-load"
PATIENCE_S = 60
PLOTS = {"connections", "throughput", "latency", "percentiles", "cpu", "memory"}
MEASURE = """
return [...document.querySelectorAll('svg[data-plot]')].map((svg) => {
  const box = svg.getBoundingClientRect();
  const line = svg.querySelector('.line');
  return {id: svg.dataset.plot, width: box.width, height: box.height,
          points: (line.getAttribute('d').match(/[ML]/g) || []).length,
          drawn: line.getBoundingClientRect().width,
          ticks: svg.querySelectorAll('text').length};
});
"""
OVERLAPS = """
const found = [];
for (const svg of document.querySelectorAll('svg')) {
  const boxes = [...svg.querySelectorAll('text')].filter((text) => text.getClientRects().length)
      .map((text) => [text.textContent, text.getBoundingClientRect()]);
  boxes.forEach(([a, one], i) => boxes.slice(i + 1).forEach(([b, other]) => {
    const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
    const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
    if (across > 0 && down > 4) found.push([svg.getAttribute('aria-label'), a, b]);
  }));
}
return found;
"""
HOVER = """
const svg = document.querySelector('svg[data-plot=throughput]');
const box = svg.getBoundingClientRect();
svg.dispatchEvent(new PointerEvent('pointermove',
    {clientX: box.left + box.width / 2, clientY: box.top + 20}));
return document.getElementById('tip').textContent;
"""


class ReportTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="millrace-report-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_load(self, server, *flags):
        """The exit code, the page and the JSON of one run."""
        page, report = self.folder / "report.html", self.folder / "report.json"
        command = [LOAD, "echo", server.websocket("/echo"), "--connections", "20", "--rate", "2k",
                   "--warm-up", "200ms", "--duration", "1s", "--server-pid",
                   str(server.process.pid), "--quiet", "--html", page, "--json", report, *flags]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S,
                              check=False)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return done.returncode, page, json.loads(report.read_text())

    def test_the_page_shows_the_run(self):
        with gateway.Gateway() as server, browser.Browser() as chromium:
            code, path, report = self.run_load(server, "--expect", "lost==0", "--expect",
                                               "throughput>100M")
            self.assertEqual(code, 1)
            page = chromium.open(path.as_uri())
            self.assertEqual(page.text("#verdict"), "FAILED")
            expectations = page.text("#expectations")
            self.assertIn("lost ==0 0 met", " ".join(expectations.split()))
            self.assertIn("not met", expectations)
            self.assertIn("millrace", page.text("#cost"))
            self.assertIn("passed", page.text("#audit"))
            self.assertIn("server, user space", page.text("#memory-table"))
            self.assertIn("--connections 20", page.text("#what-ran"))

            plots = {plot["id"]: plot for plot in page.run(MEASURE)}
            self.assertEqual(set(plots), PLOTS)
            for plot in plots.values():
                self.assertGreater(plot["width"], 200, plot)
                self.assertGreater(plot["height"], 100, plot)
                self.assertGreater(plot["points"], 1, plot)
                self.assertGreater(plot["drawn"], 50, plot)
                self.assertGreater(plot["ticks"], 3, plot)
            self.assertEqual(plots["throughput"]["points"],
                             len(report["series"]["traffic"]["seconds"]) - 1)
            self.assertEqual(page.run(OVERLAPS), [])
            self.assertRegex(page.run(HOVER), r"at \d\.\d s[\d,]+  received")
            self.assertEqual(chromium.console_errors(), [])

    def test_the_page_fits_a_phone(self):
        with gateway.Gateway() as server, browser.Browser() as chromium:
            code, path, _ = self.run_load(server)
            self.assertEqual(code, 0)
            page = chromium.open(path.as_uri())
            page.call("POST", "/window/rect", {"width": 500, "height": 800})
            self.assertEqual(page.text("#verdict"), "PASSED")
            wide = page.run("return document.documentElement.scrollWidth - innerWidth")
            self.assertLessEqual(wide, 0, "the page itself scrolls sideways")
            self.assertEqual(page.run(OVERLAPS), [])


class OutputTest(unittest.TestCase):
    def test_a_file_that_cannot_be_written_is_named(self):
        with gateway.Gateway() as server:
            done = subprocess.run(
                [LOAD, "idle", server.websocket("/echo"), "--connections", "1", "--duration",
                 "50ms", "--quiet", "--html", "/no-such-folder/report.html"],
                capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot write /no-such-folder/report.html", done.stderr)


if __name__ == "__main__":
    unittest.main()
