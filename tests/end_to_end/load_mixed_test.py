"""The mix: chat, market data and presence at once, each with its own figures."""

import unittest

from support import gateway, load

SECONDS = 2
RATES = {"chat": 100, "market": 300, "presence": 40}
MIX = ("--chat-rooms", 10, "--chat-members", 4, "--chat-rate", RATES["chat"], "--market-rooms", 2,
       "--market-members", 30, "--market-rate", RATES["market"], "--presence-members", 50,
       "--presence-rate", RATES["presence"], "--churn", 30)


class LoadMixedTest(unittest.TestCase):
    def test_each_class_is_reported_and_judged_by_itself(self):
        with gateway.Gateway("--shards", 2) as server:
            code, report = load.run(
                "mixed", server.websocket("/room?room={room}"), *MIX, "--shards", 2, "--warm-up",
                "200ms", "--duration", f"{SECONDS}s", "--expect", "chat.lost==0", "--expect",
                "market.p50<5s", "--expect", "presence.p50<1ns")
        self.assertEqual(code, 1)
        self.assertEqual([result["met"] for result in report["expectations"]], [True, True, False])
        self.assertEqual(len(report["failures"]), 1, report["failures"])
        self.assertIn("presence.p50 was", report["failures"][0])
        self.assertEqual(set(report["classes"]), set(RATES))
        for name, rate in RATES.items():
            self.assertEqual(report["classes"][name]["sent"], rate * SECONDS, name)
            self.assertEqual(report["classes"][name]["audit"]["lost"], 0)
        self.assertEqual(report["classes"]["chat"]["received"], RATES["chat"] * SECONDS * 4)
        self.assertEqual(report["classes"]["market"]["received"], RATES["market"] * SECONDS * 30)
        self.assertGreater(report["counts"]["joined"], 20)
        counts = [one["latency_ns"]["count"] for one in report["classes"].values()]
        self.assertEqual(report["latency_ns"]["count"], sum(counts))


if __name__ == "__main__":
    unittest.main()
