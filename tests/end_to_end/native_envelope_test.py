"""The envelope's keys and paths are the operator's to name, for clients of another gateway."""

import json
import unittest

import websockets

from support import tokens
from support.native_client import AsyncTest, connect_as
from support.native_gateway import NativeGateway


class RenamedKeysTest(AsyncTest):
    async def test_the_envelope_is_as_the_operator_names_it(self):
        with NativeGateway({"events": {
                "event_key": "type", "data_key": "payload", "request_id_key": "id",
                "version_key": "v", "escape_html": True, "paths": ["/socket", "/ws"]}}) as server:
            with self.assertRaises(KeyError):
                await connect_as(server, "ann")  # Speaks by the usual names.
            # A client of its own: ours speaks by the usual names, too.
            url = server.websocket(f"/socket?token={tokens.mint('ann')}")
            async with websockets.connect(url) as client:
                async def ask(text):
                    await client.send(text)
                    return json.loads(await client.recv())
                first = json.loads(await client.recv())
                self.assertEqual((first["type"], first["v"]), ("connected", "1.0"))
                self.assertEqual(first["payload"]["userId"], "ann")
                pong = await ask('{"type":"ping","id":7}')
                self.assertEqual((pong["type"], pong["id"]), ("pong", 7))
                error = await ask('{"event":"ping","requestId":7}')
                self.assertEqual((error["type"], error["payload"]["code"]),
                                 ("error", "PROTOCOL_ERROR"))
                self.assertNotIn("id", error)
                await ask('{"type":"chat:room:join","payload":{"room":"r"}}')
                got = await ask('{"type":"chat:message:send","payload":{"room":"r",'
                                '"content":"<b>&"}}')
                self.assertEqual(got["payload"]["content"], "&lt;b&gt;&amp;")


if __name__ == "__main__":
    unittest.main()
