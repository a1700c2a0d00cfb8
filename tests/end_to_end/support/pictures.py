"""Tests that take pictures of a page, for whoever wants to see them."""

import os
import pathlib
import tempfile
import time
import unittest

from support import browser

PNG = b"\x89PNG\r\n"


class Pictures(unittest.TestCase):
    prefix = ""  # Of the names of pictures.
    picture_bytes_least = 2000

    def setUp(self):
        # MILLRACE_SCREENSHOTS keeps the pictures; otherwise they go with the test.
        folder = os.environ.get("MILLRACE_SCREENSHOTS")
        if folder is None:
            holder = tempfile.TemporaryDirectory(prefix="millrace-screenshots-")
            self.addCleanup(holder.cleanup)
            folder = holder.name
        self.pictures = pathlib.Path(folder)

    def picture(self, page, name):
        path = self.pictures / f"{self.prefix}{name}.png"
        page.screenshot(path)
        self.assertEqual(path.read_bytes()[: len(PNG)], PNG)
        self.assertGreater(path.stat().st_size, self.picture_bytes_least, "an empty picture")

    def wait_until(self, page, script):
        deadline = time.monotonic() + browser.PATIENCE_S
        while not page.run(f"return {script}"):
            self.assertLess(time.monotonic(), deadline, f"{script} did not become true")
            time.sleep(0.05)

    def emulate(self, page, command, **parameters):
        page.call("POST", "/goog/cdp/execute",
                  {"cmd": f"Emulation.{command}", "params": parameters})

    def viewport(self, page, width, height):
        """Also narrower than a window can be."""
        self.emulate(page, "setDeviceMetricsOverride", width=width, height=height,
                     deviceScaleFactor=1, mobile=width < 600)
        self.wait_until(page, f"innerWidth === {width}")

    def color_scheme(self, page, name):
        self.emulate(page, "setEmulatedMedia",
                     features=[{"name": "prefers-color-scheme", "value": name}])
