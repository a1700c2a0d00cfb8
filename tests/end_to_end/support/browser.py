"""Chromium, driven over the WebDriver protocol (W3C) with nothing but the standard library."""

import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

from support import tools
from support.gateway import PATIENCE_S

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # The key that the protocol gives a reference.
ARGUMENTS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--disable-dev-shm-usage", "--window-size=900,700")


class Browser:
    """One browser with a profile of its own; its pages are windows. Ended with the context."""

    def __enter__(self):
        chromium, driver = tools.command("chromium"), tools.command("chromedriver")
        # Its profile and all that it puts aside, to be dropped as one.
        self.folder = tempfile.mkdtemp(prefix="millrace-chromium-")
        self.driver = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", driver, "--port=0"], text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "TMPDIR": self.folder})
        try:
            self.base = f"http://127.0.0.1:{self.read_port()}"
            self.session = None
            self.start(chromium)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if getattr(self, "session", None):
            self.call("DELETE", "")
        self.driver.terminate()
        try:
            self.driver.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.driver.kill()
            self.driver.wait()
        self.driver.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def read_port(self):
        said = ""
        for line in self.driver.stdout:
            said += line
            if started := re.search(r"started successfully on port (\d+)", line):
                # Whatever else it says must go somewhere, or it would block.
                threading.Thread(target=self.driver.stdout.read, daemon=True).start()
                return int(started.group(1))
        raise AssertionError(f"chromedriver did not start:\n{said}")

    def start(self, chromium):
        arguments = [*ARGUMENTS, f"--user-data-dir={self.folder}/profile"]
        options = {"binary": chromium, "args": arguments}
        wanted = {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options,
                                  "goog:loggingPrefs": {"browser": "ALL"}}}
        started = self.request("POST", "/session", {"capabilities": wanted})
        self.session = started["sessionId"]

    def request(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, method=method,
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=2 * PATIENCE_S) as response:
                return json.load(response)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()}") from None

    def call(self, method, path, body=None):
        return self.request(method, f"/session/{self.session}{path}", body)

    def open(self, url):
        """Opens a page in a window of its own and returns it."""
        window = self.call("POST", "/window/new", {"type": "tab"})["handle"]
        page = Page(self, window)
        page.call("POST", "/url", {"url": url})
        return page

    def console_errors(self):
        entries = self.call("POST", "/se/log", {"type": "browser"})
        return [entry["message"] for entry in entries if entry["level"] in ("SEVERE", "WARNING")]


class Page:
    def __init__(self, browser, window):
        self.browser = browser
        self.window = window

    def call(self, method, path, body=None):
        self.browser.call("POST", "/window", {"handle": self.window})
        return self.browser.call(method, path, body)

    def element(self, selector):
        found = self.call("POST", "/element", {"using": "css selector", "value": selector})
        return f"/element/{found[ELEMENT]}"

    def type(self, selector, text):
        element = self.element(selector)
        self.call("POST", f"{element}/clear", {})
        self.call("POST", f"{element}/value", {"text": text})

    def click(self, selector):
        self.call("POST", f"{self.element(selector)}/click", {})

    def text(self, selector):
        return self.call("GET", f"{self.element(selector)}/text")

    def run(self, script):
        return self.call("POST", "/execute/sync", {"script": script, "args": []})

    def wait_for_text(self, selector, wanted):
        deadline = time.monotonic() + PATIENCE_S
        while wanted not in (text := self.text(selector)):
            if time.monotonic() > deadline:
                raise AssertionError(f"{selector} does not show {wanted!r} but {text!r}")
            time.sleep(0.05)

    def screenshot(self, path):
        path.write_bytes(base64.b64decode(self.call("GET", "/screenshot")))
