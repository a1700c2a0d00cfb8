"""`millrace-load compare` with real servers: two of the same show no great difference, started ones
end with the comparison, and one that is not there is named."""

import json
import os
import pathlib
import socket
import subprocess
import tempfile
import unittest

from support import browser, gateway

LOAD = pathlib.Path(os.environ.get("MILLRACE_BIN", "build/dev/bin")) / "millrace-load"
PATIENCE_S = 60
SHORT = ("echo", "--connections", "20", "--in-flight", "2", "--warm-up", "100ms", "--duration",
         "400ms", "--drain-timeout", "1s")


def compare(*flags):
    return subprocess.run([LOAD, "compare", *SHORT, *flags], capture_output=True, text=True,
                          timeout=PATIENCE_S, check=False)


def start_command():
    command = gateway.command("--raw", "--shards", "1", "--listen", "127.0.0.1:{port}")
    return " ".join(str(word) for word in command)


class CompareTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="millrace-compare-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_millrace_beside_itself(self):
        page = self.folder / "compare.html"
        with gateway.Gateway() as one, gateway.Gateway() as other:
            done = compare("--rounds", "4", "--json", "-", "--html", page,
                           "--server", f"one={one.websocket('/echo')}@{one.process.pid}",
                           "--server", f"other={other.websocket('/echo')}@{other.process.pid}")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("95% interval", done.stderr)
        comparison = json.loads(done.stdout)
        figures = {figure["figure"]: figure["servers"] for figure in comparison["figures"]}
        # A machine that does other things too moves the last two a lot, the first hardly.
        for name, most in (("server CPU per message", 2), ("messages per second", 6), ("p50", 6)):
            reference, server = figures[name]
            self.assertEqual(len(server["rounds"]), 4)
            self.assertGreater(reference["median"], 0)
            ratio = server["ratio"]
            self.assertLess(ratio["low"], ratio["ratio"])
            self.assertLess(ratio["ratio"], ratio["high"])
            self.assertTrue(1 / most < ratio["ratio"] < most, (name, ratio))
            shows = ratio["low"] > 1 or ratio["high"] < 1
            self.assertEqual(ratio["verdict"] == "no difference shown", not shows, ratio)
        self.look_at(page)

    def look_at(self, path):
        with browser.Browser() as chromium:
            page = chromium.open(path.as_uri())
            self.assertEqual(page.text("#verdict"), "EVERY RUN PASSED")
            dots = page.run("return document.querySelectorAll('#ratios circle').length")
            self.assertGreaterEqual(dots, 4)
            self.assertGreater(page.run("return document.querySelector('#ratios')"
                                        ".getBoundingClientRect().width"), 300)
            self.assertIn("other", page.text("#figures"))
            self.assertEqual(chromium.console_errors(), [])

    def test_servers_are_started_and_ended(self):
        done = compare("--rounds", "2", "--json", "-", "--quiet",
                       "--server", "a=ws://127.0.0.1:{port}/echo", "--start",
                       f"a={start_command()}",
                       "--server", "b=ws://127.0.0.1:{port}/echo", "--start",
                       f"b={start_command()}")
        self.assertEqual(done.returncode, 0, done.stderr)
        comparison = json.loads(done.stdout)
        memory = {figure["figure"]: figure for figure in comparison["figures"]}[
            "server memory per connection"]
        self.assertEqual([len(server["rounds"]) for server in memory["servers"]], [2, 2])
        self.assertGreater(memory["servers"][0]["median"], 0)
        children = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True,
                                  timeout=PATIENCE_S, check=True).stdout
        marks = [line for line in children.splitlines() if "--shards 1 --listen 127.0.0.1:" in line
                 and str(LOAD.parent) in line]
        self.assertEqual(marks, [], "a started server is still there")

    def test_a_server_that_is_not_there_is_named(self):
        with gateway.Gateway() as one, socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))  # Nobody listens, and nobody else can.
            port = closed.getsockname()[1]
            done = compare("--server", f"one={one.websocket('/echo')}",
                           "--server", f"gone=ws://127.0.0.1:{port}/echo")
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"round 1 of 5, gone: nobody listens on 127.0.0.1:{port}", done.stderr)

    def test_a_server_that_does_not_start_is_named(self):
        with gateway.Gateway() as one:
            done = compare("--server", f"one={one.websocket('/echo')}",
                           "--server", "broken=ws://127.0.0.1:{port}/", "--start", "broken=false")
        self.assertEqual(done.returncode, 1)
        self.assertIn("broken: 'false' ended with code 1 before it listened", done.stderr)

    def test_mistakes_end_with_2_and_one_line(self):
        done = compare("--server", "a=ws://127.0.0.1:1")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr.count("\n"), 1)


if __name__ == "__main__":
    unittest.main()
