"""Very many connections that the server API disconnects or revokes at once: all of them are, within
a second, nobody else is, and no turn of the shard is long for it."""

import asyncio
import contextlib
import os
import resource
import selectors
import socket
import time
import unittest

from support import gateway, tokens
from support.native_client import AsyncTest, connect_as
from support.native_gateway import NativeGateway
from support.raw_client import upgrade_request
from support.turns import undisturbed

CONNECTIONS = int(os.environ.get("MILLRACE_TEST_CROWD", "4000"))
WITHIN_S = 1.0 * max(CONNECTIONS / 20_000, 1)
AT_A_TIME = 64  # Handshakes under way.


class Crowd:
    """Connections that only listen."""

    def __init__(self, server, count, **claims):
        self.selector = selectors.DefaultSelector()
        self.heard = {}
        token = tokens.mint("crowd", "acme", **claims)
        for start in range(0, count, AT_A_TIME):
            fresh = []
            for _ in range(min(AT_A_TIME, count - start)):
                one = socket.create_connection(("127.0.0.1", server.port))
                one.sendall(upgrade_request(f"/ws?token={token}"))
                self.heard[one] = b""
                self.selector.register(one, selectors.EVENT_READ)
                fresh.append(one)
            self.until(lambda: all(b'"connected"' in self.heard[one] for one in fresh), 20)

    def until(self, condition, timeout):
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline:
                return False
            for key, _ in self.selector.select(0.05):
                try:
                    data = key.fileobj.recv(65536)
                except OSError:
                    data = b""
                if not data:
                    self.selector.unregister(key.fileobj)
                self.heard[key.fileobj] += data
        return True

    def all_told(self, text, timeout=20):
        return self.until(lambda: all(text in said for said in self.heard.values()), timeout)

    def close(self):
        for one in self.heard:
            one.close()


class BulkTest(AsyncTest):
    @classmethod
    def setUpClass(cls):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if CONNECTIONS + 500 > hard:
            raise unittest.SkipTest(f"{CONNECTIONS} connections need more open files than {hard}")
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        # One shard, so that all are in one table. Closing a crowd is a crowd of log lines.
        self.server = self.stack.enter_context(NativeGateway(
            {"server": {"shards": 1, "connections": CONNECTIONS + 1000},
             "limits": {"enabled": False}, "log": {"level": "info", "sample": 100_000}}))

    async def crowd(self, **claims):
        crowd = await asyncio.to_thread(Crowd, self.server, CONNECTIONS, **claims)
        self.addCleanup(crowd.close)
        return crowd

    async def check(self, client, crowd, call, text):
        """The call changes the whole crowd, in time, and holds up nobody."""
        async with undisturbed(self, self.server, client):
            start = time.monotonic()
            answer = await asyncio.to_thread(call)
            took = time.monotonic() - start
            self.assertEqual(answer, {"complete": True, "connections": CONNECTIONS})
            self.assertTrue(await asyncio.to_thread(crowd.all_told, text))
        if not gateway.is_instrumented():
            self.assertLess(took, WITHIN_S)
        await client.must("ping")

    async def test_a_tenant_is_disconnected(self):
        async with await connect_as(self.server, "ann", "other") as client:
            crowd = await self.crowd()
            await self.check(client, crowd, lambda: self.server.post(
                "/disconnect", target={"kind": "tenant", "tenant": "acme"}, code=4001,
                reason="maintenance"), b"maintenance")

    async def test_a_token_is_revoked(self):
        async with await connect_as(self.server, "ann", "other") as client:
            crowd = await self.crowd(jti="t-1")
            await self.check(client, crowd, lambda: self.server.post(
                "/revocations", tokenId="t-1"), b"AUTH_FAILED")


if __name__ == "__main__":
    unittest.main()
