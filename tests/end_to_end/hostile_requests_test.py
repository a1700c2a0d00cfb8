"""Requests that are wrong, strange or no requests at all: each gets its own answer (RFC 9110, RFC
9112, RFC 6455 4.2), is counted, and leaves the others alone."""

import json
import socket
import unittest

from support import frames, gateway
from support.frames import TEXT, encode
from support.raw_client import KEY, RawClient, accept_of, plain_request, upgrade_request

# What each refused request is answered with.
REFUSED = {
    "no Host": (400, upgrade_request(drop=["Host"])),
    "two Hosts": (400, upgrade_request(extra=["Host: other"])),
    "a Host that is none": (400, upgrade_request(Host="a b")),
    "no key": (400, upgrade_request(drop=["Sec-WebSocket-Key"])),
    "an empty key": (400, upgrade_request(Sec_WebSocket_Key="")),
    "a key of fifteen bytes": (400, upgrade_request(Sec_WebSocket_Key="AAAAAAAAAAAAAAAAAAAA")),
    "a key of seventeen bytes": (400, upgrade_request(Sec_WebSocket_Key="A" * 23 + "=")),
    "a key that is not base64": (400, upgrade_request(Sec_WebSocket_Key="!" * 22 + "==")),
    "two keys": (400, upgrade_request(extra=[f"Sec-WebSocket-Key: {KEY}"])),
    "no Connection": (400, upgrade_request(drop=["Connection"])),
    "a Connection of another kind": (400, upgrade_request(Connection="keep-alive")),
    "a plain GET": (426, plain_request("/echo")),
    "a plain GET of a room": (426, plain_request("/room?room=r")),
    "another protocol": (426, upgrade_request(Upgrade="h2c")),
    "version 8": (426, upgrade_request(Sec_WebSocket_Version="8")),
    "version 14": (426, upgrade_request(Sec_WebSocket_Version="14")),
    "version 013": (426, upgrade_request(Sec_WebSocket_Version="013")),
    "an unknown path": (404, upgrade_request("/nowhere")),
    "an unknown path, plain": (404, plain_request("/nowhere")),
    "a path below an endpoint": (404, upgrade_request("/echo/more")),
    "a path of other case": (404, upgrade_request("/ECHO")),
    "POST": (405, upgrade_request(method="POST")),
    "DELETE /health": (405, plain_request("/health", "DELETE")),
    "an unknown method": (405, plain_request("/health", "BREW")),
    "a body": (413, upgrade_request(Content_Length="5") + b"hello"),
    "a chunked body": (413, upgrade_request(Transfer_Encoding="chunked") + b"0\r\n\r\n"),
    "a body on /health": (413, plain_request("/health", extra=["Content-Length: 3"]) + b"abc"),
    "a Content-Length that is none": (400, upgrade_request(Content_Length="+5")),
    "two Content-Lengths": (400, upgrade_request(extra=["Content-Length: 0", "Content-Length: 5"])),
    "a target too long": (414, plain_request("/echo?" + "x" * 20_000)),
    "a header too long": (431, plain_request("/health", extra=["Cookie: " + "x" * 20_000])),
    "headers too many": (431, plain_request("/health", extra=[f"X-{i}: y" for i in range(1000)])),
    "headers too large": (431, plain_request("/", extra=["X: " + "y" * 3000] * 9)),
    "a space before the colon": (400, upgrade_request(extra=["X-Field : y"])),
    "a folded header": (400, upgrade_request(extra=["X-Field: y", " folded"])),
    "a header without a colon": (400, upgrade_request(extra=["X-Field"])),
    "a header without a name": (400, upgrade_request(extra=[": y"])),
    "a NUL in a header": (400, upgrade_request(extra=["X-Field: a\0b"])),
    "a bare CR in a header": (400, upgrade_request(extra=["X-Field: a\rb"])),
    "HTTP/1.0": (400, upgrade_request(version="HTTP/1.0")),
    "HTTP/2.0": (400, upgrade_request(version="HTTP/2.0")),
    "no version": (400, b"GET /echo\r\nHost: localhost\r\n\r\n"),
    "a space too many": (400, b"GET  /echo HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    "a target without a slash": (400, plain_request("echo")),
    "a target with a control character": (400, plain_request("/ec\x01ho")),
    "a room without a name": (400, upgrade_request("/room")),
    "a room with an empty name": (400, upgrade_request("/room?room=")),
    "a room whose name is too long": (400, upgrade_request("/room?room=" + "x" * 256)),
    "a room whose name is cut short": (400, upgrade_request("/room?room=%4")),
    "a room with another whose name is cut short": (400, upgrade_request("/room?room=a&room=%4")),
    "a room with another without a name": (400, upgrade_request("/room?room=a&room=")),
    "the preface of HTTP/2": (400, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
}
# Requests that are unusual and right.
GRANTED = {
    "names in other case": upgrade_request().replace(b"Upgrade: websocket", b"uPGRADE: WebSocket"),
    "a list in Connection": upgrade_request(Connection="keep-alive, Upgrade"),
    "a list over two Connections": upgrade_request(Connection="keep-alive",
                                                   extra=["Connection: ,\tupgrade"]),
    "a list in Upgrade": upgrade_request(Upgrade="h2c, websocket"),
    "no space after the colon": upgrade_request().replace(b": ", b":"),
    "spaces around a value": upgrade_request(Sec_WebSocket_Version=" \t13\t "),
    "a query": upgrade_request("/echo?token=a%20b&x"),
    "an absolute target": upgrade_request("http://localhost/echo"),  # RFC 9112 3.2.2
    "many cookies": upgrade_request(Cookie="a=" + "b" * 3000),
    "an extension": upgrade_request(Sec_WebSocket_Extensions="permessage-deflate; x=1"),
    "an origin": upgrade_request(Origin="https://example.org"),
    "bytes above ASCII": upgrade_request(extra=["X-Name: caf\xe9"]),
    "a body of no bytes": upgrade_request(Content_Length="0"),
}
GARBAGE = {
    "zeros": bytes(1000),
    "all bytes": bytes(range(256)) * 8,
    "a TLS ClientHello": bytes.fromhex("16030100c8010000c40303") + b"\x5a" * 194,
    "SSH": b"SSH-2.0-OpenSSH_9.2\r\n" + b"\0\0\1\2" * 100,
    "SMTP": b"EHLO example.org\r\n",
    "a frame without a handshake": encode(TEXT, b"hello"),
    "empty lines": b"\r\n" * 5000,
    "one endless line": b"x" * 100_000,
    "one endless header": b"GET /echo HTTP/1.1\r\nX: " + b"x" * 100_000,
}


class HostileRequestsTest(gateway.GatewayTest):
    flags = ("--shards", "2")

    def setUp(self):
        self.bystander = RawClient(self.gateway).upgrade()
        self.addCleanup(self.bystander.close)
        self.addCleanup(lambda: self.assertEqual(self.bystander.echo(b"on"), (TEXT, b"on")))

    def connect(self):
        client = RawClient(self.gateway)
        self.addCleanup(client.close)
        return client

    def violations(self):
        return sum(sample.value for sample in self.gateway.metrics().samples
                   if sample.name == "millrace_protocol_violations_total")

    def test_an_upgrade_is_granted_as_the_rfc_says(self):
        response = self.connect().ask(upgrade_request())
        self.assertEqual((response.status, response.version), (101, "HTTP/1.1"))
        self.assertEqual(response.header("Upgrade").lower(), "websocket")
        self.assertEqual(response.header("Connection").lower(), "upgrade")
        # The answer that RFC 6455 1.3 gives to its own example.
        self.assertEqual(response.header("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        for absent in ("Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol", "Content-Length",
                       "Transfer-Encoding"):
            self.assertIsNone(response.header(absent), absent)

    def test_the_accept_key_follows_the_key(self):
        for key in ("AAAAAAAAAAAAAAAAAAAAAA==", "/////////////////////w==",
                    "x3JJHMbDL1EzLkh9GBhXDw=="):
            response = self.connect().ask(upgrade_request(Sec_WebSocket_Key=key))
            self.assertEqual(response.header("Sec-WebSocket-Accept"), accept_of(key))

    def test_unusual_requests_that_are_right(self):
        for what, request in GRANTED.items():
            with self.subTest(what):
                client = self.connect()
                response = client.ask(request)
                self.assertEqual(response.status, 101, response.body)
                self.assertIsNone(response.header("Sec-WebSocket-Extensions"))
                self.assertEqual(client.echo(b"hello"), (TEXT, b"hello"))

    def test_refused_requests(self):
        clients = {what: self.connect() for what in REFUSED}
        for what, (_, request) in REFUSED.items():
            clients[what].send(request)
        for what, client in clients.items():
            with self.subTest(what):
                response = client.read_response()
                self.assertEqual(response.status, REFUSED[what][0], response.body)
                self.assertIn("text/plain", response.header("Content-Type"))
                self.assertGreater(len(response.body), 5, "a refusal says why")
                self.assert_headers_of_a_refusal(response)
                self.assertTrue(client.at_end())

    def assert_headers_of_a_refusal(self, response):
        connection = response.header("Connection").lower().replace(" ", "").split(",")
        self.assertIn("close", connection)  # RFC 9112 9.6: who does not read on must say so.
        if response.status == 405:
            self.assertEqual(response.header("Allow"), "GET")  # RFC 9110 15.5.6
        if response.status == 426:
            self.assertEqual(response.header("Upgrade"), "websocket")  # RFC 9110 15.5.22
            self.assertIn("upgrade", connection)  # RFC 9110 7.8
            self.assertEqual(response.header("Sec-WebSocket-Version"), "13")  # RFC 6455 4.4

    def test_refusals_are_counted(self):
        # Another path breaks no rule, and a room's name is ours to judge.
        broken = [request for what, (status, request) in REFUSED.items()
                  if status != 404 and "a room w" not in what]
        before = self.violations()
        for request in broken:
            self.connect().ask(request)
        self.assertEqual(self.violations() - before, len(broken))

    def test_each_method_but_get_is_counted_by_name(self):
        def counted():
            return self.gateway.metrics().value("millrace_protocol_violations_total",
                                                violation="request_method_not_get")
        before = counted()
        for request in (upgrade_request(method="POST"), plain_request("/health", "DELETE")):
            self.connect().ask(request)
        self.assertEqual(counted() - before, 2)

    def test_a_page_is_no_refusal(self):
        def closed(reason):
            return self.gateway.metrics().value("millrace_sessions_closed_total", reason=reason)
        served, refused = closed("served"), closed("refused")
        for path in ("/", "/health", "/nowhere"):
            client = self.connect()
            client.ask(plain_request(path))
            self.assertTrue(client.at_end())
        # The pages of the metrics themselves are served too.
        self.assertGreaterEqual(closed("served"), served + 2)
        self.assertEqual(closed("refused"), refused + 1)

    def test_an_answer_to_head_has_no_body(self):
        # RFC 9110 9.3.2.
        client = self.connect()
        response = client.ask(plain_request("/health", "HEAD"), to_head=True)
        self.assertIn(response.status, (200, 405))
        self.assertTrue(client.at_end(), "a body in answer to HEAD")

    def test_health(self):
        response = self.connect().ask(plain_request("/health"))
        self.assertEqual(response.status, 200)
        self.assertIn("application/json", response.header("Content-Type"))
        self.assertEqual(json.loads(response.body)["status"], "ok")

    def test_metrics(self):
        response = self.connect().ask(plain_request("/metrics"))
        self.assertEqual(response.status, 200)
        self.assertIn("text/plain; version=0.0.4", response.header("Content-Type"))
        page = self.gateway.metrics()
        self.assertGreaterEqual(page.value("millrace_sessions_open"), 1)
        self.assertEqual(page.types["millrace_sessions_open"], "gauge")
        for name, kind in page.types.items():
            self.assertTrue(kind != "counter" or name.endswith("_total"), f"a counter {name}")

    def test_the_page(self):
        response = self.connect().ask(plain_request("/"))
        self.assertEqual(response.status, 200)
        self.assertIn("text/html", response.header("Content-Type"))
        self.assertTrue(response.body.startswith(b"<!doctype html>"))

    def test_a_request_byte_by_byte(self):
        for request, status in ((upgrade_request(), 101), (plain_request("/health"), 200),
                                (upgrade_request(Sec_WebSocket_Version="8"), 426)):
            client = self.connect()
            client.send_bytewise(request)
            self.assertEqual(client.read_response().status, status)

    def test_frames_right_behind_the_request(self):
        """Not waiting for the 101 is rude; what came early is not lost all the same."""
        many = [f"early {number}".encode() for number in range(200)]
        stream = b"".join(encode(TEXT, text) for text in many)
        for cut in (0, 1, 5, len(stream)):
            with self.subTest(cut=cut):
                client = self.connect()
                client.send(upgrade_request() + stream[:cut])
                self.assertEqual(client.read_response().status, 101)
                client.send(stream[cut:])
                self.assertEqual([client.read_message()[1] for _ in many], many)

    def test_a_violation_right_behind_the_request(self):
        client = self.connect()
        client.send(upgrade_request() + encode(0x3, b""))
        self.assertEqual(client.read_response().status, 101)
        self.assertEqual(client.read_close()[0], 1002)

    def test_a_large_message_right_behind_the_request(self):
        client = self.connect()
        message = b"x" * 500_000
        client.send(upgrade_request() + encode(frames.BINARY, message))
        self.assertEqual(client.read_response().status, 101)
        self.assertEqual(client.read_message(), (frames.BINARY, message))

    def test_garbage(self):
        for what, data in GARBAGE.items():
            with self.subTest(what):
                client = self.connect()
                try:
                    client.send(data)
                except (ConnectionResetError, BrokenPipeError):
                    continue  # Refused before all of it was sent.
                client.socket.shutdown(socket.SHUT_WR)
                answer = client.receive_rest()
                self.assertRegex(answer, rb"^(HTTP/1\.1 4\d\d |$)")
        self.assertEqual(self.bystander.echo(b"alive"), (TEXT, b"alive"))

    def test_who_asks_and_ends_its_half_is_answered(self):
        client = self.connect()
        client.send(plain_request("/health"))
        client.socket.shutdown(socket.SHUT_WR)
        self.assertEqual(client.read_response().status, 200)

    def test_half_a_request_and_then_the_end(self):
        for size in range(0, len(upgrade_request()), 7):
            client = self.connect()
            client.send(upgrade_request()[:size])
            client.socket.shutdown(socket.SHUT_WR)
            self.assertNotIn(b" 101 ", client.receive_rest())


if __name__ == "__main__":
    unittest.main()
