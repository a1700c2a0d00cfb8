"""millrace as the `websockets` package of Python sees it: echo, fragments, pings, closes."""

import asyncio
import time
import unittest

import websockets

from support import gateway

# Both sides of every change in how a length is written, and the largest message by default.
SIZES = (0, 1, 125, 126, 127, 65535, 65536, 1 << 20)


def text_of(size):
    """Text of so many bytes in UTF-8, with characters of one to four bytes while they fit."""
    pattern = "aé€𝄞"
    whole, rest = divmod(size, len(pattern.encode()))
    return pattern * whole + "x" * rest


class PythonClientTest(gateway.GatewayTest, unittest.IsolatedAsyncioTestCase):
    # The client may send all of its 2,000 messages, 3 MB, before it reads the first answer.
    flags = ("--send-queue", "8MiB")

    async def asyncSetUp(self):
        asyncio.get_running_loop().set_debug(False)  # It would take ten times as long.

    def connect(self, path="/echo", **options):
        options = {"max_size": None, "open_timeout": gateway.PATIENCE_S, **options}
        return websockets.connect(self.gateway.websocket(path), **options)

    async def test_echoes_text_of_every_length_form(self):
        async with self.connect() as client:
            for size in SIZES:
                with self.subTest(size=size):
                    sent = text_of(size)
                    await client.send(sent)
                    self.assertEqual(await client.recv(), sent)

    async def test_echoes_binary_of_every_length_form(self):
        async with self.connect() as client:
            for size in SIZES:
                with self.subTest(size=size):
                    sent = bytes(i * 31 % 256 for i in range(size))
                    await client.send(sent)
                    self.assertEqual(await client.recv(), sent)

    async def test_joins_the_fragments_of_a_message(self):
        async with self.connect() as client:
            for parts in (["a"], ["a", "b"], ["", "", "x", ""], ["é" * 40000, "𝄞" * 30000]):
                with self.subTest(parts=len(parts)):
                    await client.send(iter(parts))
                    self.assertEqual(await client.recv(), "".join(parts))
            await client.send(iter([b"\x00" * 70000, b"\xff"]))
            self.assertEqual(await client.recv(), b"\x00" * 70000 + b"\xff")

    async def test_answers_a_ping_with_its_payload(self):
        async with self.connect() as client:
            for payload in (b"", b"x", bytes(range(125))):
                await asyncio.wait_for(await client.ping(payload), gateway.PATIENCE_S)

    async def test_an_unasked_pong_is_no_matter(self):
        async with self.connect() as client:
            await client.pong(b"unasked")
            await client.send("still here")
            self.assertEqual(await client.recv(), "still here")

    async def test_answers_a_close_with_the_same_code(self):
        for code in (1000, 1001, 1003, 1008, 1011, 3000, 4999):
            with self.subTest(code=code):
                async with self.connect() as client:
                    start = time.monotonic()
                    await client.close(code, "bye")
                    self.assertEqual(client.close_code, code)
                    self.assertLess(time.monotonic() - start, 5, "the server closes TCP first")

    async def test_declines_compression_and_subprotocols(self):
        async with self.connect(compression="deflate", subprotocols=["chat", "soap"]) as client:
            self.assertEqual(client.extensions, [])
            self.assertIsNone(client.subprotocol)
            await client.send("plain")
            self.assertEqual(await client.recv(), "plain")

    async def test_keeps_the_order_of_many_messages_in_flight(self):
        sent = [f"{number}:" + "x" * (number * 37 % 3000) for number in range(2000)]
        async with self.connect(max_queue=None) as client:
            async def send_all():
                for message in sent:
                    await client.send(message)

            sending = asyncio.create_task(send_all())
            received = [await client.recv() for _ in sent]
            await sending
            self.assertEqual(received, sent)

    async def test_a_message_of_the_most_and_one_byte_more(self):
        async with self.connect() as client:
            await client.send(b"x" * (1 << 20))
            self.assertEqual(len(await client.recv()), 1 << 20)
            with self.assertRaises(websockets.ConnectionClosed) as closed:
                await client.send(b"x" * ((1 << 20) + 1))
                await client.recv()
            self.assertEqual(closed.exception.rcvd.code, 1009)


if __name__ == "__main__":
    unittest.main()
