"""`near` in the query of a handshake: a client is served by the shard where the room that it names
is at home, so that the messages of the room take no detour."""

import asyncio
import json
import pathlib
import tempfile
import unittest
import urllib.parse

import websockets

from support import gateway

SHARDS = 4
CONFIGURATION = """
[auth]
mode = "none"
guest_tenant = "acme"
"""


def home_of(room, tenant):
    """The shard that numbers the messages of a room: FNV-1a of its name, which its tenant is part
    of."""
    name = 0xCBF29CE484222325
    for octet in f"{room}\x01{tenant}".encode():
        name = (name ^ octet) * 0x100000001B3 % (1 << 64)
    return (name ^ name >> 32) % SHARDS


class NativeNearTest(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        configuration = pathlib.Path(folder) / "millrace.toml"
        configuration.write_text(CONFIGURATION)
        cls.gateway = cls.enterClassContext(
            gateway.Gateway("--config", configuration, "--shards", SHARDS, raw=False))

    async def shard_of(self, **query):
        """The shard that such a client is served by, as the id of its connection says."""
        path = "/ws?" + urllib.parse.urlencode(query)
        async with websockets.connect(self.gateway.websocket(path)) as client:
            connected = json.loads(await asyncio.wait_for(client.recv(), gateway.PATIENCE_S))
        return int(connected["data"]["connectionId"][1:].split("-")[0], 16)

    async def test_a_client_is_served_where_its_room_is_at_home(self):
        rooms = [f"room {number}" for number in range(24)]
        served = [await self.shard_of(near=room, tenant="acme") for room in rooms]
        self.assertEqual(served, [home_of(room, "acme") for room in rooms])
        self.assertEqual(set(served), set(range(SHARDS)))

    async def test_without_a_tenant_the_default_one_is_meant(self):
        rooms = [f"r{number}" for number in range(8)]
        served = [await self.shard_of(near=room) for room in rooms]
        self.assertEqual(served, [home_of(room, "default") for room in rooms])


if __name__ == "__main__":
    unittest.main()
