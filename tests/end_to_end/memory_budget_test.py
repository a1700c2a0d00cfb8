"""A small memory budget: who is refused and who is closed when readers stop reading."""

import contextlib
import unittest

from support import gateway
from support.frames import BINARY, PING, TEXT, encode
from support.raw_client import RawClient, upgrade_request

CLOSED = "millrace_sessions_closed_total"
MIB = 1 << 20
BUDGET = 16 * MIB
MESSAGE_BYTES = 32768
MORE = BUDGET // 12 // MESSAGE_BYTES  # Messages, with the room they take: to above 90 per cent.


def numbered(number):
    return encode(TEXT, str(number).encode().ljust(MESSAGE_BYTES, b"."))


def number_of(payload):
    return int(payload.rstrip(b"."))


class MemoryTest(gateway.GatewayTest):
    def value(self, name, **labels):
        return self.gateway.metrics().value(name, **labels)

    def answer(self):
        """To somebody new. Only new connections are told how full it is: pages need one too."""
        with RawClient(self.gateway) as client:
            return client.ask(upgrade_request())

    def is_served(self):
        with contextlib.suppress(ConnectionResetError, BrokenPipeError, AssertionError):
            return self.answer().status == 101
        return False


class MemoryBudgetTest(MemoryTest):
    flags = ("--shards", "2", "--memory-budget", "16MiB", "--send-queue", "64MiB")

    def test_what_slow_readers_hold_is_bounded_and_the_others_go_on(self):
        """Five echoes that nobody reads would hold 80 MiB; the pages need connections, so that the
        counts are looked at when memory is free again."""
        with contextlib.ExitStack() as stack, RawClient(self.gateway).upgrade() as other:
            before = self.gateway.resident_bytes()
            message = encode(BINARY, b"x" * 65536)
            slow = [stack.enter_context(RawClient(self.gateway, receive_buffer=4096).upgrade())
                    for _ in range(5)]
            for client in slow:
                client.socket.settimeout(0.3)
                with contextlib.suppress(TimeoutError, ConnectionResetError, BrokenPipeError):
                    for _ in range(256):
                        client.send(message)
                self.assertEqual(other.echo(b"goes on"), (TEXT, b"goes on"))
            self.assertLess(self.gateway.resident_bytes() - before, 48 * MIB)
        self.assertTrue(gateway.wait_until(self.is_served), "never served again")
        self.assertGreater(self.value(CLOSED, reason="memory_full"), 0)
        self.assertGreater(self.value("millrace_memory_closed_total"), 0)
        self.assertEqual(self.value("millrace_memory_levels"), 0)


class MemoryLevelsTest(MemoryTest):
    """The levels below the one at which anybody is closed."""

    flags = ("--shards", "1", "--memory-budget", "16MiB", "--send-queue", "64MiB",
             "--room-policy", "ticks.*=latest", "--conflate-above", "64MiB")

    def fill_until_refused(self, sender):
        """How many messages wait for a member that does not read when new clients are refused."""
        for number in range(2 * BUDGET // MESSAGE_BYTES):
            sender.send(numbered(number))
            answer = self.answer()
            if answer.status == 503:
                self.assertGreater(int(answer.header("retry-after")), 0)
                return number + 1
        self.fail("never refused")

    def expect_all_read(self, slow, count):
        for number in range(count):
            self.assertEqual(number_of(slow.read_message()[1]), number)
        self.assertTrue(gateway.wait_until(self.is_served), "never served again")

    def test_new_clients_are_refused_and_the_others_lose_nothing(self):
        before = self.value("millrace_memory_closed_total")
        with RawClient(self.gateway, receive_buffer=4096).upgrade("/room?room=full") as slow, \
                RawClient(self.gateway).upgrade("/room?room=full&echo=off") as sender:
            count = self.fill_until_refused(sender)
            self.assertGreater(count * MESSAGE_BYTES, BUDGET // 2)
            self.expect_all_read(slow, count)
        self.assertEqual(self.value("millrace_memory_closed_total"), before)

    def test_then_rooms_of_newest_values_leave_out_the_others(self):
        closed = self.value("millrace_memory_closed_total")
        ticks = "/room?room=ticks.a"
        with RawClient(self.gateway, receive_buffer=4096).upgrade("/room?room=more") as slow, \
                RawClient(self.gateway).upgrade("/room?room=more&echo=off") as sender, \
                RawClient(self.gateway, receive_buffer=4096).upgrade(ticks) as late, \
                RawClient(self.gateway).upgrade(ticks + "&key=k&echo=off") as ticker:
            for number in range(5 * MIB // MESSAGE_BYTES):  # Something waits for `late` as well.
                ticker.send(numbered(number))
            before = self.value("millrace_deliveries_conflated_total")
            count = self.fill_until_refused(sender)
            for number in range(count, count + MORE):
                sender.send(numbered(number))
            sender.send(encode(PING, b"taken"))
            self.assertEqual(sender.read_frame().payload, b"taken")
            for number in range(1000, 1050):
                ticker.send(numbered(number))
            heard = [number_of(late.read_message()[1])]
            while heard[-1] != 1049:
                heard.append(number_of(late.read_message()[1]))
            self.assertEqual(heard, sorted(heard))
            self.expect_all_read(slow, count + MORE)
            self.assertGreater(self.value("millrace_deliveries_conflated_total"), before)
        self.assertEqual(self.value("millrace_memory_closed_total"), closed)


if __name__ == "__main__":
    unittest.main()
