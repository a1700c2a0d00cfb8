"""Clients that are slow, silent, suddenly gone or too many: each costs what it may cost and no
more, and the others notice nothing."""

import contextlib
import itertools
import random
import socket
import time
import unittest
import urllib.error

from support import frames, gateway
from support.frames import BINARY, TEXT, encode
from support.raw_client import RawClient, plain_request, upgrade_request

CLOSED = "millrace_sessions_closed_total"
MIB = 1 << 20


def source_addresses():
    """Addresses of this host in turn, so that no pair of addresses runs out of ports."""
    return itertools.cycle(f"127.0.0.{number}" for number in range(2, 200))


class SlowHandshakeTest(gateway.GatewayTest):
    flags = ("--handshake-timeout", "500ms")

    def test_a_handshake_that_trickles_is_cut_off(self):
        start = time.monotonic()
        with RawClient(self.gateway) as client:
            with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                for octet in upgrade_request(Cookie="x" * 1000):
                    client.send(bytes([octet]))
                    time.sleep(0.02)
                    if time.monotonic() - start > gateway.PATIENCE_S:
                        break
            self.assertNotIn(b" 101 ", client.receive_rest())
        self.assertLess(time.monotonic() - start, gateway.PATIENCE_S)

    def test_who_says_nothing_is_cut_off_and_counted(self):
        before = self.gateway.metrics().value(CLOSED, reason="handshake_timeout")
        clients = [RawClient(self.gateway) for _ in range(20)]
        start = time.monotonic()
        for client in clients:
            self.assertNotIn(b" 101 ", client.receive_rest())
            client.close()
        self.assertGreater(time.monotonic() - start, 0.3, "cut off too early")
        self.assertLess(time.monotonic() - start, 5, "cut off too late")
        after = self.gateway.metrics().value(CLOSED, reason="handshake_timeout")
        self.assertEqual(after - before, len(clients))

    def test_an_open_session_outlives_the_handshake_timeout(self):
        with RawClient(self.gateway).upgrade() as client:
            time.sleep(1.2)
            self.assertEqual(client.echo(b"still here"), (TEXT, b"still here"))


class SlowReaderTest(gateway.GatewayTest):
    # Few receive buffers: what grows is what is queued.
    flags = ("--shards", "2", "--send-queue", "64KiB", "--close-timeout", "1s",
             "--receive-buffers", "16")

    def count(self, reason):
        return self.gateway.metrics().value(CLOSED, reason=reason)

    def dropped(self):
        return self.gateway.metrics().value("millrace_deliveries_dropped_total")

    def fill_room(self, sender, receivers, message_count, size):
        """Sends messages of that size to a room, each receiver reading along."""
        for number in range(message_count):
            message = str(number).encode().ljust(size)
            sender.send(encode(BINARY, message))
            for receiver in receivers:
                self.assertEqual(receiver.read_message(), (BINARY, message))

    def test_a_member_that_stops_reading_is_closed_and_the_others_get_all(self):
        """What a socket holds is the kernel's to say: this sends far more than that."""
        before = self.count("send_queue_full")
        room = "/room?room=slow"
        with RawClient(self.gateway, receive_buffer=4096).upgrade(room) as slow, \
                RawClient(self.gateway).upgrade(room + "&echo=off") as sender, \
                RawClient(self.gateway).upgrade(room) as reader:
            self.fill_room(sender, [reader], 500, 32768)
            self.assertTrue(gateway.wait_until(
                lambda: self.count("send_queue_full") == before + 1), "not counted")
            self.assert_prefix_then_1013(slow, 32768)
            self.fill_room(sender, [reader], 10, 32768)
        self.assertEqual(self.count("send_queue_full"), before + 1)

    def assert_prefix_then_1013(self, slow, size):
        """A late reader gets the first messages, none missing between them, and then the reason."""
        expected = 0
        while True:
            try:
                frame = slow.read_frame()
            except (ConnectionResetError, AssertionError):
                return  # It was late for the close handshake as well.
            if frame is None:
                return
            if frame.opcode == frames.CLOSE:
                self.assertEqual(frame.payload[:2], (1013).to_bytes(2, "big"))
                return
            self.assertEqual(frame.payload, str(expected).encode().ljust(size))
            expected += 1

    def test_a_member_that_was_slow_for_a_moment_is_told_1013(self):
        """One that reads again in time for the close handshake sees the reason."""
        room = "/room?room=moment"
        with RawClient(self.gateway, receive_buffer=4096).upgrade(room) as slow, \
                RawClient(self.gateway).upgrade(room + "&echo=off") as sender:
            before, sent = self.dropped(), 0
            while self.dropped() == before:
                for _ in range(10):
                    sender.send(encode(BINARY, str(sent).encode().ljust(32768)))
                    sent += 1
                self.assertLess(sent, 2000, "never full")
            self.assertEqual(slow.read_close()[0], 1013)

    def test_an_echo_that_is_not_read_ends_with_1013(self):
        before = self.count("send_queue_full")
        with RawClient(self.gateway, receive_buffer=4096).upgrade() as client:
            client.socket.settimeout(0.5)
            message = encode(BINARY, b"x" * 32768)
            with contextlib.suppress(TimeoutError, ConnectionResetError, BrokenPipeError):
                for _ in range(2000):
                    client.send(message)
            self.assertTrue(gateway.wait_until(
                lambda: self.count("send_queue_full") == before + 1), "not counted")

    def test_pongs_that_are_not_read_cost_what_the_queue_may_hold(self):
        before = self.gateway.resident_bytes()
        with RawClient(self.gateway, receive_buffer=4096).upgrade() as client:
            client.socket.settimeout(0.5)
            pings = encode(frames.PING, b"x" * 125) * 100
            with contextlib.suppress(TimeoutError, ConnectionResetError, BrokenPipeError):
                for _ in range(2000):
                    client.send(pings)
            self.assertLess(self.gateway.resident_bytes() - before, 8 * MIB)

    def test_many_that_stop_reading_cost_what_their_queues_may_hold(self):
        room, slow_count = "/room?room=many", 200
        with contextlib.ExitStack() as stack:
            enter = stack.enter_context
            sender = enter(RawClient(self.gateway).upgrade(room + "&echo=off"))
            reader = enter(RawClient(self.gateway).upgrade(room))
            for _ in range(slow_count):
                enter(RawClient(self.gateway, receive_buffer=4096).upgrade(room))
            before = self.gateway.resident_bytes()
            self.fill_room(sender, [reader], 300, 32768)
            grown = self.gateway.resident_bytes() - before
            # Payloads are shared: the bound is the slowest's queue, not the sum of all.
            self.assertLess(grown, 64 * MIB)


class SuddenEndTest(gateway.GatewayTest):
    flags = ("--shards", "2", "--handshake-timeout", "60s")

    def setUp(self):
        self.bystander = RawClient(self.gateway).upgrade()
        self.addCleanup(self.bystander.close)

    def open_sessions(self):
        return self.gateway.metrics().value("millrace_sessions_open")

    def assert_only_these_open(self, count):
        """So many sessions are open, that of the metrics request left out."""
        wanted = count + 1
        self.assertTrue(gateway.wait_until(lambda: self.open_sessions() == wanted),
                        f"{self.open_sessions()} open instead of {wanted}")

    def test_a_reset_at_any_byte(self):
        stream = upgrade_request() + encode(TEXT, b"x" * 300) + encode(BINARY, b"y" * 100_000)
        for size in (*range(0, 200, 9), *range(200, 520, 23), 1000, 50_000, len(stream)):
            client = RawClient(self.gateway)
            client.send(stream[:size])
            client.reset()
        self.assertEqual(self.bystander.echo(b"still"), (TEXT, b"still"))
        self.assert_only_these_open(1)

    def test_the_end_of_the_stream_without_a_close_frame(self):
        clients = [RawClient(self.gateway).upgrade() for _ in range(10)]
        for client in clients:
            client.send(encode(TEXT, b"half", final=False) + b"\x81")
            client.socket.shutdown(socket.SHUT_WR)
        for client in clients:
            client.receive_rest()  # Ends: the server does not keep its half open.
            client.close()
        self.assert_only_these_open(1)

    def test_a_member_that_is_reset_while_a_message_is_on_its_way(self):
        for _ in range(20):
            members = [RawClient(self.gateway).upgrade("/room?room=reset") for _ in range(5)]
            members[0].send(encode(BINARY, b"x" * 100_000))
            members[1].reset()
            members[0].send(encode(BINARY, b"y" * 100_000))
            members[2].reset()
            for member in (members[0], *members[3:]):
                self.assertEqual(member.read_message()[1][:1], b"x")
                self.assertEqual(member.read_message()[1][:1], b"y")
                member.close()
        self.assert_only_these_open(1)

    def drop(self, client, way):
        """One of the ways in which ten thousand clients come and go."""
        if way == 0:
            client.reset()  # Said nothing at all.
            return
        request = upgrade_request("/room?room=crowd" if way & 1 else "/echo")
        client.send(request[:40] if way == 1 else request)
        if way > 3:
            client.socket.recv(4096)
        if way > 5:
            client.send(encode(BINARY, b"x" * 500, length=1000 if way == 6 else 500))
        if way & 1:
            client.reset()
        else:
            client.close()

    def test_ten_thousand_connections_come_and_go(self):
        """Neither a session, a membership nor memory stays behind."""
        chance, sources = random.Random(6455), source_addresses()

        def wave(count):
            clients = [RawClient(self.gateway, source=next(sources)) for _ in range(count)]
            for client in clients:
                self.drop(client, chance.randrange(8))

        wave(2000)
        self.assert_only_these_open(1)
        before = self.gateway.resident_bytes()
        for _ in range(8):
            wave(1000)
        self.assertEqual(self.bystander.echo(b"after all that"), (TEXT, b"after all that"))
        self.assert_only_these_open(1)
        page = self.gateway.metrics()
        self.assertEqual(page.value("millrace_room_memberships"), 0)
        self.assertGreaterEqual(page.value("millrace_connections_accepted_total"), 10_000)
        self.assertLess(self.gateway.resident_bytes() - before, 6 * MIB)


class FloodTest(unittest.TestCase):
    def test_above_the_limit_a_connection_is_told_503_and_those_inside_go_on(self):
        with gateway.Gateway("--connections", 50, "--shards", 2) as server, \
                contextlib.ExitStack() as stack:
            inside = [stack.enter_context(RawClient(server).upgrade("/room?room=full"))
                      for _ in range(50)]
            for number in range(300):
                with RawClient(server) as outside:
                    request = upgrade_request() if number % 2 else plain_request("/health")
                    response = outside.ask(request)
                    self.assertEqual(response.status, 503)
                    self.assertRegex(response.header("Retry-After"), r"^[1-9][0-9]*$")
            inside[0].send(encode(TEXT, b"undisturbed"))
            for client in inside:
                self.assertEqual(client.read_message(), (TEXT, b"undisturbed"))
            inside.pop().close()
            self.assertTrue(gateway.wait_until(lambda: self.is_served(server)), "no place freed")
            page = self.metrics_of_a_full_house(server)
            # Who was refused never was a session.
            self.assertEqual(page.value("millrace_sessions_opened_total"), 50)
            self.assertGreaterEqual(page.value(CLOSED, reason="limit_reached"), 300)

    def metrics_of_a_full_house(self, server):
        """There is one free place, which whoever asked last may not have left yet."""
        pages = []

        def ask():
            try:
                pages.append(server.metrics())
            except urllib.error.HTTPError as error:
                self.assertEqual(error.code, 503)
            return pages

        self.assertTrue(gateway.wait_until(ask), "the free place stays taken")
        return pages[0]

    def is_served(self, server):
        with RawClient(server) as client:
            return client.ask(plain_request("/health")).status == 200

    def test_connections_that_come_all_at_once_and_say_nothing(self):
        """Hundreds above the limit, held open: the ones inside still talk, and room comes again."""
        with gateway.Gateway("--connections", 20, "--handshake-timeout", "1s") as server:
            with RawClient(server).upgrade() as inside, contextlib.ExitStack() as stack:
                for _ in range(500):
                    stack.enter_context(RawClient(server))
                self.assertEqual(inside.echo(b"hello"), (TEXT, b"hello"))
                self.assertTrue(gateway.wait_until(lambda: self.is_served(server)))
                self.assertEqual(inside.echo(b"again"), (TEXT, b"again"))


if __name__ == "__main__":
    unittest.main()
