"""How many connections a user may have, over shards that know of each other only through the
user's home: the one that is too many is told so and closed, and nobody else notices."""

import asyncio
import unittest

import websockets

from support import gateway
from support.native_client import AsyncTest, connect_as
from support.native_gateway import NativeGatewayTest

MOST = 3


class UserConnectionsTest(NativeGatewayTest, AsyncTest):
    tables = {"limits": {"connections_per_user": MOST}}

    async def connect(self, user, tenant="acme"):
        client = await connect_as(self.gateway, user, tenant)
        self.addAsyncCleanup(client.__aexit__, None, None, None)
        return client

    async def must_be_ended(self, client):
        error = await client.error()
        self.assertEqual(error["code"], "RATE_LIMITED")
        self.assertTrue(error["recoverable"], "once another of the user's has ended")
        self.assertEqual(error["details"]["limit"], "connections_per_user")
        self.assertGreater(error["details"]["retryAfter"], 0)
        with self.assertRaises(websockets.ConnectionClosed) as closed:
            while True:
                await client.receive(5)
        self.assertEqual(closed.exception.rcvd.code, 1008)

    async def wait_until_home_knows(self, user, count):
        """The user's home is who finds the connections that a publication to the user is for."""
        def matched():
            target = {"kind": "user", "tenant": "acme", "name": user}
            return self.gateway.post("/publish", target=target, event="n", data=1)["matched"]

        self.assertTrue(await asyncio.to_thread(
            gateway.wait_until, lambda: matched() == count), f"{user} does not have {count}")

    async def test_one_too_many_is_ended_and_the_others_stay(self):
        for _ in range(3):  # Wherever the kernel puts them.
            clients = [await self.connect("ann") for _ in range(MOST)]
            await self.wait_until_home_knows("ann", MOST)
            await self.must_be_ended(await self.connect("ann"))
            for client in clients:
                await client.must("ping")
            # Neither another user nor one of that name elsewhere is counted with them.
            for other in (await self.connect("bob"), await self.connect("ann", "other")):
                await other.must("ping")
                await other.websocket.close()
            # Who leaves makes room, once the user's home has heard of it.
            await clients[0].websocket.close()
            await self.wait_until_home_knows("ann", MOST - 1)
            again = await self.connect("ann")
            await again.must("ping")
            for client in (*clients[1:], again):
                await client.websocket.close()
            await self.wait_until_home_knows("ann", 0)


if __name__ == "__main__":
    unittest.main()
