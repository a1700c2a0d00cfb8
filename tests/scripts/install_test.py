"""Tests of scripts/install: what it asks apt-get for, and what it says when it cannot. The system's
commands are replaced by stand-ins, so nothing is installed."""

import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class InstallTest(unittest.TestCase):
    def run_install(self, *groups, installed=(), user=0, apt_status=0):
        """Runs scripts/install where only `installed` is there; returns the run and apt's calls."""
        with tempfile.TemporaryDirectory() as folder:
            calls = pathlib.Path(folder) / "calls"
            calls.touch()
            stand_ins = {
                "dpkg-query": f'for last; do :; done; [[ " {" ".join(installed)} " == '
                              '*" $last "* ]] && printf installed',
                "id": f"echo {user}",
                "apt-get": f'echo "$@" >>{calls}; echo "apt says no"; exit {apt_status}',
            }
            for name, body in stand_ins.items():
                file = pathlib.Path(folder) / name
                file.write_text(f"#!/bin/bash\n{body}\n")
                file.chmod(0o755)
            for name in ("bash", "env", "grep", "dirname", "mktemp", "rm", "tail"):
                (pathlib.Path(folder) / name).symlink_to(f"/usr/bin/{name}")
            run = subprocess.run([str(ROOT / "scripts/install"), *groups], env={"PATH": folder},
                                 capture_output=True, text=True, check=False)
            return run, calls.read_text().splitlines()

    def packages(self, *groups):
        lines = [line.split() for line in (ROOT / "scripts/packages").read_text().splitlines()]
        return [line[1] for group in groups for line in lines if line and line[0] == f"{group}:"]

    def test_installs_what_is_missing_and_nothing_else(self):
        missing = self.packages("run")[3]
        there = set(self.packages("run")) - {missing}
        run, calls = self.run_install("run", installed=there)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(len(calls), 2)
        self.assertTrue(calls[0].endswith(" update"))
        self.assertTrue(calls[1].endswith(f" --no-install-recommends {missing}"), calls[1])

    def test_says_and_does_nothing_when_all_is_there(self):
        run, calls = self.run_install("run", "test", installed=self.packages("run", "test"), user=1)
        self.assertEqual((run.returncode, run.stdout, run.stderr, calls), (0, "", "", []))

    def test_takes_the_first_group_when_none_is_named(self):
        _, calls = self.run_install()
        self.assertTrue(calls[1].endswith(" ".join(self.packages("run"))))

    def test_without_rights_it_says_what_to_run(self):
        run, calls = self.run_install("run", user=1000)
        self.assertEqual((run.returncode, calls), (1, []))
        self.assertEqual(run.stderr.count("\n"), 1)
        self.assertIn("run as root: apt-get install cmake g++", run.stderr)

    def test_shows_why_apt_failed(self):
        run, _ = self.run_install("run", apt_status=100)
        self.assertEqual(run.returncode, 1)
        self.assertIn("apt says no", run.stderr)

    def test_an_unknown_group_is_an_error(self):
        run, calls = self.run_install("runn")
        self.assertEqual((run.returncode, calls), (1, []))
        self.assertIn("no group 'runn'", run.stderr)


if __name__ == "__main__":
    unittest.main()
