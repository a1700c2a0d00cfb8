"""Crowds that connect at once: a budget of handshakes, early refusals, and who must not notice."""

import threading
import time
import unittest

from support import frames, gateway
from support.raw_client import RawClient, upgrade_request

CLOSED = "millrace_sessions_closed_total"


class StormTest(gateway.GatewayTest):
    flags = ("--shards", "2", "--handshakes-per-second", "100")

    def test_over_the_budget_connections_are_told_when_to_come_back(self):
        clients = [RawClient(self.gateway) for _ in range(300)]
        for client in clients:
            client.send(upgrade_request())
        answers = [client.read_response() for client in clients]
        statuses = [answer.status for answer in answers]
        self.assertEqual(set(statuses), {101, 503})
        self.assertLess(statuses.count(101), 150)
        waits = {int(answer.header("Retry-After")) for answer in answers if answer.status == 503}
        self.assertGreater(len(waits), 3)
        self.assertLessEqual(max(waits), 8)
        for client, answer in zip(clients, answers):
            if answer.status == 503:
                self.assertTrue(client.at_end())
            client.close()
        refused = self.gateway.metrics().value(CLOSED, reason="too_many_handshakes")
        self.assertGreaterEqual(refused, statuses.count(503))

    def test_who_is_in_does_not_notice_a_crowd(self):
        time.sleep(1)  # The budget is whole again.
        with RawClient(self.gateway).upgrade() as inside:
            over = threading.Event()

            def crowd():
                while not over.is_set():
                    for client in [RawClient(self.gateway) for _ in range(50)]:
                        client.send(upgrade_request())
                        client.close()

            threads = [threading.Thread(target=crowd) for _ in range(2)]
            for thread in threads:
                thread.start()
            times = []
            for number in range(300):
                start = time.monotonic()
                self.assertEqual(inside.echo(str(number).encode()),
                                 (frames.TEXT, str(number).encode()))
                times.append(time.monotonic() - start)
            over.set()
            for thread in threads:
                thread.join()
            # The crowd and the measuring share one interpreter: this only finds a gateway that
            # stands still while it takes a crowd in.
            self.assertLess(sorted(times)[len(times) // 2], 0.05)


if __name__ == "__main__":
    unittest.main()
