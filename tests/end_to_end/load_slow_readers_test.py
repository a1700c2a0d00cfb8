"""Slow readers: whoever stops reading is closed with 1013, and nobody else notices."""

import unittest

from support import gateway, load

ROOMS = ("--rooms", 2, "--members", 12, "--slow", 3, "--rate", 400, "--warm-up", "200ms",
         "--duration", "2500ms")


def slow_readers(server, *flags):
    return load.run("slow-readers", server.websocket("/room?room={room}"), *ROOMS, *flags)


class LoadSlowReadersTest(unittest.TestCase):
    def test_they_are_closed_and_the_others_get_everything(self):
        with gateway.Gateway("--send-queue", "256KiB", "--shards", 2) as server:
            code, report = slow_readers(server, "--size", "32KiB", "--shards", 2, "--expect",
                                        "slow_closed==6", "--expect", "lost==0")
            closed = server.metrics().value("millrace_sessions_closed_total",
                                            reason="send_queue_full")
        self.assertEqual(code, 0, report["failures"])
        self.assertEqual(closed, 6)
        counts = report["counts"]
        self.assertEqual((counts["slow_dropped"], counts["slow_open"]), (0, 0))
        self.assertEqual(report["errors"], {})
        # Of those that were to be sent while it measured; a late one counts as sent when it was.
        self.assertAlmostEqual(report["messages"]["sent"], 1000, delta=50)
        self.assertEqual(report["latency_ns"]["count"], 1000 * (12 - 3))

    def test_those_that_are_slow_but_not_too_slow_get_everything_in_the_end(self):
        with gateway.Gateway() as server:
            code, report = slow_readers(server, "--size", 64, "--expect", "slow_open==6")
        self.assertEqual(code, 0, report["failures"])
        self.assertEqual(report["counts"]["slow_missed"], 0)
        # They read all of it, although nobody measured how late.
        self.assertGreater(report["audit"]["checked"], 12 * 1000)


if __name__ == "__main__":
    unittest.main()
