"""deploy/millrace.service: systemd finds no fault in it, millrace knows its flags and takes the
configuration that comes with it, and its filter lets through every system call that a serving
millrace makes."""

import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
import tomllib
import unittest
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNIT = ROOT / "deploy/millrace.service"
MILLRACE = pathlib.Path(os.environ.get("MILLRACE_BIN", ROOT / "build/dev/bin")) / "millrace"
SETTINGS = ROOT / "deploy/millrace.toml"
PATIENCE_S = 60
# Of ten, where ten is everything that root may do: what hardening left, and room for a line or two.
EXPOSURE_MOST = 2.0


def value(name):
    (found,) = re.findall(rf"^{name}=(.*)$", UNIT.read_text(), re.MULTILINE)
    return found


def need(command):
    return shutil.which(command) or unittest.TestCase().skipTest(f"{command} is not installed")


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


class ServiceTest(unittest.TestCase):
    def test_systemd_finds_no_fault(self):
        analyze = need("systemd-analyze")
        with tempfile.TemporaryDirectory(prefix="millrace-unit-") as folder:
            unit = pathlib.Path(folder) / "millrace.service"
            unit.write_text(UNIT.read_text().replace("/usr/bin/millrace", str(MILLRACE)))
            done = run(analyze, "verify", "--man=no", unit)
        ours = [line for line in done.stderr.splitlines() if "millrace" in line]
        self.assertEqual(ours, [])

    def test_little_is_exposed(self):
        done = run(need("systemd-analyze"), "security", "--offline=true", "--no-pager", UNIT)
        found = re.search(r"Overall exposure level for millrace.service: ([\d.]+)", done.stdout)
        self.assertIsNotNone(found, done.stdout + done.stderr)
        self.assertLessEqual(float(found.group(1)), EXPOSURE_MOST)

    def test_millrace_knows_the_flags(self):
        known = run(MILLRACE, "--help").stdout
        self.need_flag("--check-config")
        for line in ("ExecStartPre", "ExecStart"):
            program, *words = shlex.split(value(line))
            self.assertEqual(program, "/usr/bin/millrace")
            for flag in (word for word in words if word.startswith("--")):
                self.assertRegex(known, rf"(?m)^\s+(\S+,)?{flag}\b")

    def test_millrace_takes_the_configuration_that_comes_with_it(self):
        self.need_flag("--check-config")
        done = run(MILLRACE, "--check-config", "--config", SETTINGS)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def need_flag(self, flag):
        if flag not in run(MILLRACE, "--help").stdout:
            self.skipTest(f"{MILLRACE} has no {flag}")

    def test_a_ready_unit_is_one_that_said_so(self):
        self.assertEqual(value("Type"), "notify")
        self.assertGreaterEqual(int(value("WatchdogSec")), 5)
        self.assertRegex(value("ExecReload"), r"^/bin/kill -HUP \$MAINPID$")

    def test_stopping_takes_longer_than_a_drain(self):
        drain = re.search(r"--drain-timeout TEXT=(\d+)s", run(MILLRACE, "--help").stdout)
        ours = tomllib.loads(SETTINGS.read_text())["drain"]["timeout"]
        longest = max(int(drain.group(1)), int(ours.removesuffix("s")))
        self.assertGreater(int(value("TimeoutStopSec")), longest + 5)

    def test_the_filter_lets_all_of_its_calls_through(self):
        strace, analyze = need("strace"), need("systemd-analyze")
        with tempfile.TemporaryDirectory(prefix="millrace-unit-") as folder:
            made = self.calls_made(strace, pathlib.Path(folder) / "trace")
        self.assertIn("io_uring_enter", made)
        allowed = self.calls_in(analyze, value("SystemCallFilter"))
        self.assertLessEqual({"io_uring_setup", "io_uring_enter", "io_uring_register"}, allowed)
        self.assertEqual(made - allowed, set())

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
