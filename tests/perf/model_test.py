"""perf/model: that it multiplies what it says it multiplies, and that what it calls measured is
written down where it says."""

import importlib.machinery
import importlib.util
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODEL = ROOT / "perf/model"


def load_model():
    sys.dont_write_bytecode = True
    loader = importlib.machinery.SourceFileLoader("perf_model", str(MODEL))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("perf_model", loader))
    loader.exec_module(module)
    return module


model = load_model()


class ModelTest(unittest.TestCase):
    def predict(self, cores, case="value", **overrides):
        return model.predict(cores, model.values(case, overrides))

    def test_one_core_at_full_tilt_is_what_was_measured(self):
        one = self.predict(1, utilisation_most=1.0, lane_message_us=0.0)
        self.assertAlmostEqual(one["deliveries"], 1e6 / 3.263, delta=1)
        self.assertAlmostEqual(one["deliveries, 16 a send"], 1e6 / 0.2707, delta=3e4)
        self.assertAlmostEqual(one["echoes"], 1e6 / 4.242, delta=1)
        self.assertAlmostEqual(one["handshakes"], 1e6 / 22.8, delta=1)

    def test_more_cores_do_more_but_less_than_in_proportion(self):
        for few, many in ((1, 8), (8, 32), (32, 64)):
            for figure in ("deliveries", "deliveries, 16 a send", "echoes", "handshakes"):
                before, after = self.predict(few)[figure], self.predict(many)[figure]
                self.assertGreater(after, before)
                self.assertLess(after, before * many / few)

    def test_the_range_has_the_value_inside(self):
        for figure in ("deliveries", "deliveries, 16 a send", "echoes", "handshakes"):
            better, value, worse = (self.predict(32, case)[figure] for case in model.CASES)
            self.assertGreater(better, value)
            self.assertGreater(value, worse)

    def test_lanes_weigh_on_small_rooms(self):
        self.assertLess(self.predict(64, room_members=10)["deliveries"],
                        0.9 * self.predict(64)["deliveries"])

    def test_connections_and_their_memory(self):
        figures = self.predict(8, heartbeat_interval_s=60)
        self.assertAlmostEqual(figures["connections"], 2 * self.predict(8)["connections"])
        self.assertAlmostEqual(figures["memory_gb"], figures["connections"] * 3945 / 1e9)

    def test_what_is_measured_is_written_down(self):
        for name, one in model.INPUTS.items():
            self.assertRegex(one.source, r"^(measured|assumed|reckoned): |^the default of", name)
            for path in re.findall(r"perf/[\w/.-]+\.md", one.source):
                self.assertTrue((ROOT / path).is_file(), path)

    def test_the_table_and_its_inputs_are_printed(self):
        done = subprocess.run([MODEL, "--cores", "4", "--set", "echo_us=8"], capture_output=True,
                              text=True, timeout=30, check=True)
        self.assertIn("| what | 4 cores |", done.stdout)
        self.assertIn("| `echo_us` | 8 us (given) |", done.stdout)

    def test_what_it_does_not_know_is_refused(self):
        for wrong, said in (("nonsense=1", "no such input"), ("echo_us=fast", "a number"),
                            ("echo_us=-1", "a number"), ("echo_us=nan", "a number")):
            done = subprocess.run([MODEL, "--set", wrong], capture_output=True, text=True,
                                  timeout=30, check=False)
            self.assertEqual(done.returncode, 2, wrong)
            self.assertIn(said, done.stderr)
        done = subprocess.run([MODEL, "--cores", "0"], capture_output=True, text=True, timeout=30,
                              check=False)
        self.assertEqual(done.returncode, 2)


if __name__ == "__main__":
    unittest.main()
