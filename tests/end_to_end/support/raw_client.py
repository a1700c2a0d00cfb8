"""A client over a bare socket: it sends the bytes it is given, and no others."""

import base64
import hashlib
import socket
import struct
from typing import NamedTuple

from support import frames
from support.gateway import PATIENCE_S

KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # The key of RFC 6455 1.3.
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Response(NamedTuple):
    status: int
    version: str
    headers: list  # Pairs of name, in lower case, and value.
    body: bytes

    def all(self, name):
        return [value for key, value in self.headers if key == name.lower()]

    def header(self, name):
        """The only value of a header; None without one."""
        values = self.all(name)
        if len(values) > 1:
            raise AssertionError(f"{name} {len(values)} times: {values}")
        return values[0] if values else None


def accept_of(key):
    return base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()


def upgrade_request(path="/echo", *, method="GET", version="HTTP/1.1", drop=(), extra=(),
                    **fields):
    """An upgrade request; `fields` replace headers by name (`_` for `-`), `drop` omits some."""
    headers = {"Host": "localhost", "Upgrade": "websocket", "Connection": "Upgrade",
               "Sec-WebSocket-Key": KEY, "Sec-WebSocket-Version": "13"}
    names = {name.lower(): name for name in headers}
    for name, value in fields.items():
        name = name.replace("_", "-")
        headers[names.get(name.lower(), name)] = value
    lines = [f"{method} {path} {version}"]
    lines += [f"{name}: {value}" for name, value in headers.items() if name not in drop]
    return "\r\n".join([*lines, *extra, "", ""]).encode("latin-1")


def plain_request(path, method="GET", extra=()):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *extra, "", ""]).encode()


class RawClient:
    """One TCP connection. Every read has a deadline; a test never hangs."""

    def __init__(self, gateway, *, address=None, source=None, receive_buffer=None):
        host, port = address or (gateway.host, gateway.port)
        self.socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        try:
            self.socket.settimeout(PATIENCE_S)
            if receive_buffer:
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            if source:
                self.socket.bind((source, 0))
            self.socket.connect((host, port))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            self.socket.close()
            raise
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def reset(self):
        """Ends the connection by a RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def send_bytewise(self, data):
        for octet in data:
            self.socket.sendall(bytes([octet]))

    def receive(self, count):
        """Exactly `count` bytes. None when the peer ended before the first of them."""
        while len(self.buffer) < count:
            chunk = self.socket.recv(max(65536, count - len(self.buffer)))
            if not chunk:
                if self.buffer:
                    raise AssertionError(f"ended in the middle, after {self.buffer[:80]!r}")
                return None
            self.buffer += chunk
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def receive_line(self):
        line = b""
        while not line.endswith(b"\r\n"):
            octet = self.receive(1)
            if octet is None:
                raise AssertionError(f"ended in a line, after {line!r}")
            line += octet
        return line[:-2].decode("latin-1")

    def read_response(self, to_head=False):
        version, _, rest = self.receive_line().partition(" ")
        headers = []
        while line := self.receive_line():
            name, colon, value = line.partition(":")
            if not colon or name != name.strip():
                raise AssertionError(f"no header: {line!r}")
            headers.append((name.lower(), value.strip()))
        response = Response(int(rest[:3]), version, headers, b"")
        length = response.header("Content-Length")
        if response.status != 101 and not to_head:
            body = self.receive_rest() if length is None else self.receive(int(length))
            response = response._replace(body=body or b"")
        return response

    def receive_rest(self):
        """All that comes until the peer ends; a reset counts as an end."""
        try:
            while chunk := self.socket.recv(65536):
                self.buffer += chunk
        except ConnectionResetError:
            pass
        rest, self.buffer = self.buffer, b""
        return rest

    def ask(self, request, to_head=False):
        self.send(request)
        return self.read_response(to_head)

    def upgrade(self, path="/echo"):
        response = self.ask(upgrade_request(path))
        if response.status != 101:
            raise AssertionError(f"{path} answered {response.status}: {response.body!r}")
        return self

    def read_frame(self):
        """The next frame, or None when the peer ended. A server never masks (RFC 6455 5.1)."""
        frame = frames.read(self.receive)
        if frame is not None and (frame.is_masked or frame.reserved):
            raise AssertionError(f"no frame for a client: {frame}")
        return frame

    def read_message(self):
        """The next message whole, as (opcode, payload); control frames between are passed over."""
        opcode, payload = None, b""
        while True:
            frame = self.read_frame()
            if frame is None or frame.opcode == frames.CLOSE:
                raise AssertionError(f"closed instead of a message: {frame}")
            if frame.opcode < frames.CLOSE:
                opcode = frame.opcode if opcode is None else opcode
                payload += frame.payload
                if frame.is_final:
                    return opcode, payload

    def read_close(self):
        """Passes over frames until the close frame; returns its code (None without) and reason."""
        while (frame := self.read_frame()) is not None:
            if frame.opcode == frames.CLOSE:
                if len(frame.payload) < 2:
                    return None, b""
                return struct.unpack("!H", frame.payload[:2])[0], frame.payload[2:]
        raise AssertionError("ended without a close frame")

    def echo(self, payload, opcode=frames.TEXT):
        self.send(frames.encode(opcode, payload))
        return self.read_message()

    def at_end(self):
        """True when the peer ends the connection without another byte."""
        return self.receive_rest() == b""
