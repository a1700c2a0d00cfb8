"""Answers to publishes, and connections in several rooms, on one shard and across three."""

import asyncio
import contextlib
import json
import unittest

import websockets

from support import gateway


class Members(gateway.GatewayTest, unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        asyncio.get_running_loop().set_debug(False)
        self.clients = contextlib.AsyncExitStack()
        self.addAsyncCleanup(self.clients.aclose)

    async def enter(self, query):
        return await self.clients.enter_async_context(websockets.connect(
            self.gateway.websocket(f"/room?{query}"), max_size=None, max_queue=None,
            compression=None))

    async def receive(self, client):
        return await asyncio.wait_for(client.recv(), gateway.PATIENCE_S)

    async def answer(self, client):
        return json.loads(await self.receive(client))["answer"]


class AnswersTest(Members):
    flags = ("--shards", "1")

    async def test_each_message_is_answered_with_what_became_of_it(self):
        teller = await self.enter("room=told&answers=on&echo=off")
        hearers = [await self.enter("room=told") for _ in range(5)]
        for count in (1, 2, 3):
            await teller.send(f"message {count}")
            told = await self.answer(teller)
            self.assertEqual((told["message"], told["number"]), (count, count))
            self.assertEqual((told["matched"], told["queued"]), (5, 5))
            self.assertEqual((told["conflated"], told["dropped"]), (0, 0))
            for hearer in hearers:
                self.assertEqual(await self.receive(hearer), f"message {count}")

    async def test_who_is_alone_is_told_so(self):
        alone = await self.enter("room=nobody&answers=on&echo=off")
        await alone.send("hello?")
        told = await self.answer(alone)
        self.assertEqual((told["matched"], told["remote"]), (0, 0))

    async def test_who_did_not_ask_is_not_answered(self):
        quiet = await self.enter("room=unasked&echo=off")
        other = await self.enter("room=unasked")
        await quiet.send("no answer")
        self.assertEqual(await self.receive(other), "no answer")
        await other.send("next")
        self.assertEqual(await self.receive(quiet), "next")

    async def test_answers_are_counted(self):
        teller = await self.enter("room=counted&answers=on")
        before = self.gateway.metrics().value("millrace_publish_answers_total")
        await teller.send("one")
        await self.receive(teller)
        await self.receive(teller)
        after = self.gateway.metrics().value("millrace_publish_answers_total")
        self.assertEqual(after - before, 1)


class AnswersAcrossShardsTest(Members):
    flags = ("--shards", "3", "--no-room-affinity")

    async def test_members_on_all_shards_are_counted_once(self):
        members = [await self.enter("room=wide&answers=on") for _ in range(24)]
        for number, member in enumerate(members, start=1):
            await member.send(f"from {number}")
            answers = []
            for other in members:
                texts = [await self.receive(other)]
                if other is member:
                    texts.append(await self.receive(other))
                    answers = [text for text in texts if text.startswith("{")]
                self.assertIn(f"from {number}", texts)
            told = json.loads(answers[0])["answer"]
            self.assertEqual((told["number"], told["matched"], told["queued"]), (number, 24, 24))
            self.assertLess(told["remote"], 24)


class SeveralRoomsTest(Members):
    flags = ("--shards", "3", "--no-room-affinity")

    async def test_a_connection_hears_all_its_rooms_and_speaks_to_the_first(self):
        names = [f"r{number}" for number in range(50)]
        query = "&".join(f"room={name}" for name in names)
        listener = await self.enter(query)
        speakers = [await self.enter(f"room={name}&echo=off") for name in names]
        for name, speaker in zip(names, speakers):
            await speaker.send(f"in {name}")
        heard = [await self.receive(listener) for _ in names]
        self.assertEqual(sorted(heard), sorted(f"in {name}" for name in names))
        await listener.send("to the first")
        self.assertEqual(await self.receive(speakers[0]), "to the first")
        self.assertEqual(await self.receive(listener), "to the first")
        await speakers[1].send("only once")
        self.assertEqual(await self.receive(listener), "only once")

    async def test_too_many_rooms_are_refused_with_the_limit(self):
        query = "&".join(f"room={number}" for number in range(65))
        with self.assertRaises(websockets.exceptions.InvalidStatusCode) as refused:
            await self.enter(query)
        self.assertEqual(refused.exception.status_code, 400)


if __name__ == "__main__":
    unittest.main()
