"""Churn: members come and go while rooms are published to, and nobody loses what they are owed."""

import unittest

from support import gateway, load

ROOMS = ("--rooms", 3, "--members", 20, "--publishers", 2, "--rate", 600)
SECONDS = 2
CHURN = 100


class LoadChurnTest(unittest.TestCase):
    def test_members_come_and_go_and_nothing_is_lost(self):
        with gateway.Gateway("--shards", 2) as server:
            code, report = load.run(
                "churn", server.websocket("/room?room={room}"), *ROOMS, "--churn", CHURN, "--leave",
                "5:4:3", "--shards", 2, "--warm-up", "0s", "--duration", f"{SECONDS}s", "--expect",
                "lost==0", "--expect", "errors==0", "--expect", "joined>100")
            metrics = server.metrics()
        self.assertEqual(code, 0, report["failures"])
        counts = report["counts"]
        left = [counts[f"left_{way}"] for way in ("close", "abort", "vanish")]
        self.assertAlmostEqual(sum(left), CHURN * SECONDS, delta=0.35 * CHURN * SECONDS)
        self.assertTrue(all(ways > 15 for ways in left), left)
        self.assertAlmostEqual(counts["joined"], sum(left), delta=5)
        self.assertEqual(report["connections"]["open_at_stop"], 60)
        # What each way looks like from the other side.
        self.assertGreaterEqual(
            metrics.value("millrace_sessions_closed_total", reason="peer_closed"), left[0])
        # About nine tenths of the members are there at any time.
        self.assertGreater(report["audit"]["checked"], 0.8 * 600 * SECONDS * 20)


if __name__ == "__main__":
    unittest.main()
