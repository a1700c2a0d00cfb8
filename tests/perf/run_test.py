"""perf/run: what it writes, and what it says of servers and programs that are not there. The runs
are short and on a busy machine; no figure of theirs is judged, but for the audit's."""

import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ.get("MILLRACE_BIN", str(ROOT / "build/dev/bin"))
PATIENCE_S = 100


class RunTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="millrace-perf-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_recipe(self, *words, programs=BIN):
        return subprocess.run(
            [ROOT / "perf/run", "--results", self.folder, *words], capture_output=True, text=True,
            timeout=PATIENCE_S, check=False, env={**os.environ, "MILLRACE_BIN": str(programs)})

    def test_a_result_says_what_ran_where_and_what_came_of_it(self):
        done = self.run_recipe("--quick", "--only", "across-shards")
        self.assertEqual(done.returncode, 0, done.stderr)
        (result,) = self.folder.iterdir()
        self.assertRegex(result.name, r"^\d{4}-\d\d-\d\d-across-shards-quick\.md$")
        text = result.read_text()
        self.assertRegex(text, r"(?m)^Machine: .+, \d+ cpus, .+Linux \d.+ Commit: [0-9a-f]{12}")
        self.assertRegex(text, r"(?m)^    \S+/millrace --raw .*--shards 2")
        self.assertRegex(text, r"(?m)^    \S+/millrace-load room .*--rate 100k")
        self.assertRegex(text, r"(?m)^\| deliveries per second \| [\d,]+ \|")
        self.assertIn("Verdict: passed.", text)

    def test_a_crowd_is_measured_and_judged_by_its_aim(self):
        for recipe, aim in (("isolation", "p99 < 5 ms"),
                            ("slow-readers", "p99 within 20 %, memory within its budget"),
                            ("storm", "all back < 10 s, others' p99 < 10 ms")):
            with self.subTest(recipe):
                done = self.run_recipe("--quick", "--only", recipe)
                self.assertIn(done.returncode, (0, 1), done.stderr)
                (result,) = self.folder.glob(f"*-{recipe}-quick.md")
                text = result.read_text()
                self.assertRegex(text, r"(?m)^Machine: .+ Commit: [0-9a-f]{12}")
                self.assertRegex(text, r"(?m)^    \S+/millrace --raw .*--shards 1")
                self.assertRegex(text, r"(?m)^    \S+/millrace-load ")
                self.assertRegex(text, r"audited \| [1-9][\d,]*: 0 lost, 0 duplicates, 0 out of")
                self.assertNotRegex(text, r"[1-9]\d* lost")
                verdict = "failed" if done.returncode else "passed"
                self.assertIn(f"Aim: {aim}. Verdict: {verdict}.", text)

    def test_a_server_that_runs_already_is_measured_and_left_alone(self):
        with subprocess.Popen(["setpriv", "--pdeathsig", "KILL", f"{BIN}/millrace", "--raw",
                               "--listen", "127.0.0.1:0"], stdin=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True) as server:
            try:
                address = server.stderr.readline().split()[-1]
                report = self.folder / "report.md"
                words = [ROOT / "perf/side_by_side", "--server", "millrace",
                         "--server", f"other=ws://{address}@{server.pid}",
                         "--reference", "other", "--rounds", "1",
                         "--seconds", "0.3", "--cell", "echo 200 x 1", "--write", report]
                done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE_S,
                                      check=False, env={**os.environ, "MILLRACE_BIN": BIN})
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIsNone(server.poll())
                self.assertRegex(report.read_text(), r"(?m)^\| echo 200 x 1 \| other \| 1 \|")
                self.assertRegex(report.read_text(), r"(?m)^\| echo 200 x 1 \| millrace \| \d")
                self.assertIn(f"other=ws://{address}@PID", report.read_text())
            finally:
                server.terminate()

    def test_an_unknown_server_is_told_at_once(self):
        done = self.run_recipe("--only", "idle", "--peer", "nobody")
        self.assertEqual(done.returncode, 1)
        self.assertIn("nobody: no such peer", done.stderr)

    def test_programs_that_are_not_built_are_told(self):
        done = self.run_recipe("--only", "idle", programs=self.folder)
        self.assertEqual(done.returncode, 1)
        self.assertIn("is missing: scripts/build release", done.stderr)


if __name__ == "__main__":
    unittest.main()
