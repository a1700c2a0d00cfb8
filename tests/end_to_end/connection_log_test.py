"""The log's lines about connections: each is an object, a connection's story is found by its id,
what is secret is in none, and a flood of them stays a trickle."""

import fcntl
import json
import os
import signal
import subprocess
import time
import types
import unittest

from support import frames, gateway, tokens
from support.event_client import EventClient
from support.native_gateway import NativeGateway
from support.raw_client import RawClient, upgrade_request

LINES_PER_SECOND = 100  # Of each kind: LogSamplingOptions.
PIPE_BYTES = 4096


class ConnectionLogTest(unittest.TestCase):
    def start(self, **log):
        server = NativeGateway({"auth": {"guests": True, "failures_per_minute": 0},
                                "limits": {"enabled": False},
                                "log": {"format": "json", "level": "info", **log}})
        self.addCleanup(server.__exit__, None, None, None)
        return server

    def lines(self, server, message):
        """The lines so far whose message begins so. Every line of the log must be an object."""
        every = [json.loads(line) for line in server.output().split("\n")]
        return [line for line in every if line["message"].startswith(message)]

    def wait_for_lines(self, server, message, count=1):
        found = gateway.wait_until(
            lambda: len(lines := self.lines(server, message)) >= count and lines)
        self.assertTrue(found, server.output())
        return found

    def close(self, client):
        """In order, with 1000."""
        client.send(frames.close(1000))
        client.receive_rest()
        client.close()

    def refuse(self, server, bad):
        with RawClient(server) as stranger:
            self.assertEqual(stranger.ask(upgrade_request(f"/ws?token={bad}")).status, 401)

    def test_who_is_turned_away_from_a_full_gateway_is_in_it(self):
        with NativeGateway({"server": {"connections": 1}, "auth": {"guests": True},
                            "log": {"format": "json"}}) as server:
            inside = EventClient(server, "/ws")
            with RawClient(server, source="127.0.0.2") as stranger:
                self.assertEqual(stranger.ask(upgrade_request("/ws")).status, 503)
            line = self.wait_for_lines(server, "refused")[0]
            self.assertEqual((line["level"], line["reason"], line["code"], line["address"]),
                             ("warning", "limit_reached", "503", "127.0.0.2"))
            self.close(inside)

    def test_a_connections_story_is_found_by_its_id(self):
        server = self.start(level="debug")
        client = EventClient(server, "/ws?token=" + tokens.mint("ann \u2028\""))
        client.request("chat:room:join", {"room": "tenant:other"}, "error")
        self.close(client)
        self.wait_for_lines(server, "disconnected")
        story = [line for line in self.lines(server, "")
                 if line.get("connection") == client.connected["connectionId"]]
        self.assertEqual([line["message"].split(":")[0] for line in story],
                         ["connected", "error event", "disconnected"])
        for line in story:
            self.assertEqual((line["tenant"], line["user"]), ("acme", "ann \u2028\""))
        self.assertEqual([line["level"] for line in story], ["info", "debug", "info"])
        self.assertEqual((story[1]["request"], story[1]["code"]), ("1", "ROOM_ACCESS_DENIED"))
        self.assertEqual((story[2]["reason"], story[2]["code"]), ("peer_closed", "1000"))
        self.assertLess(float(story[2]["seconds"]), gateway.PATIENCE_S)

    def test_who_is_not_let_in_is_told_with_the_reason(self):
        server = self.start()
        self.refuse(server, tokens.mint("ann", exp=1))
        self.refuse(server, "no.token.atall")
        reasons = {(line["level"], line["reason"], line["code"])
                   for line in self.wait_for_lines(server, "refused", 2)}
        self.assertEqual(reasons, {("warning", "expired", "401"), ("warning", "malformed", "401")})
        self.assertEqual(self.lines(server, "connected"), [])
        self.assertEqual(self.lines(server, "disconnected"), [])

    def test_no_token_and_no_text_is_in_any_line(self):
        server = self.start(level="trace")
        good = [tokens.mint("ann", jti=str(number)) for number in range(3)]
        bad = tokens.mint("ann", exp=1)
        client = EventClient(server, f"/ws?token={good[0]}")
        client.request("auth:refresh", {"token": good[1]}, "auth:refreshed")
        client.request("auth:refresh", {"token": bad}, "error")
        client.request("chat:message:send", {"room": "tenant:b", "content": "whispered"}, "error")
        self.refuse(server, bad)
        with RawClient(server) as another:
            request = upgrade_request("/ws", authorization=f"Bearer {good[2]}")
            self.assertEqual(another.ask(request).status, 101)
        self.wait_for_lines(server, "connected", 2)
        self.wait_for_lines(server, "refused")
        self.close(client)
        self.wait_for_lines(server, "disconnected", 2)
        said = server.output()
        for secret in (tokens.SECRET, bad, *good):
            for part in secret.split("."):
                if len(part) >= 16:
                    self.assertNotIn(part[-16:], said)
        self.assertNotIn("whispered", said)

    def lines_up_to_a_mark(self, server, marks):
        """How many lines there are up to one that is an error: a reload of a bad file's. What was
        logged before it has been written, too."""
        server.file.write_text("[server\n")
        server.signal(signal.SIGHUP)
        self.wait_for_lines(server, "reload: nothing was changed", marks)
        return len(server.output().split("\n"))

    def is_let_in(self, server):
        with RawClient(server) as guest:
            return guest.ask(upgrade_request("/ws")).status == 101

    def test_a_level_above_them_leaves_them_out(self):
        server = self.start()
        # The level is in force once the other thing that the reload changes is.
        server.write({"log": {"level": "error"}, "auth": {"guests": False}})
        server.signal(signal.SIGHUP)
        self.assertTrue(gateway.wait_until(lambda: not self.is_let_in(server)))
        before = self.lines_up_to_a_mark(server, 1)
        client = EventClient(server, "/ws?token=" + tokens.mint("ann"))
        client.request("no:such:event", {}, "error")
        self.close(client)
        self.refuse(server, "x")
        self.assertEqual(self.lines_up_to_a_mark(server, 2), before + 1)

    def test_a_flood_is_cut_and_what_was_left_out_is_told(self):
        server = self.start()
        count = 4 * LINES_PER_SECOND
        began = time.monotonic()
        for _ in range(count):
            self.refuse(server, "x")
        lasted = time.monotonic() - began

        def told():
            left_out = sum(int(line.get("left_out", 0)) for line in self.lines(server, "refused"))
            for line in self.lines(server, ""):
                if line.get("kind") == "auth_failed":
                    left_out += int(line["message"].split()[0])
            return left_out

        self.assertTrue(gateway.wait_until(
            lambda: len(self.lines(server, "refused")) + told() == count), server.output()[-2000:])
        self.assertLessEqual(len(self.lines(server, "refused")),
                             LINES_PER_SECOND * (lasted + 1) + 1)

    def test_a_log_that_nobody_reads_holds_up_nobody(self):
        reads, writes = os.pipe()
        fcntl.fcntl(writes, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        with os.fdopen(reads, errors="replace") as log:
            with subprocess.Popen(
                    gateway.command("--listen", "127.0.0.1:0", "--shards", 2), stderr=writes,
                    stdin=subprocess.DEVNULL, env=gateway.environment()) as process:
                os.close(writes)
                found = gateway.LISTENING.search(log.readline())
                server = types.SimpleNamespace(host=found.group(1), port=int(found.group(2)))
                try:
                    # Each has two lines, of more than a hundred bytes.
                    for _ in range(PIPE_BYTES // 100):
                        client = EventClient(server)
                        client.request("ping", {}, "pong")
                        self.close(client)
                    process.terminate()
                    said = log.read()
                    self.assertEqual(process.wait(gateway.PATIENCE_S), 0)
                finally:
                    process.kill()
        self.assertGreater(len(said), PIPE_BYTES)
        self.assertIn("drained; goodbye", said)

    def test_a_reload_changes_how_many_connections_are_logged(self):
        server = self.start(sample=4_000_000_000)
        for _ in range(20):
            self.close(EventClient(server))
        server.reload({"log": {"sample": 1}}, says="log.sample is in force")
        self.assertEqual(self.lines(server, "connected"), [])
        self.close(EventClient(server))
        self.wait_for_lines(server, "disconnected")
        self.assertEqual(len(self.lines(server, "connected")), 1)


if __name__ == "__main__":
    unittest.main()
