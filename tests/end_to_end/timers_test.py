"""What time brings about: heartbeats for the silent, an end for the dead and for the idle."""

import time
import unittest

from support import frames, gateway
from support.frames import PING, PONG, TEXT, encode
from support.raw_client import RawClient

CLOSED = "millrace_sessions_closed_total"


def answer_pings_until_close(client):
    """Answers each ping; returns when the close frame has come, which must say 1000."""
    while (frame := client.read_frame()).opcode != frames.CLOSE:
        if frame.opcode == PING:
            client.send(encode(PONG, frame.payload))
    if frame.payload[:2] != (1000).to_bytes(2, "big"):
        raise AssertionError(f"closed with {frame.payload!r}")


class HeartbeatTest(gateway.GatewayTest):
    flags = ("--shards", "2", "--heartbeat", "400ms")

    def test_a_silent_client_is_pinged_and_stays_while_it_answers(self):
        with RawClient(self.gateway).upgrade() as client:
            for _ in range(5):
                ping = client.read_frame()
                self.assertEqual((ping.opcode, ping.is_final), (PING, True))
                client.send(encode(PONG, ping.payload))
            self.assertEqual(client.echo(b"still here"), (TEXT, b"still here"))

    def test_a_client_that_does_not_answer_is_dropped_and_counted(self):
        before = self.gateway.metrics().value(CLOSED, reason="heartbeat_timeout")
        start = time.monotonic()
        with RawClient(self.gateway).upgrade() as client:
            self.assertEqual(client.read_frame().opcode, PING)
            client.receive_rest()
        took = time.monotonic() - start
        self.assertGreater(took, 0.4, "dropped before it could answer")
        self.assertLess(took, 5)
        self.assertEqual(self.gateway.metrics().value(CLOSED, reason="heartbeat_timeout"),
                         before + 1)

    def test_a_client_that_talks_is_not_pinged(self):
        with RawClient(self.gateway).upgrade() as client:
            for _ in range(30):
                client.send(encode(TEXT, b"busy"))
                self.assertEqual(client.read_frame().opcode, TEXT, "pinged while it talked")
                time.sleep(0.04)

    def test_a_ping_from_the_client_counts_as_a_sign_of_life(self):
        with RawClient(self.gateway).upgrade() as client:
            for _ in range(30):
                client.send(encode(PING, b"alive"))
                self.assertEqual(client.read_frame().payload, b"alive")
                time.sleep(0.04)

    def test_a_ping_in_the_middle_of_a_message_is_answered(self):
        with RawClient(self.gateway).upgrade() as client:
            client.send(encode(TEXT, b"begun ", final=False))
            ping = client.read_frame()
            self.assertEqual(ping.opcode, PING)
            client.send(encode(PONG, ping.payload) + encode(frames.CONTINUATION, b"ended"))
            self.assertEqual(client.read_message(), (TEXT, b"begun ended"))


class NoHeartbeatTest(gateway.GatewayTest):
    flags = ("--heartbeat", "0s")

    def test_nobody_is_pinged(self):
        with RawClient(self.gateway).upgrade() as client:
            client.socket.settimeout(1)
            with self.assertRaises(TimeoutError):
                client.read_frame()


class IdleTest(unittest.TestCase):
    def assert_ends_idle(self, least, most, *flags):
        with gateway.Gateway(*flags) as server, RawClient(server).upgrade() as client:
            client.socket.settimeout(most)
            start = time.monotonic()
            answer_pings_until_close(client)
            took = time.monotonic() - start
            client.send(frames.close(1000))
            self.assertTrue(client.at_end())
            self.assertGreater(took, least, "closed too early")
            self.assertLess(took, most, "closed too late")
            self.assertEqual(server.metrics().value(CLOSED, reason="idle_timeout"), 1)

    def test_a_session_without_messages_is_closed(self):
        self.assert_ends_idle(0.9, 4, "--idle-timeout", "1s", "--heartbeat", "1s")

    def test_the_timeout_does_not_need_the_heartbeat(self):
        self.assert_ends_idle(0.9, 4, "--idle-timeout", "1s", "--heartbeat", "0s")

    def test_the_timeout_does_not_wait_for_the_heartbeat(self):
        self.assert_ends_idle(0.9, 4, "--idle-timeout", "1s", "--heartbeat", "60s")

    def test_a_timeout_below_a_second(self):
        self.assert_ends_idle(0.2, 3, "--idle-timeout", "300ms", "--heartbeat", "1s")

    def test_pongs_do_not_count_and_messages_do(self):
        """The heartbeat keeps the connection, not the session's claim to be in use."""
        with gateway.Gateway("--idle-timeout", "2s", "--heartbeat", "300ms") as server, \
                RawClient(server).upgrade() as client:
            start = time.monotonic()
            while time.monotonic() - start < 3:
                self.assertEqual(client.echo(b"in use"), (TEXT, b"in use"))
                time.sleep(0.1)
            client.socket.settimeout(8)
            answer_pings_until_close(client)
            self.assertLess(time.monotonic() - start, 11, "pongs kept it open")

    def test_a_subscriber_that_only_listens(self):
        """Idle is who *sends* nothing: the flag says "session without messages"."""
        with gateway.Gateway("--idle-timeout", "1s", "--heartbeat", "0s") as server, \
                RawClient(server).upgrade("/room?room=r") as listener, \
                RawClient(server).upgrade("/room?room=r&echo=off") as speaker:
            start = time.monotonic()
            while time.monotonic() - start < gateway.PATIENCE_S:
                speaker.send(encode(TEXT, b"news"))
                if listener.read_frame().opcode == frames.CLOSE:
                    break
                time.sleep(0.02)
            self.assertGreater(time.monotonic() - start, 0.9, "closed too early")
            self.assertLess(time.monotonic() - start, gateway.PATIENCE_S, "never closed")


class CloseTimeoutTest(gateway.GatewayTest):
    flags = ("--close-timeout", "500ms", "--heartbeat", "300ms", "--idle-timeout", "1s")

    def test_who_does_not_answer_a_close_is_cut_off(self):
        with RawClient(self.gateway).upgrade() as client:
            answer_pings_until_close(client)
            start = time.monotonic()
            client.receive_rest()
            self.assertLess(time.monotonic() - start, 4)
            self.assertGreater(time.monotonic() - start, 0.3, "no time to answer")


if __name__ == "__main__":
    unittest.main()
