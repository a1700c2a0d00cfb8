"""Every way to break the framing (RFC 6455 5 and 8.1): the right close code, counted under its
name, the connection closed, and nobody else touched."""

import struct
import unittest

from support import frames, gateway
from support.frames import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, encode
from support.raw_client import RawClient

MESSAGE_BYTES_MAX = 4096

BAD_UTF8 = {
    "a continuation byte alone": b"\x80",
    "a first byte alone": b"abc\xc3",
    "a first byte without its continuation": b"\xe2\x82A",
    "an overlong slash": b"\xc0\xaf",
    "an overlong NUL in three bytes": b"\xe0\x80\x80",
    "an overlong character in four bytes": b"\xf0\x82\x82\xac",
    "a surrogate": b"\xed\xa0\x80",
    "a pair of surrogates": b"\xed\xa0\x81\xed\xb0\x80",
    "above U+10FFFF": b"\xf4\x90\x80\x80",
    "a byte that no character has": b"\xff",
    "five bytes": b"\xf8\x88\x80\x80\x80",
    "after much that is right": "é".encode() * 1000 + b"\xfe" + b"x" * 100,
}
# RFC 6455 7.4: 1004 to 1006 and 1015 are never sent, 0 to 999 are not used, 1016 to 2999 are not
# defined, and 5000 and more do not exist.
BAD_CLOSE_CODES = (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)
GOOD_CLOSE_CODES = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)


def pieces(payload, size, opcode=TEXT):
    """A message in frames of so many bytes."""
    parts = [payload[i:i + size] for i in range(0, len(payload), size)] or [b""]
    return b"".join(encode(opcode if i == 0 else CONTINUATION, part, final=i == len(parts) - 1)
                    for i, part in enumerate(parts))


def long_length(opcode, length, form):
    """A frame whose length is written longer than need be."""
    return encode(opcode, b"x" * length, form=form)


class HostileFramesTest(gateway.GatewayTest):
    flags = ("--shards", "2", "--max-message", MESSAGE_BYTES_MAX)

    def setUp(self):
        self.bystander = RawClient(self.gateway).upgrade()
        self.addCleanup(self.bystander.close)

    def violations(self):
        """How often each violation was counted."""
        samples = self.gateway.metrics().samples
        return {sample.labels["violation"]: sample.value for sample in samples
                if sample.name == "millrace_protocol_violations_total"}

    def assert_violations(self, code, name, cases):
        """Each case's bytes, on a connection of their own, are answered by that close code."""
        before = self.violations()
        clients = {what: RawClient(self.gateway).upgrade() for what in cases}
        for what, client in clients.items():
            client.send(cases[what])
        self.assertEqual(self.bystander.echo(b"meanwhile"), (TEXT, b"meanwhile"))
        for what, client in clients.items():
            with self.subTest(what):
                got, reason = client.read_close()
                self.assertEqual(got, code)
                reason.decode()  # A reason is UTF-8 as well.
                self.assertTrue(client.at_end(), "bytes after the close frame")
            client.close()
        self.assertEqual(self.bystander.echo(b"after"), (TEXT, b"after"))
        counted = {key: value - before[key] for key, value in self.violations().items()
                   if value != before[key]}
        self.assertEqual(counted, {name: len(cases)})

    def test_reserved_bits(self):
        self.assert_violations(1002, "reserved_bits_set", {
            f"{bits:03b} on opcode {opcode:#x}": encode(opcode, b"x", reserved=bits)
            for bits in range(1, 8) for opcode in (TEXT, BINARY, PING, CLOSE)})

    def test_reserved_opcodes(self):
        self.assert_violations(1002, "reserved_opcode", {
            f"{opcode:#x}": encode(opcode, b"x")
            for opcode in (0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF)})

    def test_frames_without_a_mask(self):
        self.assert_violations(1002, "mask_missing", {
            f"{opcode:#x} of {len(payload)}": encode(opcode, payload, key=None)
            for opcode in (TEXT, BINARY, PING, PONG) for payload in (b"", b"x", b"x" * 126)})

    def test_lengths_longer_than_need_be(self):
        cases = {f"{length} in 16 bits": long_length(BINARY, length, frames.BITS_16)
                 for length in (0, 1, 125)}
        cases |= {f"{length} in 64 bits": long_length(BINARY, length, frames.BITS_64)
                  for length in (0, 125, 126, 4000)}
        cases["65535 in 64 bits"] = encode(BINARY, b"", form=frames.BITS_64, length=65535)
        self.assert_violations(1002, "length_not_minimal", cases)

    def test_a_length_with_its_top_bit_set(self):
        self.assert_violations(1002, "length_too_large", {
            f"{length:#x}": encode(BINARY, b"", length=length)
            for length in (1 << 63, (1 << 64) - 1)})

    def test_control_frames_of_more_than_125_bytes(self):
        self.assert_violations(1002, "control_too_long", {
            f"{opcode:#x} of {size}": encode(opcode, b"\x03\xe8" + b"x" * (size - 2))
            for opcode in (CLOSE, PING, PONG) for size in (126, 65536)})

    def test_fragmented_control_frames(self):
        self.assert_violations(1002, "control_fragmented", {
            f"{opcode:#x}": encode(opcode, b"", final=False) for opcode in (CLOSE, PING, PONG)})

    def test_a_continuation_of_nothing(self):
        self.assert_violations(1002, "continuation_unexpected", {
            "first of all": encode(CONTINUATION, b"x"),
            "not the last": encode(CONTINUATION, b"x", final=False),
            "after a fragmented message": pieces(b"abc", 1) + encode(CONTINUATION, b"x")})

    def test_a_new_message_inside_a_fragmented_one(self):
        self.assert_violations(1002, "continuation_expected", {
            f"{opcode:#x}, final {final}": (encode(TEXT, b"a", final=False) +
                                            encode(opcode, b"b", final=final))
            for opcode in (TEXT, BINARY) for final in (True, False)})

    def test_a_close_frame_of_one_byte(self):
        self.assert_violations(1002, "close_payload_too_short", {
            "one byte": encode(CLOSE, b"\x03")})

    def test_close_codes_that_nobody_may_send(self):
        self.assert_violations(1002, "close_code_invalid", {
            str(code): frames.close(code) for code in BAD_CLOSE_CODES})

    def test_close_codes_that_anybody_may_send(self):
        before = self.violations()
        for code in GOOD_CLOSE_CODES:
            with self.subTest(code), RawClient(self.gateway).upgrade() as client:
                client.send(frames.close(code, "é".encode() * 61))
                self.assertEqual(client.read_close()[0], code)
                self.assertTrue(client.at_end())
        self.assertEqual(self.violations(), before)

    def test_a_close_frame_without_a_code(self):
        with RawClient(self.gateway).upgrade() as client:
            client.send(frames.close())
            self.assertIn(client.read_close()[0], (None, 1000))
            self.assertTrue(client.at_end())

    def test_close_reasons_that_are_not_utf8(self):
        self.assert_violations(1007, "close_reason_not_utf8", {
            what: frames.close(1000, reason)
            for what, reason in BAD_UTF8.items() if len(reason) <= 123})

    def test_text_that_is_not_utf8(self):
        self.assert_violations(1007, "text_not_utf8", {
            what: encode(TEXT, payload) for what, payload in BAD_UTF8.items()})

    def test_text_that_is_not_utf8_in_fragments(self):
        self.assert_violations(1007, "text_not_utf8", {
            f"{what}, in fragments of {size}": pieces(payload, size)
            for what, payload in BAD_UTF8.items() for size in (1, 2, 3, 7)
            if len(payload) // size < 1000})

    def test_characters_split_over_fragments_are_fine(self):
        text = ("é€𝄞￿\U0010ffff" * 3).encode()
        for size in (1, 2, 3, 5):
            with self.subTest(size):
                self.bystander.send(pieces(text, size))
                self.assertEqual(self.bystander.read_message(), (TEXT, text))

    def test_binary_may_be_anything(self):
        for payload in BAD_UTF8.values():
            self.assertEqual(self.bystander.echo(payload, BINARY), (BINARY, payload))

    def test_control_frames_between_fragments(self):
        self.bystander.send(encode(TEXT, b"one ", final=False) + encode(PING, b"ping") +
                            encode(PONG, b"unasked") + encode(CONTINUATION, b"two"))
        pong = self.bystander.read_frame()
        self.assertEqual((pong.opcode, pong.payload), (PONG, b"ping"))
        self.assertEqual(self.bystander.read_message(), (TEXT, b"one two"))

    def test_messages_announced_too_big(self):
        """The header is enough: nobody waits for a payload that will be refused."""
        self.assert_violations(1009, "message_too_big", {
            f"{length}, opcode {opcode:#x}": encode(opcode, b"", length=length)
            for opcode in (TEXT, BINARY)
            for length in (MESSAGE_BYTES_MAX + 1, 65536, (1 << 63) - 1)})

    def test_messages_too_big_by_their_fragments(self):
        half = MESSAGE_BYTES_MAX // 2
        self.assert_violations(1009, "message_too_big", {
            "by one byte": pieces(b"x" * (MESSAGE_BYTES_MAX + 1), half),
            "by the last header": (encode(BINARY, b"x" * half, final=False) +
                                   encode(CONTINUATION, b"", length=half + 1)),
            "byte by byte": pieces(b"x" * (MESSAGE_BYTES_MAX + 1), 1)})

    def test_messages_of_the_most(self):
        most = b"x" * MESSAGE_BYTES_MAX
        self.assertEqual(self.bystander.echo(most), (TEXT, most))
        self.bystander.send(pieces(most, 1000) + encode(PING, b""))
        self.assertEqual(self.bystander.read_message(), (TEXT, most))

    def test_what_comes_after_a_close_is_not_answered(self):
        with RawClient(self.gateway).upgrade() as client:
            client.send(frames.close(1000) + encode(TEXT, b"too late") + encode(PING, b"late"))
            self.assertEqual(client.read_close()[0], 1000)
            self.assertTrue(client.at_end())

    def test_what_came_before_a_violation_is_answered(self):
        with RawClient(self.gateway).upgrade() as client:
            client.send(encode(TEXT, b"right") + encode(0x3, b"wrong") + encode(TEXT, b"late"))
            self.assertEqual(client.read_message(), (TEXT, b"right"))
            self.assertEqual(client.read_close()[0], 1002)
            self.assertTrue(client.at_end())

    def test_every_mask_unmasks(self):
        for key in (bytes(4), b"\xff" * 4, b"\x00\x00\x00\x01", b"\x80\x00\x00\x00", b"abcd"):
            for size in (1, 3, 4, 5, 63, 64, 65, 1000):
                payload = bytes(i * 7 % 256 for i in range(size))
                self.bystander.send(encode(BINARY, payload, key=key))
                self.assertEqual(self.bystander.read_message(), (BINARY, payload))

    def test_many_empty_fragments_are_one_message(self):
        empty = encode(CONTINUATION, b"", final=False)
        self.bystander.send(encode(TEXT, b"a", final=False) + empty * 50_000 +
                            encode(CONTINUATION, b"z"))
        self.assertEqual(self.bystander.read_message(), (TEXT, b"az"))

    def test_many_pings_are_answered_in_order(self):
        payloads = [str(number).encode() for number in range(1000)]
        self.bystander.send(b"".join(encode(PING, payload) for payload in payloads))
        pongs = [self.bystander.read_frame() for _ in payloads]
        self.assertEqual([pong.payload for pong in pongs], payloads)
        self.assertEqual({pong.opcode for pong in pongs}, {PONG})

    def test_frames_byte_by_byte(self):
        stream = (encode(TEXT, "é€𝄞".encode() * 50) + encode(PING, b"p") +
                  pieces("é€𝄞".encode(), 2) + encode(BINARY, b"y" * 200))
        self.bystander.send_bytewise(stream)
        self.assertEqual(self.bystander.read_message(), (TEXT, "é€𝄞".encode() * 50))
        self.assertEqual(self.bystander.read_frame().opcode, PONG)
        self.assertEqual(self.bystander.read_message(), (TEXT, "é€𝄞".encode()))
        self.assertEqual(self.bystander.read_message(), (BINARY, b"y" * 200))

    def test_a_violation_byte_by_byte(self):
        with RawClient(self.gateway).upgrade() as client:
            client.send_bytewise(encode(TEXT, b"fine") + struct.pack("!B", 0x83))
            client.send(b"\x80" + frames.MASK)
            self.assertEqual(client.read_message(), (TEXT, b"fine"))
            self.assertEqual(client.read_close()[0], 1002)


if __name__ == "__main__":
    unittest.main()
