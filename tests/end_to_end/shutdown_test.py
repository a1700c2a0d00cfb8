"""The end: SIGTERM lets everybody go in order and ends with 0 in time, whatever the clients do;
SIGINT does the same, and the second one ends it at once."""

import contextlib
import signal
import threading
import time
import unittest

from support import frames, gateway
from support.frames import TEXT, encode
from support.raw_client import RawClient, plain_request, upgrade_request

DRAIN_S = 2
FLAGS = ("--shards", 2, "--drain-timeout", f"{DRAIN_S}s", "--close-timeout", "1s")
SLACK_S = 3  # What a busy machine may add to a deadline.


class ShutdownTest(unittest.TestCase):
    def end(self, server, number=signal.SIGTERM):
        """Sends the signal and returns the exit code and how long the end took."""
        start = time.monotonic()
        server.signal(number)
        code = server.wait()
        return code, time.monotonic() - start

    def test_without_clients_it_ends_at_once(self):
        with gateway.Gateway("--shards", 2) as server:
            code, took = self.end(server)
            self.assertEqual(code, 0)
            self.assertLess(took, SLACK_S)

    def test_every_client_gets_1001_and_then_it_ends_with_0(self):
        with contextlib.ExitStack() as stack:
            server = stack.enter_context(gateway.Gateway(*FLAGS))
            paths = ("/echo", "/room?room=end")
            clients = [stack.enter_context(RawClient(server).upgrade(paths[number % 2]))
                       for number in range(200)]
            start = time.monotonic()
            server.signal(signal.SIGTERM)
            for client in clients:
                self.assertEqual(client.read_close()[0], 1001)
                client.send(frames.close(1001))
            self.assertEqual(server.wait(), 0)
            self.assertLess(time.monotonic() - start, DRAIN_S + SLACK_S)
            for client in clients:
                self.assertTrue(client.at_end())

    def test_who_answers_is_let_go_at_once(self):
        """Also the last one of a shard, while another shard still waits for somebody."""
        delays = []

        def answer_close(client):
            client.send(frames.close(client.read_close()[0]))
            start = time.monotonic()
            client.receive_rest()
            delays.append(time.monotonic() - start)

        flags = ("--shards", 2, "--drain-timeout", "4s", "--close-timeout", "4s")
        with contextlib.ExitStack() as stack:
            server = stack.enter_context(gateway.Gateway(*flags))
            stubborn = stack.enter_context(RawClient(server).upgrade())
            clients = [stack.enter_context(RawClient(server).upgrade()) for _ in range(16)]
            answering = [threading.Thread(target=answer_close, args=(client,))
                         for client in clients]
            for thread in answering:
                thread.start()
            server.signal(signal.SIGTERM)
            for thread in answering:
                thread.join()
            stubborn.close()
            self.assertEqual(server.wait(), 0)
        self.assertLess(max(delays), 1)

    def test_clients_are_let_go_in_waves(self):
        """Not all in one moment, or all would come back to another server in one moment."""
        with contextlib.ExitStack() as stack:
            server = stack.enter_context(gateway.Gateway("--drain-timeout", "4s"))
            clients = [stack.enter_context(RawClient(server).upgrade()) for _ in range(100)]
            times = []

            def note_close(client):
                client.read_close()
                times.append(time.monotonic())
                client.send(frames.close(1001))

            waiting = [threading.Thread(target=note_close, args=(client,)) for client in clients]
            for thread in waiting:
                thread.start()
            self.assertEqual(self.end(server)[0], 0)
            for thread in waiting:
                thread.join()
            self.assertEqual(len(times), len(clients))
            self.assertGreater(max(times) - min(times), 0.5, "all at once")

    def test_clients_that_never_answer_do_not_hold_it_up(self):
        with contextlib.ExitStack() as stack:
            server = stack.enter_context(gateway.Gateway(*FLAGS))
            for _ in range(20):
                stack.enter_context(RawClient(server).upgrade())
            stack.enter_context(RawClient(server))  # Not even a request.
            half = stack.enter_context(RawClient(server))
            half.send(upgrade_request()[:30])
            code, took = self.end(server)
            self.assertEqual(code, 0)
            self.assertLess(took, DRAIN_S + SLACK_S)

    def test_a_client_that_never_reads_does_not_hold_it_up(self):
        with contextlib.ExitStack() as stack:
            server = stack.enter_context(gateway.Gateway(*FLAGS, "--send-queue", "512MiB"))
            room = "/room?room=full"
            stack.enter_context(RawClient(server, receive_buffer=4096).upgrade(room))
            sender = stack.enter_context(RawClient(server).upgrade(room + "&echo=off"))
            for _ in range(200):
                sender.send(encode(TEXT, b"x" * 100_000))
            code, took = self.end(server)
            self.assertEqual(code, 0)
            self.assertLess(took, DRAIN_S + SLACK_S)

    def test_a_client_that_never_stops_sending_does_not_hold_it_up(self):
        with gateway.Gateway(*FLAGS) as server, RawClient(server).upgrade() as client:
            stopped = threading.Event()

            def babble():
                with contextlib.suppress(OSError):
                    while not stopped.is_set():
                        client.send(encode(TEXT, b"more"))

            def swallow():
                client.receive_rest()

            threads = [threading.Thread(target=babble), threading.Thread(target=swallow)]
            for thread in threads:
                thread.start()
            code, took = self.end(server)
            stopped.set()
            for thread in threads:
                thread.join()
            self.assertEqual(code, 0)
            self.assertLess(took, DRAIN_S + SLACK_S)

    def test_what_was_accepted_before_is_still_answered(self):
        with gateway.Gateway(*FLAGS) as server, RawClient(server).upgrade() as client:
            client.send(encode(TEXT, b"before"))
            self.assertEqual(client.read_message(), (TEXT, b"before"))
            server.signal(signal.SIGTERM)
            self.assertEqual(client.read_close()[0], 1001)
            client.send(frames.close(1001))
            self.assertEqual(server.wait(), 0)

    def test_nobody_new_comes_in_while_it_drains(self):
        with gateway.Gateway("--drain-timeout", "3s", "--close-timeout", "3s") as server, \
                RawClient(server).upgrade():
            server.signal(signal.SIGTERM)
            server.wait_for_output("drain")

            def refused():
                try:
                    with RawClient(server) as late:
                        return late.ask(plain_request("/health")).status == 503
                except (OSError, AssertionError):
                    return True

            self.assertTrue(gateway.wait_until(refused, timeout=1))
            self.assertEqual(server.wait(), 0)

    def test_sigint_once_drains_as_well(self):
        with gateway.Gateway(*FLAGS) as server, RawClient(server).upgrade() as client:
            server.signal(signal.SIGINT)
            self.assertEqual(client.read_close()[0], 1001)
            client.send(frames.close(1001))
            self.assertEqual(server.wait(), 0)

    def test_sigint_twice_ends_at_once(self):
        with gateway.Gateway("--drain-timeout", "60s", "--close-timeout", "60s") as server, \
                RawClient(server).upgrade():
            start = time.monotonic()
            server.signal(signal.SIGINT)
            server.wait_for_output("drain")
            server.signal(signal.SIGINT)
            self.assertNotEqual(server.wait(), 0, "not everybody was let go in order")
            self.assertLess(time.monotonic() - start, SLACK_S)
            server.process.returncode = 0  # As wanted: the context need not ask again.

    def test_sigterm_while_it_starts(self):
        for pause in (0, 0.002, 0.01, 0.03):
            with self.subTest(pause):
                ended = gateway.run_for(pause, "--listen", "127.0.0.1:0")
                # Before it can catch signals, the signal ends it.
                self.assertIn(ended.returncode, (0, -signal.SIGTERM), ended.stderr)


if __name__ == "__main__":
    unittest.main()
