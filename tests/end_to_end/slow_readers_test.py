"""Members that stop reading: what they miss by the policy of their room, and what they are told."""

import re
import unittest

from support import frames, gateway
from support.frames import TEXT, encode
from support.raw_client import RawClient

MESSAGE_BYTES = 16384
COUNT = 1000  # More bytes than two sockets hold.


def padded(text):
    return text.encode().ljust(MESSAGE_BYTES, b".")


def text_of(payload):
    return payload.rstrip(b".").decode()


class SlowReadersTest(gateway.GatewayTest):
    flags = ("--shards", "2", "--send-queue", "256KiB", "--close-timeout", "30s",
             "--room-policy", "ticks.*=latest", "--room-policy", "typing.*=ephemeral")

    def value(self, name):
        return self.gateway.metrics().value(name)

    def publish(self, sender, reader, texts):
        for text in texts:
            sender.send(encode(TEXT, padded(text)))
            self.assertEqual(text_of(reader.read_message()[1]), text)

    def read_until(self, client, last):
        heard = []
        while not heard or heard[-1] != last:
            heard.append(text_of(client.read_message()[1]))
        return heard

    def test_latest_ends_with_the_newest_value_of_each_key(self):
        room = "/room?room=ticks.a"
        with RawClient(self.gateway, receive_buffer=4096).upgrade(room) as slow, \
                RawClient(self.gateway).upgrade(room) as reader, \
                RawClient(self.gateway).upgrade(room + "&key=a&echo=off") as one, \
                RawClient(self.gateway).upgrade(room + "&key=b&echo=off") as other:
            self.publish(one, reader, [f"a{i}" for i in range(COUNT)])
            self.publish(other, reader, ["b0", "b1"])
            self.publish(one, reader, ["a-last"])
            self.assertGreater(self.value("millrace_deliveries_conflated_total"), COUNT / 4)
            heard = self.read_until(slow, "a-last")
            self.assertEqual(heard[-2], "b1")
            before = heard[:-2]
            self.assertEqual(before, [f"a{i}" for i in range(len(before))])
            self.publish(other, reader, ["b2"])
            self.assertEqual(text_of(slow.read_message()[1]), "b2")

    def test_ephemeral_misses_messages_and_stays(self):
        room = "/room?room=typing.a"
        with RawClient(self.gateway, receive_buffer=4096).upgrade(room) as slow, \
                RawClient(self.gateway).upgrade(room) as reader, \
                RawClient(self.gateway).upgrade(room + "&echo=off") as sender:
            self.publish(sender, reader, [str(i) for i in range(COUNT)])
            skipped = int(self.value("millrace_deliveries_skipped_total"))
            self.assertGreater(skipped, COUNT / 4)
            heard = [int(text_of(slow.read_message()[1])) for _ in range(COUNT - skipped)]
            self.assertEqual(heard, sorted(set(heard)))
            self.publish(sender, reader, ["after"])
            self.assertEqual(text_of(slow.read_message()[1]), "after")

    def test_reliable_says_up_to_where_it_delivered(self):
        room = "/room?room=chat"
        with RawClient(self.gateway, receive_buffer=4096).upgrade(room) as slow, \
                RawClient(self.gateway).upgrade(room) as reader, \
                RawClient(self.gateway).upgrade(room + "&echo=off") as sender:
            self.publish(sender, reader, [str(i) for i in range(1, COUNT + 1)])
            given = 0
            while (frame := slow.read_frame()).opcode != frames.CLOSE:
                given += 1
                self.assertEqual(text_of(frame.payload), str(given))
            self.assertEqual(frame.payload[:2], (1013).to_bytes(2, "big"))
            self.assertEqual(re.fullmatch(rb"slow: last=(\d+)", frame.payload[2:])[1],
                             str(given).encode())

    def test_a_pong_overtakes_the_data_that_waits(self):
        with RawClient(self.gateway, receive_buffer=4096).upgrade() as slow:
            message = encode(frames.BINARY, b"x" * 4096)
            sent = 0
            while self.value("millrace_send_queue_bytes") < 200_000:
                slow.send(message)
                sent += 1
            queued = int(self.value("millrace_send_queue_bytes"))
            slow.send(encode(frames.PING, b"early"))
            before = 0
            while slow.read_frame().opcode != frames.PONG:
                before += 1
            self.assertLess(before, sent, "behind everything")
            # What was not yet in flight has waited for it.
            self.assertGreaterEqual((sent - before) * 4100, queued - (128 << 10) - 8192)


if __name__ == "__main__":
    unittest.main()
