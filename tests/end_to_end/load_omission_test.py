"""Coordinated omission cannot happen: a gateway that stands still for a second is seen to, by as
many messages as fell due meanwhile, although its answers were not waited for one by one."""

import signal
import time
import unittest

from support import gateway, load

RATE = 1000
RUN_S = 3
STALL_S = 1.0
SLOW_S = 0.1
SECOND_NS = 1e9


class LoadOmissionTest(gateway.GatewayTest):
    def messages_received(self):
        return self.gateway.metrics().value("millrace_messages_received_total")

    def run_with_a_stall(self, *flags):
        """The report, and for how long the gateway stood still in the middle of the run."""
        before = self.messages_received()
        with load.Load("echo", self.gateway.websocket("/echo"), "--connections", 10, "--warm-up",
                       "0s", "--duration", f"{RUN_S}s", *flags) as running:
            gateway.wait_until(lambda: self.messages_received() > before)
            time.sleep(0.5)
            self.gateway.signal(signal.SIGSTOP)
            stopped = time.monotonic()
            time.sleep(STALL_S)
            stalled = time.monotonic() - stopped
            self.gateway.signal(signal.SIGCONT)
            code, report = running.finish()
        self.assertEqual(code, 0, report["failures"])
        self.assertEqual(report["audit"]["lost"], 0)
        return report, stalled

    def test_an_open_loop_shows_the_stall_by_every_message_that_it_held_up(self):
        report, stalled = self.run_with_a_stall("--rate", RATE)
        self.assertEqual(report["latency_ns"]["count"], RATE * RUN_S)
        held_up = RATE * (stalled - SLOW_S)
        slow = load.slower_than(report, SLOW_S * SECOND_NS)
        self.assertAlmostEqual(slow, held_up, delta=0.2 * held_up)
        latency = report["latency_ns"]
        self.assertGreater(latency["max"], 0.95 * stalled * SECOND_NS)
        self.assertGreater(latency["p99"], 0.85 * stalled * SECOND_NS)
        # What fell due half-way through the stall waited for the other half.
        self.assertGreater(latency["p90"], 0.4 * stalled * SECOND_NS)
        self.assertLess(latency["p50"], SLOW_S * SECOND_NS)

    def test_a_closed_loop_omits_it_and_says_so(self):
        report, _ = self.run_with_a_stall("--in-flight", 1)
        self.assertEqual(report["loop"], "closed")
        self.assertLessEqual(load.slower_than(report, SLOW_S * SECOND_NS), 2 * 10)
        self.assertLess(report["latency_ns"]["p99"], SLOW_S * SECOND_NS)


if __name__ == "__main__":
    unittest.main()
