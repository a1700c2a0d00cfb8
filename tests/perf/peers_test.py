"""The peer servers of perf/peers keep their contract: each that can be started here passes a short
audited load. One whose package is missing is skipped, with what would install it."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
import unittest
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PEERS = ROOT / "perf/peers"
LOAD = pathlib.Path(os.environ.get("MILLRACE_BIN", ROOT / "build/dev/bin")) / "millrace-load"
PATIENCE_S = 60  # Boost.Beast is compiled when it is first asked for.
LACKING = 3
SHORT = ("--in-flight", "4", "--warm-up", "100ms", "--duration", "500ms", "--quiet")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Peer:
    """A peer server on a free port, ready when /health answers; ended with the context."""

    def __init__(self, name):
        self.port = free_port()
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", PEERS / "start", name, str(self.port)], text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def __enter__(self):
        deadline = time.monotonic() + PATIENCE_S
        while True:
            if self.process.poll() is not None:
                said = self.process.communicate()[0]
                if self.process.returncode == LACKING:
                    raise unittest.SkipTest(said.strip())
                raise AssertionError(f"it ended with {self.process.returncode}:\n{said}")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5):
                    break
            except urllib.error.URLError:
                if time.monotonic() > deadline:
                    self.__exit__()
                    raise
                time.sleep(0.05)
        self.said = self.process.stdout.readline()
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()

    def load(self, scenario, path, *flags):
        """Runs millrace-load; whatever its audit finds is its exit status."""
        done = subprocess.run(
            [LOAD, scenario, f"ws://127.0.0.1:{self.port}{path}", *flags, *SHORT, "--json", "-"],
            capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{done.stdout}\n{done.stderr}")
        return json.loads(done.stdout)


class PeersTest(unittest.TestCase):
    def check(self, name, scenarios):
        with Peer(name) as peer:
            self.assertEqual(peer.said, f"pid {peer.process.pid}\n")
            for scenario in scenarios:
                flags = {"echo": ("/echo", "--connections", "10"),
                         "room": ("/room?room={room}", "--rooms", "3", "--members", "5"),
                         "rooms": ("/room?room={room}", "--rooms", "6", "--members", "6",
                                   "--rooms-each", "3")}[scenario]
                report = peer.load(scenario.replace("rooms", "room"), *flags)
                self.assertEqual(report["failures"], [])
                self.assertGreater(report["messages"]["throughput_per_second"], 0)

    def test_bun(self):
        self.check("bun", ("echo", "room", "rooms"))

    def test_ws(self):
        self.check("ws", ("echo", "room", "rooms"))

    def test_beast(self):
        self.check("beast", ("echo", "room", "rooms"))

    def test_floor(self):
        with Peer("floor") as peer:
            for flags in (("echo", "/echo", "--connections", "10"),
                          ("room", "/room?room={room}", "--rooms", "1", "--members", "5")):
                self.assertEqual(peer.load(*flags, "--size", "64")["failures"], [])

    def test_nchan(self):
        self.check("nchan", ("room",))

    def test_socket_io(self):
        with Peer("socket.io") as peer:
            for scenario in ("echo", "room"):
                done = subprocess.run(
                    ["node", PEERS / "socket_io_load.js", scenario, str(peer.port),
                     "--connections", "10", "--in-flight", "4", "--seconds", "0.5",
                     "--pid", str(peer.process.pid)],
                    capture_output=True, text=True, timeout=PATIENCE_S, check=False)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                report = json.loads(done.stdout)
                self.assertGreater(report["messages_per_second"], 0)
                self.assertEqual((report["lost"], report["out_of_order"]), (0, 0))

    def test_the_list_names_every_peer(self):
        done = subprocess.run([PEERS / "start", "--list"], capture_output=True, text=True,
                              timeout=PATIENCE_S, check=True)
        names = [line.partition(":")[0] for line in done.stdout.splitlines()]
        self.assertEqual(names, ["bun", "ws", "beast", "floor", "nchan", "socket.io"])
        for line in done.stdout.splitlines():
            self.assertTrue(re.search(r": (serves|lacking: .+: )", line), line)

    def test_a_wrong_port_is_refused(self):
        done = subprocess.run([PEERS / "start", "ws", "70000"], capture_output=True, text=True,
                              timeout=PATIENCE_S, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("port from 1 to 65535", done.stderr)


if __name__ == "__main__":
    unittest.main()
