"""WebSocket frames by hand (RFC 6455 5.2), right or wrong, as the test wants them."""

import struct
from typing import NamedTuple

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
MASK = b"\x37\xfa\x21\x3d"  # The RFC's own example.

# How a length is written; the shortest that fits is the only right one.
BITS_7, BITS_16, BITS_64 = "7", "16", "64"


class Frame(NamedTuple):
    is_final: bool
    opcode: int
    payload: bytes
    reserved: int = 0
    is_masked: bool = False


def mask(payload, key):
    if not payload:
        return b""
    stream = key * (len(payload) // 4 + 1)
    size = len(payload)
    mixed = int.from_bytes(payload, "big") ^ int.from_bytes(stream[:size], "big")
    return mixed.to_bytes(size, "big")


def encode(opcode, payload=b"", *, final=True, reserved=0, key=MASK, form=None, length=None):
    """A client's frame. `key` None: not masked. `form`, `length`: not those of the payload."""
    length = len(payload) if length is None else length
    if form is None:
        form = BITS_7 if length <= 125 else BITS_16 if length <= 65535 else BITS_64
    masked = 0 if key is None else 0x80
    first = bytes([final << 7 | reserved << 4 | opcode])
    head = {BITS_7: lambda: bytes([masked | length]),
            BITS_16: lambda: bytes([masked | 126]) + struct.pack("!H", length),
            BITS_64: lambda: bytes([masked | 127]) + struct.pack("!Q", length)}[form]()
    if key is None:
        return first + head + payload
    return first + head + key + mask(payload, key)


def close(code=None, reason=b""):
    return encode(CLOSE, b"" if code is None else struct.pack("!H", code) + reason)


def read(receive):
    """Reads one frame; `receive(n)` yields exactly n bytes, or None at the end of the stream."""
    head = receive(2)
    if head is None:
        return None
    length = head[1] & 0x7F
    if length == 126:
        (length,) = struct.unpack("!H", receive(2))
    elif length == 127:
        (length,) = struct.unpack("!Q", receive(8))
    key = receive(4) if head[1] & 0x80 else None
    payload = receive(length) if length else b""
    return Frame(bool(head[0] & 0x80), head[0] & 0xF, mask(payload, key) if key else payload,
                 head[0] >> 4 & 7, key is not None)
