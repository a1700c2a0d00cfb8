"""Two tenants that share all names - of users, rooms, messages - and know each other's connections
and ids. Whatever one of them says, nothing of it comes to the other, and no answer tells it
whether something of the other exists. Over three shards, with several connections of each user."""

import asyncio
import json
import unittest
import uuid

from support import tokens
from support.native_client import AsyncTest, Refused, binary, connect_as, handshake, named
from support.native_gateway import NativeGatewayTest

# Who may do everything that a client may.
ALL_RIGHTS = {"userType": "supervisor", "permissions": ["tenant:send"], "roles": ["admin"]}
ROOM = "lobby"
SECRET_ROOM = "only-of-evils-victim"
USERS = ("ann", "bob")
CONNECTIONS = 3

# Names that might reach another tenant's room if names were glued together carelessly.
TRICKS = (
    "lobby\x01victim", "lobby\x01", "\x01victim", "lobby\x00victim", "lobby\x01victim\x01evil",
    "lobby\x1fvictim", "everybody", "everybody\x01", "everybody\x01\x01", "lobby\u0001victim",
    "lobby%01victim", "lobby%2501victim", "%6cobby", "lobby\\u0001victim", "victim/lobby",
    "victim:lobby", "victim\x01lobby", "../victim/lobby", "lobby\x7fvictim", "lobby\tvictim",
    "user:ann", "user:ann\x01victim", "tenant:victim", "tenant:victim\x01victim", "tenant:evil",
    "tenant:", "user:", "lobby " + "victim", "LOBBY", "lobby\n", "\u200blobby", "lobby\u0000",
    "x" * 128, "x" * 129, "x" * 255, "x" * 5000, "lobby" + "\x01" * 60, "é" * 64, "é" * 65,
)


class IsolationTest(NativeGatewayTest, AsyncTest):
    tables = {"limits": {"enabled": False}, "auth": {"failures_per_minute": 0}}

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.victims, self.evils = [], []
        for tenant, clients in (("victim", self.victims), ("evil", self.evils)):
            for user in USERS:
                for _ in range(CONNECTIONS):
                    client = await connect_as(self.gateway, user, tenant, **ALL_RIGHTS)
                    self.addAsyncCleanup(client.__aexit__, None, None, None)
                    clients.append(client)
                    await client.join(ROOM)
        for client in self.victims:
            await client.join(SECRET_ROOM)
        self.victim, self.evil = self.victims[0], self.evils[0]
        # What the victims have said, and remember.
        self.client_id = f"m-{uuid.uuid4()}"  # Another in each test: it is no retry.
        self.sent = await self.victim.chat(ROOM, "of the victim", id=self.client_id, receipts=True)
        await self.victim.chat(SECRET_ROOM, "secret of the victim", id=self.client_id)
        self.position = next(
            one for one in (await self.victim.must("chat:room:list"))["rooms"]
            if one["roomId"] == ROOM)
        await self.settle()

    async def settle(self):
        everybody = (*self.victims, *self.evils)
        await asyncio.gather(*(client.everything(0.1) for client in everybody))

    async def nothing_came(self, to=None):
        """That none of the victims has heard anything; each is still there and served."""
        answers = await asyncio.gather(*(client.must("ping") for client in to or self.victims))
        self.assertEqual(len(answers), len(to or self.victims))
        heard = await asyncio.gather(*(client.everything() for client in to or self.victims))
        self.assertEqual([one for each in heard for one in each], [])

    async def same_answers(self, event, theirs, nobodys):
        """An event about something of the victim's, and about something that is nobody's, must be
        answered alike: the ids and names that were asked for apart, there is no difference."""
        answers = []
        for data in (theirs, nobodys):
            answer = await self.evil.ask(event, data)
            text = json.dumps(answer["data"], sort_keys=True)
            for value in data.values():
                if isinstance(value, str) and len(value) > 1:
                    text = text.replace(json.dumps(value)[1:-1], "THE-NAME")
            said = json.loads(text)
            for key in ("id", "timestamp", "epoch"):
                said.pop(key, None)
            answers.append((answer["event"], said))
        self.assertEqual(answers[0], answers[1])
        return answers[0]

    # ---- Rooms -----------------------------------------------------------------------------------

    async def test_a_room_of_the_same_name_is_another_room(self):
        self.assertNotIn("victim", str(await self.evil.must("chat:room:list")))
        self.assertNotIn(SECRET_ROOM, str(await self.evil.must("chat:room:list")))
        presence = await self.evil.must("chat:room:presence", {"room": ROOM, "limit": 1000})
        self.assertEqual(presence["count"], len(self.evils))
        self.assertEqual({one["connectionId"] for one in presence["members"]},
                         {one.id for one in self.evils})
        history = await self.evil.must("chat:room:history", {"room": ROOM, "after": 0})
        self.assertEqual(history["messages"], [])
        sent = await self.evil.chat(ROOM, "of evil", id=self.client_id)
        self.assertFalse(sent["duplicate"], "a client's id of another tenant is another")
        self.assertEqual(sent["matched"], len(self.evils))
        for client in self.evils:
            await client.event("chat:message:received")
        await self.nothing_came()

    async def test_a_room_that_only_the_victim_has_is_as_one_that_nobody_has(self):
        for event, more in (("chat:room:presence", {}), ("chat:room:history", {"after": 0}),
                            ("chat:room:leave", {})):
            await self.same_answers(event, {"room": SECRET_ROOM, **more},
                                    {"room": "nobody-has-this", **more})
        for event, more in (("chat:message:send", {"content": "x"}),
                            ("message:send", {"event": "x"})):
            name, said = await self.same_answers(event, {"room": SECRET_ROOM, **more},
                                                 {"room": "nobody-has-this", **more})
            self.assertEqual(said["matched"], 0, name)
        name, said = await self.same_answers("chat:room:join", {"room": SECRET_ROOM},
                                             {"room": "nobody-has-this"})
        self.assertEqual(name, "chat:room:joined")
        await self.nothing_came()

    async def test_coming_and_going_is_not_seen(self):
        for event in ("chat:room:leave", "chat:room:join", "chat:room:create", "chat:typing:start",
                      "chat:typing:stop"):
            for room in (ROOM, SECRET_ROOM):
                await self.evil.say(event, {"room": room})
        await self.evil.websocket.close()
        await self.nothing_came()

    async def test_resuming_at_the_others_position(self):
        for seq in (0, 1, self.position["seq"], self.position["seq"] + 5):
            for room in (ROOM, SECRET_ROOM):
                await self.evil.ask("chat:room:leave", {"room": room})
                await self.evil.must("chat:room:join", {
                    "room": room, "epoch": self.position["epoch"], "seq": seq})
        heard = await self.evil.everything()
        self.assertNotIn("of the victim", str(heard))
        self.assertEqual(named(heard, "chat:message:received"), [])
        await self.nothing_came()

    async def test_no_name_leads_into_anothers_room(self):
        for name in TRICKS:
            with self.subTest(name=name[:40]):
                for event, more in (
                        ("chat:room:join", {}), ("chat:room:create", {}), ("chat:room:leave", {}),
                        ("chat:room:presence", {"limit": 1000}),
                        ("chat:room:history", {"after": 0}),
                        ("chat:room:join", {"epoch": self.position["epoch"], "seq": 0}),
                        ("chat:message:send", {"content": "x"}), ("message:send", {"event": "x"})):
                    for key in ("room", "roomId"):
                        if event == "message:send" and key == "roomId":
                            continue
                        answer = await self.evil.ask(event, {key: name, **more})
                        self.assertNotIn("of the victim", json.dumps(answer))
                        for client in self.victims:
                            self.assertNotIn(client.id, json.dumps(answer))
                for event in ("chat:typing:start", "chat:typing:stop"):
                    await self.evil.say(event, {"room": name})
                if 0 < len(name.encode()) < 256:
                    await self.evil.send(binary(name, b"voice of evil"))
        heard = await self.evil.everything()
        self.assertNotIn("of the victim", str(heard))
        await self.nothing_came()

    async def test_control_characters_are_refused_everywhere(self):
        for name in TRICKS:
            if name.isprintable() or not any(ord(each) < 32 or ord(each) == 127 for each in name):
                continue
            for event, more in (("chat:room:join", {}), ("chat:room:create", {}),
                                ("chat:room:presence", {}), ("chat:room:history", {}),
                                ("chat:room:leave", {}), ("chat:typing:start", {}),
                                ("chat:message:send", {"content": "x"}),
                                ("message:send", {"event": "x"})):
                code = await self.evil.fail(event, {"room": name, **more})
                self.assertIn(code, ("ROOM_ACCESS_DENIED", "PERMISSION_DENIED", "CLIENT_ERROR"))

    async def test_reserved_rooms_are_nobodys_to_join(self):
        for name in ("user:ann", "user:bob", "tenant:evil", "tenant:victim", "tenant:", "user:"):
            for event in ("chat:room:join", "chat:room:create", "chat:room:leave"):
                await self.evil.fail(event, {"room": name})

    # ---- To somebody -----------------------------------------------------------------------------

    async def test_a_message_to_a_user_of_that_name_stays_in_the_tenant(self):
        answer = await self.evil.must("message:send",
                                      {"user": "bob", "event": "poke", "data": {"n": 1}})
        self.assertEqual(answer["matched"], CONNECTIONS)
        for client in self.evils[CONNECTIONS:]:
            self.assertEqual((await client.event("message:received"))["event"], "poke")
        for user in ("bob\x01victim", "victim/bob", "bob\x00victim", "victim:bob", "tenant:victim",
                     "bob\x1fvictim", "*", ""):
            await self.evil.ask("message:send", {"user": user, "event": "poke"})
        await self.nothing_came()

    async def test_a_connection_of_another_tenant_is_as_one_that_is_not_there(self):
        gone = await connect_as(self.gateway, "gone", "victim")
        gone_id = gone.id
        await gone.websocket.close()
        for client in self.victims:
            for nobodys in ("c0-fffff-7", gone_id):
                _, said = await self.same_answers(
                    "message:send", {"connection": client.id, "event": "poke"},
                    {"connection": nobodys, "event": "poke"})
                self.assertEqual(said["matched"], 0)
        await self.nothing_came()

    async def test_ids_that_are_none(self):
        shard, slot, generation = self.victim.id[1:].split("-")
        for name in (f"c{shard}-{slot}-0", f"c{shard}-{slot}", f"c{shard}-0{slot}-{generation}",
                     f"c{shard}-{slot}-{generation}-1", f"cffff-{slot}-{generation}",
                     "cffffffff-ffffffff-ffffffff", f"c-1-{slot}-{generation}", "c", "c--", "c0--",
                     f"c{shard}-ffffffff-{generation}", f"C{shard}-{slot}-{generation}"):
            answer = await self.evil.ask("message:send", {"connection": name, "event": "x"})
            if answer["event"] == "message:sent":
                self.assertEqual(answer["data"]["matched"], 0, name)
        await self.nothing_came()

    async def test_a_message_to_the_tenant_reaches_the_senders_alone(self):
        self.assertEqual(await self.evil.fail("message:send", {"tenant": "victim", "event": "x"}),
                         "PERMISSION_DENIED")
        self.assertEqual(await self.evil.fail("message:send", {"tenant": "nobody", "event": "x"}),
                         "PERMISSION_DENIED")
        answer = await self.evil.must("message:send", {"tenant": "evil", "event": "x"})
        self.assertEqual(answer["matched"], len(self.evils))
        await self.nothing_came()

    async def test_several_recipients_at_once_are_refused(self):
        for data in ({"user": "bob", "tenant": "victim"}, {"user": "bob", "connection": "c0-1-1"},
                     {"everybody": True}, {"user": ["bob"]}, {"user": {"tenant": "victim"}}):
            self.assertEqual(await self.evil.fail("message:send", {**data, "event": "x"}),
                             "CLIENT_ERROR")
        await self.nothing_came()

    # ---- What belongs to a message or a connection -----------------------------------------------

    async def test_receipts_with_the_others_ids_are_not_counted(self):
        theirs, nobodys = self.sent["id"], "r0-fffff-1-1-1"
        for client in self.evils:
            for kind in ("delivered", "read"):
                await client.say("chat:message:receipt", {"id": theirs, "kind": kind})
            codes = [each["code"] for each in named(await client.everything(), "error")]
            self.assertEqual(codes, ["ROOM_ACCESS_DENIED"] * 2)
        for kind in ("delivered", "read"):
            # One that is somebody's and one that is nobody's are answered alike.
            said = []
            for one in (theirs, nobodys):
                await self.evil.say("chat:message:receipt", {"id": one, "kind": kind}, "r-1")
                said.append([{**each, "data": None} for each in await self.evil.everything()])
            self.assertEqual(said[0], said[1])
        await asyncio.sleep(0.4)  # Longer than receipts are gathered.
        await self.nothing_came()
        await self.victims[-1].say("chat:message:receipt", {"id": theirs, "kind": "read"})
        counted = await self.victim.event("chat:message:receipts")
        self.assertEqual((counted["delivered"], counted["read"]), (1, 1))

    async def test_a_token_of_the_other_tenant_does_not_move_a_connection(self):
        for token in (tokens.mint("ann", "victim", **ALL_RIGHTS),
                      tokens.mint("bob", "victim"), tokens.mint("bob", "evil")):
            self.assertEqual(await self.evil.fail("auth:refresh", {"token": token}), "AUTH_FAILED")
        sent = await self.evil.chat(ROOM, "still of evil")
        self.assertEqual(sent["matched"], len(self.evils))
        await self.nothing_came()

    async def test_binary_messages_stay_in_the_tenant(self):
        await self.evil.send(binary(ROOM, b"voice", flags=1))
        for client in self.evils:
            self.assertTrue((await client.octets()).endswith(b"voice"))
        for name in ("lobby\x01victim", "lobby\x00victim", SECRET_ROOM, "tenant:victim"):
            await self.evil.send(binary(name, b"voice"))
        await self.nothing_came()

    async def test_tenants_whose_names_would_glue_to_anothers_room(self):
        for tenant in ("victim\x01", "\x01victim", "x\x01victim", "vic\ntim", "victim\x00",
                       "v" * 65, "victim ", "victim%01", "victim:", "*", "é"):
            with self.assertRaises(Refused) as refused:
                await connect_as(self.gateway, "ann", tenant)
            self.assertEqual(refused.exception.status, 401, tenant)
        # These are tenants, and none of them is the victim.
        for tenant in ("Victim", "victim.x", "lobby", "everybody", "v" * 64):
            async with await connect_as(self.gateway, "ann", tenant, **ALL_RIGHTS) as client:
                await client.join(ROOM)
                self.assertEqual((await client.chat(ROOM, "x"))["matched"], 1, tenant)
                answer = await client.must("message:send", {"user": "bob", "event": "x"})
                self.assertEqual(answer["matched"], 0, tenant)
        await self.nothing_came()

    async def test_asking_to_be_served_near_a_room_tells_nothing(self):
        for near in (SECRET_ROOM, "lobby%01victim", "everybody%01"):
            response = handshake(self.gateway,
                                 f"/ws?token={tokens.mint('ann', 'evil')}&near={near}")
            self.assertEqual(response.status, 101)
        await self.nothing_came()


if __name__ == "__main__":
    unittest.main()
