"""Every event of docs/PROTOCOL.md as clients meet it, good and bad, over three shards."""

import asyncio
import contextlib
import json
import struct
import time
import unittest

from support.native_client import AsyncTest, binary, connect_as, named
from support.native_gateway import NativeGatewayTest

SUPERVISOR = {"userType": "supervisor"}


class EventsTest(NativeGatewayTest, AsyncTest):
    tables = {"limits": {"enabled": False}, "auth": {"failures_per_minute": 0},
              "events": {"batch_delay": "300ms", "typing_expiry": "1s", "typing_pace": "100ms"}}

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.stack = contextlib.AsyncExitStack()
        self.addAsyncCleanup(self.stack.aclose)

    async def client(self, user="ann", room=None, **claims):
        client = await self.stack.enter_async_context(
            await connect_as(self.gateway, user, **claims))
        if room is not None:
            client.joined = await client.join(room)
        return client

    async def others(self, count, room):
        clients = [await self.client(f"user{number}", room) for number in range(count)]
        for client in clients:
            await client.everything(0.05)
        return clients

    def room(self):
        """A room of the test's own."""
        return f"room-of-{self.id().rpartition('.')[2]}"

    # ---- The envelope ----------------------------------------------------------------------------

    async def test_what_is_no_event_is_answered_with_protocol_error(self):
        client = await self.client()
        deep = '{"event":"ping","data":' + "[" * 40 + "]" * 40 + "}"
        many = json.dumps({"event": "ping", "data": {f"f{n}": n for n in range(65)}})
        for text in ("", "null", "[]", "7", '"ping"', "{", '{"event":"ping"', "not JSON", "{}",
                     '{"event":"ping"} x', '{"event":"ping"}{"event":"ping"}',
                     '{"event":"ping","event":"ping"}', '{"event":"ping","data":{"a":1,"a":2}}',
                     '{"event":"ping","data":{"a":1e999}}', '{"event":"ping","x":01}',
                     '{"event":"ping","x":"\x01"}', '{"event":"ping","x":"\\ud800"}',
                     '{"event":7}', '{"event":""}', '{"event":null}', '{"event":["ping"]}',
                     '{"event":"ping","requestId":1.5}', '{"event":"ping","requestId":{}}',
                     json.dumps({"event": "ping", "requestId": "r" * 65}),
                     json.dumps({"event": "e" * 65}), deep, many,
                     '{"event":"ping","version":"2.0"}', '{"event":"ping","version":"one"}',
                     '{"event":"ping","version":1}', json.dumps({"event": "x" * 70000})):
            with self.subTest(text=text[:60]):
                await client.send(text)
                error = await client.error()
                self.assertEqual(error["code"], "PROTOCOL_ERROR", error)
                self.assertTrue(error["message"])
                self.assertRegex(error["timestamp"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
                self.assertIsInstance(error["recoverable"], bool)
        await client.must("ping")

    async def test_a_request_id_comes_back_as_it_was_written(self):
        client = await self.client()
        for written in ('"a"', '"\\u00e9\\n"', "7", "0", "-12", "123456789012345678901234567890",
                        '"' + "r" * 64 + '"'):
            await client.send('{"event":"ping","requestId":' + written + ', "version": "1.7"}')
            raw = await client.websocket.recv()
            self.assertIn('"requestId":' + written, raw)
        for text in ('{"requestId":null,"event":"ping"}', '{"version":null,"event":"ping"}'):
            await client.send(text)
            self.assertNotIn("requestId", (await client.wait_for(lambda one: True)))
        await client.send('{"requestId":"r-9","event":"no:such:event"}')
        answer = await client.wait_for(lambda one: one.get("requestId") == "r-9")
        self.assertEqual(answer["data"]["code"], "CLIENT_ERROR")

    async def test_unknown_keys_are_ignored(self):
        client = await self.client(room=self.room())
        await client.send(json.dumps({"event": "ping", "requestId": "1", "trace": [1, {"a": 2}]}))
        self.assertEqual((await client.wait_for(lambda one: True))["event"], "pong")
        await client.chat(self.room(), "x", shiny={"new": True})

    async def test_data_that_breaks_a_rule_is_a_client_error(self):
        client = await self.client(room=self.room())
        room = self.room()
        chat = {"room": room, "content": "x"}
        bad = {
            "chat:room:join": [{}, {"room": 7}, {"room": ""}, {"room": "x" * 129}, {"room": [room]},
                               {"room": "other", "epoch": "zz", "seq": 1},
                               {"room": "other", "epoch": "", "seq": 1},
                               {"room": "other", "epoch": "f" * 17, "seq": 1},
                               {"room": "other", "epoch": "1", "seq": -1},
                               {"room": "other", "epoch": 1, "seq": 1}, "text", [], 7],
            "chat:room:create": [{"room": 7}, {"room": "x" * 129}],
            "chat:room:leave": [{}, {"room": "not-joined"}, {"room": "tenant:acme"}],
            "chat:room:presence": [{}, {"room": room, "limit": 0}, {"room": room, "limit": 1001},
                                   {"room": room, "limit": 1.5}, {"room": room, "limit": "many"},
                                   {"room": room, "cursor": 7}, {"room": room, "cursor": "c" * 33}],
            "chat:room:history": [{}, {"room": room, "after": -1}, {"room": room, "after": "x"},
                                  {"room": room, "limit": 0}],
            "chat:message:send": [{}, {"room": room}, {"content": "x"}, {**chat, "content": ""},
                                  {**chat, "content": 7}, {**chat, "content": []},
                                  {**chat, "type": "shout"},
                                  {**chat, "deliveryStatus": "delivered"},
                                  {**chat, "id": ""}, {**chat, "id": "i" * 65},
                                  {**chat, "key": ""}, {**chat, "key": "k" * 129},
                                  {**chat, "metadata": "text"}, {**chat, "receipts": "yes"},
                                  {**chat, "metadata": {"m": "x" * 4096}}, {**chat, "echo": 1}],
            "chat:message:receipt": [{}, {"id": "x", "kind": "read"}, {"id": "r0-0-0"},
                                     {"id": "r0-0-0", "kind": "seen"}, {"id": 7, "kind": "read"},
                                     {"id": "rffff-0-0", "kind": "read"}],
            "chat:typing:start": [{}, {"room": 7}],
            "chat:typing:stop": [{}, {"room": []}],
            "message:send": [{}, {"event": "x"}, {"user": "bob"}, {"user": 7, "event": "x"},
                             {"user": "bob", "event": ""}, {"user": "bob", "event": "e" * 65},
                             {"user": "bob", "room": room, "event": "x"}],
            "auth:refresh": [{}, {"token": 7}, {"token": ""}, {"token": "t" * 4000}],
        }
        for event, several in bad.items():
            for data in several:
                with self.subTest(event=event, data=str(data)[:80]):
                    self.assertEqual(await client.fail(event, data), "CLIENT_ERROR")
        self.assertEqual([one for one in await client.everything() if one.get("event") != "error"],
                         [])

    async def test_null_is_as_good_as_not_there(self):
        client = await self.client(room=self.room())
        room = self.room()
        sent = await client.chat(room, "x", id=None, type=None, metadata=None, key=None, echo=None,
                                 receipts=None, ack=None, deliveryStatus=None)
        self.assertEqual(sent["queued"], 1, "the sender gets it too, unless it says otherwise")
        await client.must("chat:room:join", {"room": room + "-2", "epoch": None, "seq": None})
        await client.must("chat:room:presence", {"room": room, "cursor": None, "limit": None})
        await client.must("chat:room:history", {"room": room, "after": None, "limit": None})
        await client.must("chat:room:create", {"room": None})
        answer = await client.must("message:send", {"user": "ann", "connection": None,
                                                    "event": "x", "echo": None})
        self.assertEqual(answer["matched"], 1, "the sender gets it too, unless it says otherwise")

    # ---- Chat ------------------------------------------------------------------------------------

    async def test_a_message_reaches_each_member_as_documented(self):
        sender = await self.client("ann", self.room(), name="Ann")
        others = await self.others(5, self.room())
        sent = await sender.chat(self.room(), "h\u202eell\x07o\n<b>", metadata={"n": 1.50},
                                 id="c-1", type="chat")
        self.assertEqual(sent["clientMessageId"], "c-1")
        self.assertEqual((sent["matched"], sent["queued"], sent["conflated"], sent["dropped"],
                          sent["duplicate"]), (6, 6, 0, 0, False))
        for client in (sender, *others):
            got = await client.event("chat:message:received")
            self.assertEqual(got["content"], "hello\n<b>", "without what turns or controls text")
            self.assertEqual((got["id"], got["seq"]), (sent["id"], sent["seq"]))
            self.assertEqual((got["senderId"], got["senderName"], got["roomId"], got["type"],
                              got["deliveryStatus"], got["metadata"]),
                             ("ann", "Ann", self.room(), "chat", "delivered", {"n": 1.5}))
        sent = await sender.chat(self.room(), {"rich": [1, 2]}, echo=False)
        self.assertEqual(sent["matched"], 5)
        for client in others:
            self.assertEqual((await client.event("chat:message:received"))["content"],
                             {"rich": [1, 2]})
        self.assertEqual(named(await sender.everything(), "chat:message:received"), [])

    async def test_without_ack_or_a_request_id_success_is_silent(self):
        client = await self.client(room=self.room())
        await client.say("chat:message:send", {"room": self.room(), "content": "1"})
        await client.say("chat:message:send", {"room": self.room(), "content": "2", "ack": False},
                         "r")
        heard = await client.everything()
        self.assertEqual([one["event"] for one in heard], ["chat:message:received"] * 2)

    async def test_all_members_hear_one_order(self):
        """Streaming and batched, from several shards at once: the numbers rise for everybody."""
        clients = await self.others(6, self.room())

        async def talk(number, client):
            for count in range(20):
                kind = ("chat", "graph")[(number + count) % 2]
                await client.chat(self.room(), f"{number}:{count}", type=kind)

        await asyncio.gather(*(talk(*each) for each in enumerate(clients)))
        heard = [named(await client.everything(0.3), "chat:message:received") for client in clients]
        first = [(one["seq"], one["content"]) for one in heard[0]]
        self.assertEqual(len(first), 120)
        self.assertEqual([seq for seq, _ in first], sorted({seq for seq, _ in first}))
        for each in heard[1:]:
            self.assertEqual([(one["seq"], one["content"]) for one in each], first)

    async def test_batch_delay_waits_and_streaming_does_not(self):
        sender, reader = [await self.client(user, self.room()) for user in ("ann", "bob")]
        await reader.everything(0.05)
        start = time.monotonic()
        for number in range(5):
            await sender.say("chat:message:send", {
                "room": self.room(), "content": f"slow {number}", "type": "file"})
        await sender.say("chat:message:send", {"room": self.room(), "content": "now"})
        got, came = [], []
        for _ in range(6):
            got.append((await reader.event("chat:message:received"))["content"])
            came.append(time.monotonic() - start)
        self.assertEqual(got, ["now", *(f"slow {number}" for number in range(5))])
        self.assertLess(came[0], 0.25)
        self.assertGreater(came[1], 0.2)
        self.assertLess(came[5] - came[1], 0.1, "they ride together")
        self.assertLess(came[5], 1)
        self.assertGreaterEqual(self.gateway.metrics().value("millrace_messages_paced_total"), 5)

    async def test_a_retry_with_the_same_id_is_delivered_once(self):
        room = self.room()
        reader = await self.client("reader", room)
        first = await self.client("ann", room)
        sent = await first.chat(room, "once", id="c-1")
        again = await first.chat(room, "once", id="c-1")
        self.assertEqual((again["duplicate"], again["seq"]), (True, sent["seq"]))
        await first.websocket.close()
        shards = set()
        for _ in range(6):  # After a reconnect, to whichever shard that leads.
            back = await self.client("ann", room)
            shards.add(back.id.split("-")[0])
            again = await back.chat(room, "once", id="c-1")
            self.assertEqual((again["duplicate"], again["seq"]), (True, sent["seq"]))
        self.assertGreater(len(shards), 1)
        other = await self.client("bob", room)
        self.assertFalse((await other.chat(room, "bob's", id="c-1"))["duplicate"])
        other_room = await self.client("ann", room + "-2")
        self.assertFalse((await other_room.chat(room + "-2", "there", id="c-1"))["duplicate"])
        heard = [one["content"] for one in named(await reader.everything(),
                                                 "chat:message:received")]
        self.assertEqual(heard, ["once", "bob's"])

    async def test_receipts_come_back_as_aggregates(self):
        sender = await self.client("ann", self.room())
        readers = await self.others(6, self.room())
        sent = await sender.chat(self.room(), "who reads this?", receipts=True)
        for number, reader in enumerate(readers):
            got = await reader.event("chat:message:received")
            await reader.say("chat:message:receipt", {"id": got["id"], "kind": "delivered"})
            await reader.say("chat:message:receipt", {"id": got["id"], "kind": "delivered"})
            if number < 2:
                for _ in range(2):
                    await reader.say("chat:message:receipt", {"id": got["id"], "kind": "read"})
        told = [await sender.event("chat:message:receipts")]
        while told[-1]["delivered"] < 6 or told[-1]["read"] < 2:
            told.append(await sender.event("chat:message:receipts", timeout=3))
        self.assertEqual(told[-1], {"id": sent["id"], "roomId": self.room(), "seq": sent["seq"],
                                    "delivered": 6, "read": 2})
        self.assertLessEqual(len(told), 4, "told together")
        self.assertEqual(named(await sender.everything(0.5), "chat:message:receipts"), [])

    async def test_typing_is_told_to_others_and_expires(self):
        ann, bob = [await self.client(user, self.room()) for user in ("ann", "bob")]
        await ann.everything(0.05)
        await bob.everything(0.05)
        await ann.say("chat:typing:start", {"room": self.room()})
        start = time.monotonic()
        self.assertEqual(await bob.event("chat:user:typing"),
                         {"roomId": self.room(), "userId": "ann", "typing": True})
        self.assertFalse((await bob.event("chat:user:typing", 3))["typing"])
        took = time.monotonic() - start
        self.assertGreater(took, 0.8)
        self.assertLess(took, 2)
        await ann.say("chat:typing:start", {"room": self.room()})
        await ann.say("chat:typing:start", {"room": self.room()})  # Too soon to be passed on.
        await ann.say("chat:typing:stop", {"room": self.room()})
        await ann.say("chat:typing:stop", {"room": self.room()})
        heard = named(await bob.everything(), "chat:user:typing")
        self.assertEqual([one["typing"] for one in heard], [True, False])
        self.assertEqual(await ann.everything(), [], "not to oneself")

    # ---- Rooms -----------------------------------------------------------------------------------

    async def test_rooms_are_created_joined_listed_and_left(self):
        client = await self.client()
        made = await client.must("chat:room:create")
        named_room = await client.must("chat:room:create", {"roomId": self.room()})
        self.assertEqual(named_room["roomId"], self.room())
        joined = await client.join("lobby")
        self.assertEqual(set(joined), {"roomId", "epoch", "seq"})
        again = await client.join("lobby")  # Joining twice is joining once.
        self.assertEqual(again["epoch"], joined["epoch"])
        self.assertEqual((await client.chat("lobby", "x"))["matched"], 1)
        rooms = {one["roomId"] for one in (await client.must("chat:room:list"))["rooms"]}
        self.assertEqual(rooms, {"user:ann", "tenant:acme", made["roomId"], self.room(), "lobby"})
        left = await client.must("chat:room:leave", {"room": "lobby"})
        self.assertEqual(left, {"roomId": "lobby", "reason": "asked"})
        self.assertEqual(await client.fail("chat:room:leave", {"room": "lobby"}), "CLIENT_ERROR")

    async def test_each_of_several_joins_at_once_is_answered(self):
        """While the first waits for the room's home, on whatever shard, the others wait, too;
        joining again is joining once."""
        client = await self.client()
        for number in range(20):
            for again in range(4):
                await client.say("chat:room:join", {"room": f"{self.room()}-{number}"},
                                 f"{number}-{again}")
        for number in range(20):
            answers = [await client.wait_for(
                lambda one, mark=f"{number}-{again}": one.get("requestId") == mark, 5)
                for again in range(4)]
            self.assertEqual([one["event"] for one in answers], ["chat:room:joined"] * 4)
        rooms = (await client.must("chat:room:list"))["rooms"]
        self.assertEqual(len(rooms), 22, "the user's, the tenant's, and each once")

    async def test_members_hear_who_comes_and_goes(self):
        watcher = await self.client("watcher", self.room())
        await watcher.everything(0.05)
        guest = await self.client("ann", self.room())
        about = {"roomId": self.room(), "userId": "ann", "connectionId": guest.id}
        self.assertEqual(await watcher.event("chat:room:member"), {**about, "action": "joined"})
        await guest.must("chat:room:leave", {"room": self.room()})
        self.assertEqual(await watcher.event("chat:room:member"), {**about, "action": "left"})
        await guest.join(self.room())
        await guest.websocket.close()
        self.assertEqual((await watcher.event("chat:room:member"))["action"], "joined")
        self.assertEqual(await watcher.event("chat:room:member"), {**about, "action": "left"})

    async def test_presence_of_300_members_in_pages(self):
        room, members = self.room(), {}

        async def come(number):
            client = await self.client(f"member{number}", room)
            members[client.id] = f"member{number}"

        for start in range(0, 300, 50):
            await asyncio.gather(*(come(number) for number in range(start, start + 50)))
        asker = await self.client("asker")
        for limit in (None, 7, 300, 1000):
            seen, cursor, pages = {}, None, 0
            while True:
                page = await asker.must("chat:room:presence",
                                        {"room": room, "limit": limit, "cursor": cursor})
                self.assertEqual(page["count"], 300)
                self.assertLessEqual(len(page["members"]), limit or 100)
                for one in page["members"]:
                    self.assertNotIn(one["connectionId"], seen, "nobody is on two pages")
                    seen[one["connectionId"]] = one["userId"]
                pages += 1
                cursor = page["next"]
                if cursor is None:
                    break
            self.assertEqual(seen, members)
            self.assertLessEqual(pages, 300 // (limit or 100) + 1)

    async def test_history_is_a_page_after_a_number(self):
        client = await self.client(room=self.room())
        sent = [await client.chat(self.room(), f"m{number}") for number in range(20)]
        page = await client.must("chat:room:history", {"room": self.room(), "limit": 1000})
        self.assertEqual([one["data"]["content"] for one in page["messages"]],
                         [f"m{number}" for number in range(20)])
        self.assertEqual((page["epoch"], page["first"], page["last"]),
                         (client.joined["epoch"], sent[0]["seq"], sent[-1]["seq"]))
        page = await client.must("chat:room:history",
                                 {"room": self.room(), "after": sent[9]["seq"], "limit": 5})
        self.assertEqual([one["data"]["seq"] for one in page["messages"]],
                         [one["seq"] for one in sent[10:15]])

    async def test_resuming_without_gap_or_double_while_others_publish(self):
        room = self.room()
        talkers = await self.others(3, room)
        stop = asyncio.Event()
        said = []

        async def talk(number, client):
            count = 0
            while not stop.is_set():
                sent = await client.chat(room, f"{number}:{count}")
                said.append((sent["seq"], f"{number}:{count}"))
                if count % 5 == 0:
                    await client.say("chat:typing:start", {"room": room})
                count += 1
                await asyncio.sleep(0.02)

        talking = [asyncio.create_task(talk(*each)) for each in enumerate(talkers)]
        reader = await self.client("reader", room)
        position = {"epoch": reader.joined["epoch"], "seq": reader.joined["seq"]}
        began, heard = position["seq"], []

        def note(messages):
            for one in messages:
                if "seq" in one["data"] and one["event"] == "chat:message:received":
                    heard.append((one["data"]["seq"], one["data"]["content"]))
                    position["seq"] = one["data"]["seq"]

        for _ in range(5):
            await asyncio.sleep(0.1)
            note(await reader.everything(0.01))
            await reader.websocket.close()
            note(reader.heard)
            await asyncio.sleep(0.1)
            reader = await self.client("reader")
            joined = await reader.join(room, **position)
            self.assertTrue(joined["recovered"], joined)
            self.assertEqual(joined["epoch"], position["epoch"])
        stop.set()
        await asyncio.gather(*talking)
        note(await reader.everything(0.3))
        self.assertEqual(heard, sorted(one for one in said if one[0] > began))
        self.assertGreater(len(heard), 50)

    async def test_a_position_that_is_not_remembered_says_so(self):
        client = await self.client(room=self.room())
        await client.chat(self.room(), "x")
        await client.must("chat:room:leave", {"room": self.room()})
        joined = await client.join(self.room(), epoch="1", seq=1)
        self.assertFalse(joined["recovered"])
        self.assertEqual(joined["epoch"], client.joined["epoch"])

    # ---- To one ----------------------------------------------------------------------------------

    async def test_a_message_to_a_user_a_connection_a_room_and_the_tenant(self):
        ann = await self.client("ann", self.room(), **SUPERVISOR)
        bobs = [await self.client("bob") for _ in range(4)]
        big = '{"n":12345678901234567890.000,"e":1E+2}'
        await ann.send('{"event":"message:send","requestId":1,"data":{"user":"bob",'
                       '"event":"chat:room:left","data":' + big + "}}")
        answer = await ann.wait_for(lambda one: one.get("requestId") == 1)
        self.assertEqual(answer["event"], "message:sent")
        self.assertEqual((answer["data"]["matched"], answer["data"]["queued"]), (4, 4))
        for bob in bobs:
            raw = await bob.websocket.recv()
            self.assertIn(big, raw, "digit for digit")
            got = json.loads(raw)
            self.assertEqual(got["event"], "message:received", "no client speaks as the gateway")
            self.assertEqual(got["data"]["event"], "chat:room:left")
            self.assertEqual(got["data"]["from"], {"userId": "ann", "connectionId": ann.id})
            self.assertEqual(got["data"]["id"], answer["data"]["id"])
        for index, bob in enumerate(bobs):
            answer = await ann.must("message:send", {"connection": bob.id, "event": "x",
                                                     "data": index})
            self.assertEqual(answer["matched"], 1)
            self.assertEqual((await bob.event("message:received"))["data"], index)
        answer = await bobs[0].must("message:send", {"user": "bob", "event": "x", "echo": False})
        self.assertEqual(answer["matched"], 3)
        answer = await ann.must("message:send", {"user": "nobody", "event": "x"})
        self.assertEqual((answer["matched"], answer["queued"]), (0, 0))
        answer = await bobs[0].must("message:send", {"room": self.room(), "event": "x"})
        self.assertEqual(answer["matched"], 1)
        answer = await ann.must("message:send", {"tenant": "acme", "event": "x"})
        self.assertEqual(answer["matched"], 5)
        self.assertEqual(await bobs[0].fail("message:send", {"tenant": "acme", "event": "x"}),
                         "PERMISSION_DENIED")

    # ---- Binary ----------------------------------------------------------------------------------

    async def test_voice_reaches_the_room_with_its_sender(self):
        ann = await self.client("ann", self.room())
        others = await self.others(4, self.room())
        name = self.room().encode()
        for kind, payload in ((1, b""), (2, b"\x00\xff" * 100), (3, bytes(range(256)) * 100)):
            await ann.send(binary(self.room(), payload, kind, stream=7, sequence=9))
            for client in others:
                self.assertEqual(await client.octets(),
                                 struct.pack(">BBBBII", 1, kind, 0, len(name), 7, 9) + name +
                                 b"\x03ann" + payload)
        self.assertEqual([one for one in await ann.everything() if isinstance(one, bytes)], [])
        await ann.send(binary(self.room(), b"to me", flags=1))
        self.assertTrue((await ann.octets()).endswith(b"to me"))

    async def test_a_wrong_binary_header_is_a_protocol_error(self):
        ann = await self.client("ann", self.room())
        good = binary(self.room(), b"x")
        for wrong in (b"", b"\x01", good[:11], good[:12], good[:14],
                      binary(self.room(), version=0), binary(self.room(), version=2),
                      binary(self.room(), kind=0), binary(self.room(), kind=4),
                      binary(self.room(), flags=2), binary(self.room(), flags=0x81),
                      struct.pack(">BBBBII", 1, 1, 0, 0, 1, 1),
                      struct.pack(">BBBBII", 1, 1, 0, 4, 1, 1) + b"\xff\xfe\xfd\xfc"):
            with self.subTest(wrong=wrong[:16]):
                await ann.send(wrong)
                self.assertEqual((await ann.error())["code"], "PROTOCOL_ERROR")


if __name__ == "__main__":
    unittest.main()
