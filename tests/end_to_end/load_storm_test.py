"""The storm: everybody comes back at once, and those who stayed are served meanwhile."""

import time
import unittest

from support import gateway, load

CROWD = 1500
BYSTANDERS = ("--bystanders", 40, "--members", 20, "--rate", 100)
STORM = ("--connections", CROWD, *BYSTANDERS, "--warm-up", "200ms")


def storm(server, *flags):
    return load.run("storm", server.websocket("/room?room={room}"), *STORM, *flags)


def successor(ended):
    """A gateway at the address of one that has ended, as soon as the kernel has given it back."""
    for _ in range(100):
        try:
            return gateway.Gateway(listen=(f"{ended.host}:{ended.port}",))
        except AssertionError as error:
            failure = error
            time.sleep(0.05)
    raise failure


class LoadStormTest(unittest.TestCase):
    def test_all_come_back_and_bystanders_lose_nothing(self):
        with gateway.Gateway("--shards", 2) as server:
            code, report = storm(server, "--shards", 2, "--duration", "20s", "--expect", "back<15s",
                                 "--expect", "back.p50<15s", "--expect", "missing==0")
            self.assertEqual(code, 0, report["failures"])
            accepted = server.metrics().value("millrace_sessions_opened_total")
        self.assertEqual(report["counts"]["dropped"], CROWD)
        self.assertEqual(report["counts"]["missing"], 0)
        self.assertEqual(report["classes"]["back"]["latency_ns"]["count"], CROWD)
        self.assertEqual(report["connections"]["open_at_stop"], CROWD + 40)
        self.assertEqual(accepted, 2 * CROWD + 40)
        # Over a second after the last is back, not when --duration is.
        self.assertLess(report["times"]["measured_seconds"], 15)
        self.assertGreater(report["times"]["measured_seconds"], 1)
        self.assertGreater(report["audit"]["checked"], 1000)
        self.assertEqual(report["audit"]["lost"], 0)

    def test_those_for_whom_there_is_no_room_heed_retry_after_and_are_missed(self):
        # Places for the bystanders and all but ten of the crowd: each time ten must stay out.
        with gateway.Gateway("--connections", CROWD + 30) as server:
            code, report = storm(server, "--duration", "3500ms", "--expect", "back<10s",
                                 "--expect", "errors==10")
        self.assertEqual(code, 1)
        self.assertIn("this run has no back", " ".join(report["failures"]))
        counts = report["counts"]
        self.assertEqual(counts["dropped"], CROWD - 10)
        self.assertEqual(counts["missing"], 10)
        self.assertGreaterEqual(counts["refused"], 10)
        self.assertLessEqual(counts["retries"], counts["refused"])
        self.assertEqual(counts["deferred"], counts["refused"])  # Each said when to come again.
        self.assertEqual(report["forgiven"]["http_503"], counts["refused"])
        self.assertEqual(report["errors"], {"http_503": 10})

    def test_who_is_dropped_by_a_server_that_ends_comes_back_to_its_successor(self):
        first = gateway.Gateway()
        try:
            url = first.websocket("/room?room={room}")
            with load.Load("storm", url, "--connections", 200, *BYSTANDERS, "--drop", "server",
                           "--warm-up", "100ms", "--duration", "25s", "--backoff", "50ms",
                           "--backoff-cap", "200ms", "--expect", "errors<=40", "--expect",
                           "back<20s") as running:
                gateway.wait_until(lambda: first.metrics().value("millrace_sessions_open") >= 240)
                gateway.wait_until(
                    lambda: first.metrics().value("millrace_messages_received_total") > 30)
                first.stop()
                with successor(first) as second:
                    code, report = running.finish()
                    self.assertGreaterEqual(
                        second.metrics().value("millrace_sessions_opened_total"), 200)
        finally:
            if first.process.poll() is None:
                first.kill()
        self.assertEqual(code, 0, report["failures"])
        self.assertEqual(report["counts"]["dropped"], 200)
        self.assertEqual(report["counts"]["missing"], 0)


if __name__ == "__main__":
    unittest.main()
