"""What a client may do in a time, and what whoever does more is told: it stays, until it abuses."""

import asyncio
import unittest

from support.native_client import AsyncTest, connect, connect_as, named
from support.native_gateway import NativeGatewayTest


class LimitsTest(NativeGatewayTest, AsyncTest):
    tables = {"auth": {"guests": True}, "rooms": {"guest_rooms": ["*"]},
              "limits": {"connection_messages": "20/s burst 20", "connection_joins": "5/s burst 5",
                         "rooms_per_connection": 8, "errors_per_minute": 10}}

    async def test_who_is_too_fast_is_told_when_there_is_room(self):
        async with await connect_as(self.gateway, "ann") as client:
            for number in range(30):
                await client.say("ping", request_id=number)
            answers = [await client.receive(5) for _ in range(30)]
            limited = [one for one in answers if one["event"] == "error"]
            self.assertGreaterEqual(len(limited), 5)
            self.assertLessEqual(len(limited), 10)
            for one in limited:
                self.assertEqual(one["data"]["code"], "RATE_LIMITED")
                self.assertTrue(one["data"]["recoverable"])
                self.assertEqual(one["data"]["details"]["limit"], "connection_messages")
                self.assertIn("requestId", one)
            await asyncio.sleep(limited[-1]["data"]["details"]["retryAfter"] + 0.02)
            await client.must("ping")

    async def test_a_guest_has_100_messages_a_minute_and_stays(self):
        async with await connect(self.gateway) as guest:
            for number in range(130):
                await guest.say("ping", request_id=number)
            answers = [await guest.receive(5) for _ in range(130)]
            self.assertEqual([one["event"] for one in answers[:100]], ["pong"] * 100)
            limited = [one for one in answers if one["event"] == "error"]
            self.assertGreaterEqual(len(limited), 27)
            for one in limited:
                self.assertEqual(one["data"]["code"], "RATE_LIMITED")
                self.assertEqual(one["data"]["details"]["limit"], "guest_messages")
                self.assertLessEqual(one["data"]["details"]["retryAfter"], 0.6)
            await asyncio.sleep(0.7)
            await guest.must("ping")

    async def test_joins_and_rooms_are_limited(self):
        async with await connect_as(self.gateway, "ann") as client:
            codes = []
            for number in range(8):
                answer = await client.ask("chat:room:join", {"room": f"r{number}"})
                codes.append(answer["data"].get("code"))
                if codes[-1] is not None:
                    self.assertEqual(answer["data"]["details"]["limit"], "connection_joins")
            self.assertEqual(codes[:5], [None] * 5)
            self.assertIn("RATE_LIMITED", codes[5:])
            for number in range(8):
                await asyncio.sleep(0.21)
                answer = await client.ask("chat:room:join", {"room": f"r{number}"})
                self.assertIsNone(answer["data"].get("code"), answer)
            await asyncio.sleep(0.21)
            self.assertEqual(await client.fail("chat:room:join", {"room": "one-more"}),
                             "CLIENT_ERROR")
            await client.must("chat:room:leave", {"room": "r0"})
            await asyncio.sleep(0.21)
            await client.join("one-more")

    async def test_who_earns_too_many_errors_is_closed_with_1008(self):
        async with await connect_as(self.gateway, "ann") as bad, \
                await connect_as(self.gateway, "ann") as good:
            for _ in range(15):
                await bad.send("no JSON")
            code, reason = await bad.end()
            self.assertEqual((code, reason), (1008, "too many errors"))
            self.assertLessEqual(len(named(bad.heard, "error")), 11)
            await good.must("ping")
        self.assertGreater(self.gateway.metrics().value("millrace_abusers_closed_total"), 0)


if __name__ == "__main__":
    unittest.main()
