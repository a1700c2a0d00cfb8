"""A small memory budget: who is refused and who is closed when readers stop reading."""

import contextlib
import unittest

from support import gateway
from support.frames import BINARY, TEXT, encode
from support.raw_client import RawClient, upgrade_request

CLOSED = "millrace_sessions_closed_total"
MIB = 1 << 20


class MemoryBudgetTest(gateway.GatewayTest):
    flags = ("--shards", "2", "--memory-budget", "16MiB", "--send-queue", "64MiB")

    def value(self, name, **labels):
        return self.gateway.metrics().value(name, **labels)

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

    def is_served(self):
        with contextlib.suppress(ConnectionResetError, BrokenPipeError, AssertionError):
            with RawClient(self.gateway) as client:
                return client.ask(upgrade_request()).status == 101
        return False


if __name__ == "__main__":
    unittest.main()
