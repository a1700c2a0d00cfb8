"""deploy/millrace.service: systemd finds no fault in it, millrace knows its flags, and its filter
lets through every system call that a serving millrace makes."""

import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNIT = ROOT / "deploy/millrace.service"
MILLRACE = pathlib.Path(os.environ.get("MILLRACE_BIN", ROOT / "build/dev/bin")) / "millrace"
PATIENCE_S = 60


def value(name):
    (found,) = re.findall(rf"^{name}=(.*)$", UNIT.read_text(), re.MULTILINE)
    return found


def need(command):
    return shutil.which(command) or unittest.TestCase().skipTest(f"{command} is not installed")


class ServiceTest(unittest.TestCase):
    def test_systemd_finds_no_fault(self):
        analyze = need("systemd-analyze")
        with tempfile.TemporaryDirectory(prefix="millrace-unit-") as folder:
            unit = pathlib.Path(folder) / "millrace.service"
            unit.write_text(UNIT.read_text().replace("/usr/local/bin/millrace", str(MILLRACE)))
            done = subprocess.run([analyze, "verify", "--man=no", unit], capture_output=True,
                                  text=True, timeout=PATIENCE_S, check=False)
        ours = [line for line in done.stderr.splitlines() if "millrace" in line]
        self.assertEqual(ours, [])

    def test_millrace_knows_the_flags(self):
        flags = shlex.split(value("Environment").strip('"').partition("=")[2])
        self.assertGreater(len(flags), 0)
        done = subprocess.run([MILLRACE, *flags, "--version"], capture_output=True, text=True,
                              timeout=PATIENCE_S, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_stopping_takes_longer_than_a_drain(self):
        done = subprocess.run([MILLRACE, "--help"], capture_output=True, text=True,
                              timeout=PATIENCE_S, check=True)
        drain = re.search(r"--drain-timeout TEXT=(\d+)s", done.stdout)
        self.assertGreater(int(value("TimeoutStopSec")), int(drain.group(1)) + 5)

    def test_the_filter_lets_all_of_its_calls_through(self):
        strace, analyze = need("strace"), need("systemd-analyze")
        with tempfile.TemporaryDirectory(prefix="millrace-unit-") as folder:
            made = self.calls_made(strace, pathlib.Path(folder) / "trace")
        self.assertIn("io_uring_enter", made)
        self.assertEqual(made - self.calls_in(analyze, value("SystemCallFilter")), set())

    def calls_made(self, strace, trace):
        flags = ["--raw", "--listen", "127.0.0.1:0", "--shards", "2"]
        die_along = ["setpriv", "--pdeathsig", "KILL"]
        # A sanitizer that looks for leaks traces the process itself, and makes calls of its own.
        environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
        with subprocess.Popen([*die_along, strace, "-f", "-o", trace, *die_along, MILLRACE, *flags],
                              stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                              env=environment, start_new_session=True) as process:
            try:
                address = process.stderr.readline().split()[-1]
                urllib.request.urlopen(f"http://{address}/metrics", timeout=PATIENCE_S).read()
                time.sleep(0.1)
            finally:
                os.killpg(process.pid, signal.SIGTERM)  # Of a session of its own: strace's.
                process.communicate(timeout=PATIENCE_S)
        return set(re.findall(r"^\d+ +(\w+)\(", trace.read_text(), re.MULTILINE))

    def calls_in(self, analyze, group):
        done = subprocess.run([analyze, "syscall-filter", group], capture_output=True, text=True,
                              timeout=PATIENCE_S, check=True)
        words = [line.strip() for line in done.stdout.splitlines()[1:]]
        calls = set()
        for word in words:
            if word.startswith("@"):
                calls |= self.calls_in(analyze, word)
            elif word and not word.startswith("#"):
                calls.add(word)
        return calls


if __name__ == "__main__":
    unittest.main()
