"""deploy/millrace.service: systemd finds no fault in it, millrace knows its flags and takes the
configuration that comes with it, and its filter lets through every system call that a serving
millrace makes."""

import ctypes
import os
import pathlib
import re
import shlex
import shutil
import tempfile
import time
import tomllib
import unittest

from serving import MILLRACE, ROOT, has_flag, page, run, serving

UNIT = ROOT / "deploy/millrace.service"
SETTINGS = ROOT / "deploy/millrace.toml"
# Of ten, where ten is everything that root may do: what hardening left, and room for a line or two.
EXPOSURE_MOST = 2.0


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

    def test_the_manual_shows_the_configuration_as_it_is(self):
        manual = (ROOT / "docs/OPERATIONS.md").read_text()
        (shown,) = re.findall(r"^```toml\n(.*?)^```", manual, re.MULTILINE | re.DOTALL)
        self.assertEqual(tomllib.loads(shown), tomllib.loads(SETTINGS.read_text()))

    def need_flag(self, flag):
        if not has_flag(flag):
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

    def test_no_memory_need_be_written_and_executed(self):
        """MemoryDenyWriteExecute=yes, by the kernel's own switch for it (Linux 6.3)."""
        self.assertEqual(value("MemoryDenyWriteExecute"), "yes")
        set_mdwe, refuse_exec_gain = 65, 1
        prctl = ctypes.CDLL(None, use_errno=True).prctl

        def refuse():
            if prctl(set_mdwe, refuse_exec_gain, 0, 0, 0) != 0:
                os._exit(1)

        if os.fork() == 0:
            refuse()
            os._exit(0)
        if os.wait()[1] != 0:
            self.skipTest("this kernel cannot refuse it")
        with serving(preexec=refuse) as address:
            self.assertIn(b"millrace_shards 2", page(address, "/metrics"))

    def calls_made(self, strace, trace):
        with serving(strace, "-f", "-o", trace) as address:
            page(address, "/metrics")
            time.sleep(0.1)
        return set(re.findall(r"^\d+ +(\w+)\(", trace.read_text(), re.MULTILINE))

    def calls_in(self, analyze, group):
        said = run(analyze, "syscall-filter", group).stdout
        words = [line.strip() for line in said.splitlines()[1:]]
        calls = set()
        for word in words:
            if word.startswith("@"):
                calls |= self.calls_in(analyze, word)
            elif word and not word.startswith("#"):
                calls.add(word)
        return calls


if __name__ == "__main__":
    unittest.main()
