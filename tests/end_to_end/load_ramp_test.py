"""The ramp: the highest rate that holds, told apart from those that do not."""

import unittest

from support import gateway, load

SHORT = ("--of", "echo", "--connections", 10, "--step", "300ms", "--warm-up", "100ms")


class LoadRampTest(gateway.GatewayTest):
    def ramp(self, *flags):
        return load.run("ramp", self.gateway.websocket("/echo"), *SHORT, *flags)

    def test_the_answer_lies_between_what_held_and_what_did_not(self):
        # Throughput grows with the rate: the limit is of the expectation's making, and known.
        code, report = self.ramp("--rate-from", 100, "--rate-to", "2k", "--precision", 30,
                                 "--expect", "throughput<1000")
        self.assertEqual(code, 0)
        self.assertGreater(report["highest_rate"], 600)
        self.assertLess(report["highest_rate"], 1200)
        rates = [step["rate"] for step in report["steps"]]
        self.assertEqual(rates[:3], [100, 200, 400])
        held = [step["rate"] for step in report["steps"] if step["held"]]
        failed = [step["rate"] for step in report["steps"] if not step["held"]]
        self.assertEqual(max(held), report["highest_rate"])
        self.assertGreater(min(failed), max(held))
        self.assertLess(min(failed) / max(held), 1.31)
        self.assertEqual(report["best"]["options"]["rate"], report["highest_rate"])
        self.assertTrue(report["best"]["passed"])

    def test_it_fails_when_not_even_the_first_holds(self):
        code, report = self.ramp("--rate-from", 100, "--expect", "p50<1ns")
        self.assertEqual(code, 1)
        self.assertIsNone(report["highest_rate"])
        self.assertEqual(len(report["steps"]), 1)
        self.assertIn("expected p50<1ns", report["steps"][0]["failures"][0])


if __name__ == "__main__":
    unittest.main()
