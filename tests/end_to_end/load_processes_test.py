"""Several generator processes: one run, one result, and rooms audited across them."""

import os
import pathlib
import signal
import unittest

from support import gateway, load

PROCESSES = 3
ROOMS, MEMBERS, RATE, SECONDS = 4, 10, 300, 1
ROOM = ("--rooms", ROOMS, "--members", MEMBERS, "--publishers", 3, "--rate", RATE, "--warm-up",
        "200ms", "--processes", PROCESSES)


def children_of(pid):
    return [int(child) for child in
            pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class LoadProcessesTest(gateway.GatewayTest):
    flags = ("--shards", "2")

    def room(self, seconds, *flags):
        url = self.gateway.websocket("/room?room={room}")
        return load.Load("room", url, *ROOM, "--duration", f"{seconds}s", *flags)

    def test_a_room_reaches_across_processes_and_the_result_is_one(self):
        opened = self.gateway.metrics().value("millrace_sessions_opened_total")
        with self.room(SECONDS, "--server-pid", self.gateway.process.pid) as running:
            code, report = running.finish()
        self.assertEqual(code, 0, report["failures"])
        self.assertEqual(self.gateway.metrics().value("millrace_sessions_opened_total") - opened,
                         ROOMS * MEMBERS)
        self.assertEqual(report["connections"]["open_at_stop"], ROOMS * MEMBERS)
        self.assertEqual(report["options"]["processes"], PROCESSES)
        sent = RATE * SECONDS
        self.assertAlmostEqual(report["messages"]["sent"], sent, delta=5)
        # Every member heard every publisher, whichever processes they are in.
        self.assertEqual(report["latency_ns"]["count"], sent * MEMBERS)
        self.assertEqual(sum(count for _, count in report["latency_buckets"]), sent * MEMBERS)
        self.assertGreater(report["server"]["cpu_us_per_message"], 0)
        self.assertGreater(report["client"]["cpus_busy"], 0)

    def test_storms_and_churn_go_through_their_phases_together(self):
        url = self.gateway.websocket("/room?room={room}")
        code, report = load.run("storm", url, "--connections", 300, "--bystanders", 20,
                                "--members", 10, "--rate", 50, "--warm-up", "100ms", "--duration",
                                "10s", "--processes", 2, "--expect", "back<8s")
        self.assertEqual(code, 0, report["failures"])
        self.assertEqual(report["counts"]["dropped"], 300)
        self.assertEqual(report["classes"]["back"]["latency_ns"]["count"], 300)
        self.assertLess(report["times"]["measured_seconds"], 9)
        code, report = load.run("churn", url, "--rooms", 2, "--members", 10, "--rate", 200,
                                "--churn", 50, "--warm-up", "0s", "--duration", "1s",
                                "--processes", 2)
        self.assertEqual(code, 0, report["failures"])
        self.assertGreater(report["counts"]["joined"], 20)

    def published(self):
        return self.gateway.metrics().value("millrace_room_messages_published_total")

    def wait_until_it_runs(self, published_before):
        """Half a second's messages: all are connected by then, and the warm-up is over."""
        self.assertTrue(gateway.wait_until(
            lambda: self.published() - published_before > RATE / 2))

    def test_a_process_that_dies_fails_the_run_and_is_named(self):
        before = self.published()
        with self.room(60) as running:
            self.wait_until_it_runs(before)
            os.kill(children_of(running.process.pid)[1], signal.SIGKILL)
            _, stderr = running.process.communicate(timeout=gateway.PATIENCE_S)
        self.assertEqual(running.process.returncode, 1)
        self.assertIn("process 1 of the generator was ended by signal 9", stderr)

    def test_an_interrupt_ends_all_and_reports_what_there_is(self):
        before = self.published()
        with self.room(60) as running:
            self.wait_until_it_runs(before)
            running.process.send_signal(signal.SIGINT)
            stdout, _ = running.process.communicate(timeout=gateway.PATIENCE_S)
        self.assertEqual(running.process.returncode, 130)
        self.assertIn('"interrupted": true', stdout)


if __name__ == "__main__":
    unittest.main()
