"""The server API over three shards: what a service says and asks, and what clients and answers show
of it."""

import asyncio
import contextlib
import socket
import unittest
import urllib.parse

from support.event_client import EventClient
from support.native_client import AsyncTest, connect_as, named
from support.native_gateway import NativeGatewayTest
from support.raw_client import RawClient, upgrade_request
from support import gateway, tokens


class ServerApiTest(NativeGatewayTest, AsyncTest):
    tables = {"limits": {"enabled": False}, "auth": {"failures_per_minute": 0},
              "server": {"send_queue": "4MiB"}}

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.stack = contextlib.AsyncExitStack()
        self.addAsyncCleanup(self.stack.aclose)
        self.test = self.id().rpartition(".")[2]

        self.tenant = self.test[:40]
        self.known = []

    async def clients(self, count, user="ann", tenant=None, room=None):
        """So many connections of a user, in the test's own tenant; nobody has unheard events."""
        found = []
        for _ in range(count):
            client = await self.stack.enter_async_context(
                await connect_as(self.gateway, user, tenant or self.tenant))
            if room is not None:
                await client.join(room)
            found.append(client)
        self.known += found
        await asyncio.gather(*(client.everything(0.1) for client in self.known))
        return found

    def post(self, path, **body):
        return asyncio.to_thread(self.gateway.post, path, **body)

    def get(self, path):
        return asyncio.to_thread(self.gateway.get, path)

    def call(self, *arguments, **headers):
        return asyncio.to_thread(self.gateway.api, *arguments, **headers)

    def target(self, kind, name=None):
        found = {"kind": kind, "tenant": self.tenant, "name": name}
        if kind in ("everybody", "connection"):
            del found["tenant"]
        return {key: value for key, value in found.items() if value is not None}

    def publish(self, kind, name=None, event="news", data=1, **more):
        return self.post("/publish", target=self.target(kind, name), event=event, data=data, **more)

    async def all_hear(self, clients, data, event="news"):
        for client in clients:
            self.assertEqual(await client.event(event), data)

    async def nobody_hears(self, clients):
        heard = await asyncio.gather(*(client.everything() for client in clients))
        self.assertEqual([one for each in heard for one in each], [])

    # ---- Publishing ------------------------------------------------------------------------------

    async def test_an_event_for_each_kind_of_target(self):
        anns = await self.clients(4, "ann", room="lobby")
        bobs = await self.clients(3, "bob", room="lobby")
        others = await self.clients(3, "ann", "another-tenant", room="lobby")
        for kind, name, reached in (
                ("room", "lobby", anns + bobs), ("user", "ann", anns),
                ("tenant", None, anns + bobs),
                ("connection", bobs[1].id, bobs[1:2]), ("everybody", None, anns + bobs + others)):
            with self.subTest(kind):
                outcome = await self.publish(kind, name, data={"to": kind, "n": 1})
                self.assertTrue(outcome["complete"])
                self.assertEqual((outcome["matched"], outcome["queued"], outcome["conflated"],
                                  outcome["dropped"]), (len(reached), len(reached), 0, 0))
                await self.all_hear(reached, {"to": kind, "n": 1})
                await self.nobody_hears([one for one in anns + bobs + others
                                         if one not in reached])

    async def test_nobody_is_there(self):
        for kind, name in (("room", "no-such-room"), ("user", "nobody"), ("tenant", None),
                           ("connection", "c0-ffff-1"), ("connection", "c77-0-0")):
            outcome = await self.publish(kind, name)
            self.assertEqual((outcome["matched"], outcome["queued"]), (0, 0), kind)

    async def test_one_connection_is_left_out(self):
        members = await self.clients(5, "ann", room="lobby")
        for kind, name in (("room", "lobby"), ("tenant", None), ("user", "ann")):
            for left_out in members:
                with self.subTest(kind, left_out=left_out.id):
                    outcome = await self.publish(kind, name, exceptConnection=left_out.id)
                    self.assertEqual(outcome["matched"], 4)
                    await self.all_hear([one for one in members if one is not left_out], 1)
                    await self.nobody_hears([left_out])

    async def test_a_retry_with_the_same_message_id(self):
        members = await self.clients(3, room="lobby")
        first = await self.publish("room", "lobby", data="once", messageId="m-1")
        again = await self.publish("room", "lobby", data="once", messageId="m-1")
        self.assertEqual((first["duplicate"], again["duplicate"]), (False, True))
        self.assertEqual(again["number"], first["number"])
        await self.all_hear(members, "once")
        await self.nobody_hears(members)
        # A client's own id of the same letters is another.
        self.assertFalse((await members[0].chat("lobby", "x", id="m-1"))["duplicate"])

    async def test_an_idempotency_key_does_it_once(self):
        members = await self.clients(2, room="lobby")
        body = {"target": self.target("room", "lobby"), "event": "news", "data": "once"}
        first, again = [await self.call("POST", "/publish", body, **{"Idempotency-Key": "key-1"})
                        for _ in range(2)]
        self.assertEqual(first.body, again.body)
        self.assertEqual(again.headers["Idempotency-Replayed"], "true")
        await self.all_hear(members, "once")
        await self.nobody_hears(members)
        answer = await self.call("POST", "/publish", {**body, "data": 2},
                                 **{"Idempotency-Key": "key-1"})
        self.assertEqual((answer.status, answer.body["type"]), (422, "/problems/key-reused"))

    async def test_a_batch_answers_each_in_order(self):
        anns = await self.clients(2, "ann", room="lobby")
        publications = [{"target": self.target("room", "lobby"), "event": "news", "data": number}
                        for number in range(50)]
        publications[20] = {"target": {"kind": "nobody"}, "event": "news", "data": 1}
        publications[30] = {"target": self.target("user", "ann"), "event": "note", "data": "x"}
        answer = await self.call("POST", "/publish/batch", {"publications": publications})
        self.assertEqual(answer.status, 200)
        results = answer.body["results"]
        self.assertEqual([one["status"] for one in results],
                         [200] * 20 + [400] + [200] * 29)
        self.assertEqual(results[20]["problem"]["type"], "/problems/invalid-field")
        self.assertEqual(results[30]["result"]["matched"], 2)
        for client in anns:
            heard = await client.everything()
            self.assertEqual(named(heard, "news"),
                             [number for number in range(50) if number not in (20, 30)])
            self.assertEqual(named(heard, "note"), ["x"])

    async def test_what_is_wrong_is_a_problem_and_nobody_hears(self):
        members = await self.clients(2, "ann", room="lobby")
        good = {"target": self.target("room", "lobby"), "event": "news", "data": 1}
        for change in ({"target": None}, {"event": ""}, {"event": 7}, {"event": "e" * 65},
                       {"target": {"kind": "room", "tenant": self.tenant}},
                       {"target": {"kind": "room", "name": "lobby"}}, {"colour": "red"},
                       {"target": {**good["target"], "name": "a\x01b"}},
                       {"target": {**good["target"], "tenant": "a\x01b"}},
                       {"exceptConnection": ""}, {"messageId": ""}, {"keep": "yes"}):
            with self.subTest(change):
                answer = await self.call("POST", "/publish", {**good, **change})
                self.assertEqual(answer.status, 400, answer)
                self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
                self.assertEqual(answer.body["type"], "/problems/invalid-field")
                self.assertTrue(answer.body["errors"])
        await self.nobody_hears(members)

    async def test_to_leave_out_somebody_who_has_left_leaves_out_nobody(self):
        members = await self.clients(3, "ann", room="lobby")
        for gone in ("c0-ffff-1", "c99-0-0", "nonsense"):
            outcome = await self.publish("room", "lobby", exceptConnection=gone)
            self.assertEqual(outcome["matched"], 3, gone)
            await self.all_hear(members, 1)

    # ---- Sessions --------------------------------------------------------------------------------

    async def test_users_are_put_into_rooms_and_out_of_them(self):
        anns, bobs = await self.clients(4, "ann"), await self.clients(1, "bob", room="lobby")
        who = {"tenant": self.tenant, "user": "ann", "room": "lobby"}
        self.assertEqual(await self.post("/subscriptions", **who),
                         {"complete": True, "connections": 4})
        for client in anns:
            self.assertEqual((await client.event("chat:room:joined"))["roomId"], "lobby")
        self.assertEqual(await self.post("/subscriptions", **who),
                         {"complete": True, "connections": 0})
        self.assertEqual((await bobs[0].chat("lobby", "welcome"))["matched"], 5)
        answer = await self.call("DELETE", "/subscriptions", who)
        self.assertEqual((answer.status, answer.body), (200, {"complete": True, "connections": 4}))
        for client in anns:
            self.assertEqual(await client.event("chat:room:left"),
                             {"roomId": "lobby", "reason": "removed"})
        self.assertEqual((await bobs[0].chat("lobby", "alone"))["matched"], 1)
        for room in ("user:ann", "tenant:x", "a\x01b"):
            answer = await self.call("POST", "/subscriptions", {**who, "room": room})
            self.assertEqual(answer.status, 400, room)

    async def test_disconnecting_with_a_code_and_a_hint(self):
        anns, bobs = await self.clients(4, "ann"), await self.clients(2, "bob")
        answer = await self.post("/disconnect", target=self.target("user", "ann"), code=4001,
                                 reason="signed in elsewhere", reconnectAfterMs=1234)
        self.assertEqual(answer, {"complete": True, "connections": 4})
        for client in anns:
            self.assertEqual(await client.end(), (4001, "signed in elsewhere"))
            self.assertIn("1234", str(list(client.heard)), "the hint came before the close")
        await self.nobody_hears(bobs)
        answer = await self.post("/disconnect", target=self.target("connection", bobs[0].id))
        self.assertEqual(answer, {"complete": True, "connections": 1})
        await bobs[0].end()
        await bobs[1].must("ping")
        answer = await self.call("DELETE", f"/connections/{bobs[1].id}")
        self.assertEqual(answer.status, 200)
        self.assertEqual((await bobs[1].end())[0], 1008)
        for code in (999, 1004, 1005, 1006, 1015, 2999, 5000):
            answer = await self.call("POST", "/disconnect",
                                     {"target": self.target("tenant"), "code": code})
            self.assertEqual(answer.status, 400, code)

    async def test_disconnecting_a_room_and_a_tenant(self):
        inside = await self.clients(3, "ann", room="lobby")
        outside = await self.clients(2, "ann")
        stranger = (await self.clients(1, "ann", "another-tenant", room="lobby"))[0]
        answer = await self.post("/disconnect", target=self.target("room", "lobby"))
        self.assertEqual(answer, {"complete": True, "connections": 3})
        for client in inside:
            await client.end()
        await self.nobody_hears(outside)
        answer = await self.post("/disconnect", target=self.target("tenant"))
        self.assertEqual(answer, {"complete": True, "connections": 2})
        for client in outside:
            await client.end()
        await stranger.must("ping")

    # ---- Lists -----------------------------------------------------------------------------------

    async def pages(self, path, key, limit):
        """All entries of a list, page by page."""
        found, cursor, mark = [], "", "&" if "?" in path else "?"
        while True:
            more = f"&cursor={urllib.parse.quote(cursor)}" if cursor else ""
            page = await self.get(f"{path}{mark}limit={limit}{more}")
            self.assertTrue(page["complete"])
            self.assertLessEqual(len(page[key]), limit)
            found += page[key]
            cursor = page["next"]
            if not cursor:
                return found

    async def test_rooms_by_tenant_and_prefix(self):
        client = (await self.clients(1))[0]
        names = [f"load:{number}" for number in range(25)] + ["other/room", "é"]
        for name in names:
            await client.join(name)
        rooms = await self.pages(f"/rooms?tenant={self.tenant}&prefix=load:", "rooms", 10)
        self.assertEqual(sorted(one["name"] for one in rooms), sorted(names[:25]))
        rooms = await self.pages(f"/rooms?tenant={self.tenant}", "rooms", 7)
        said = sorted(one["name"] for one in rooms)
        self.assertEqual([one for one in said if not one.startswith("tenant:")], sorted(names))
        self.assertEqual({one["tenant"] for one in rooms}, {self.tenant})
        path = f"/rooms/{self.tenant}/{urllib.parse.quote('other/room', safe='')}/presence"
        self.assertEqual((await self.get(path))["count"], 1)

    async def test_a_room_that_nobody_is_in_is_not_listed(self):
        await self.publish("room", "unheard", data=1)
        page = await self.get(f"/rooms/{self.tenant}/unheard/history")
        self.assertEqual(len(page["events"]), 1, "it is remembered all the same")
        self.assertEqual((await self.get(f"/rooms?tenant={self.tenant}"))["rooms"], [])
        await self.clients(1, room="unheard")
        rooms = (await self.get(f"/rooms?tenant={self.tenant}&prefix=un"))["rooms"]
        self.assertEqual([(one["name"], one["members"]) for one in rooms], [("unheard", 1)])

    async def test_a_personal_room_is_the_users_connections(self):
        anns, _ = await self.clients(3, "ann"), await self.clients(2, "bob")
        path = f"/connections?tenant={self.tenant}&room=user:ann"
        for more in ("", "&order=slowest"):
            found = (await self.get(path + more))["connections"]
            self.assertEqual(sorted(one["id"] for one in found), sorted(one.id for one in anns))
        answer = await self.call("GET", f"/rooms/{self.tenant}/user%3Aann/presence")
        self.assertEqual((answer.status, answer.body["type"]), (400, "/problems/invalid-field"))

    async def test_a_cursor_that_is_none_is_refused(self):
        for path in ("/rooms", "/connections", f"/rooms/{self.tenant}/lobby/presence"):
            for cursor in ("garbage", "9-9", "-1", "1."):
                answer = await self.call("GET", f"{path}?cursor={cursor}")
                self.assertEqual((answer.status, answer.body["type"]),
                                 (400, "/problems/invalid-field"), (path, cursor))

    async def test_data_keeps_all_digits(self):
        client = (await self.clients(1))[0]
        numbers = [2 ** 64, -2 ** 63 - 1, 123456789012345678901234567890]
        await self.publish("user", "ann", data={"n": numbers})
        self.assertEqual((await client.event("news"))["n"], numbers)

    async def test_presence_and_history_of_a_room(self):
        members = await self.clients(12, room="lobby")
        for number in range(10):
            await self.publish("room", "lobby", data=number)
        await self.publish("room", "lobby", data="not kept", keep=False)
        base = f"/rooms/{self.tenant}/lobby"
        found = await self.pages(f"{base}/presence", "members", 5)
        self.assertEqual(sorted(one["connection"] for one in found),
                         sorted(one.id for one in members))
        page = await self.get(f"{base}/history?limit=1000")
        self.assertEqual([one["event"]["data"] for one in page["events"]], list(range(10)))
        numbers = [one["number"] for one in page["events"]]
        self.assertEqual(page["first"], numbers[0])
        self.assertGreater(page["last"], numbers[-1])
        part = await self.get(f"{base}/history?after={numbers[3]}&limit=2")
        self.assertEqual([one["event"]["data"] for one in part["events"]], [4, 5])
        self.assertEqual(part["epoch"], page["epoch"])

    async def test_connections_by_tenant_and_user(self):
        anns, bobs = await self.clients(9, "ann", room="lobby"), await self.clients(4, "bob")
        found = await self.pages(f"/connections?tenant={self.tenant}", "connections", 4)
        self.assertEqual(sorted(one["id"] for one in found),
                         sorted(one.id for one in anns + bobs))
        found = await self.pages(f"/connections?tenant={self.tenant}&user=bob", "connections", 100)
        self.assertEqual(sorted(one["id"] for one in found), sorted(one.id for one in bobs))
        one = await self.get(f"/connections/{anns[0].id}")
        self.assertEqual((one["id"], one["tenant"], one["user"]), (anns[0].id, self.tenant, "ann"))
        self.assertIn("lobby", one["rooms"])
        self.assertEqual(one["address"], "127.0.0.1")
        self.assertGreater(one["messagesOut"], 1)  # That it is in, and what it joined.
        await self.publish("room", "lobby", data="x" * 1000)
        await self.all_hear(anns, "x" * 1000)
        later = await self.get(f"/connections/{anns[0].id}")
        self.assertEqual(later["messagesOut"], one["messagesOut"] + 1)
        self.assertGreater(later["bytesOut"], one["bytesOut"] + 1000)
        self.assertLess(later["bytesOut"], one["bytesOut"] + 1500)
        for name in ("c0-ffff-1", "nonsense", "c99-0-0"):
            answer = await self.call("GET", f"/connections/{name}")
            self.assertEqual((answer.status, answer.body["type"]), (404, "/problems/not-found"))

    async def test_the_slowest_reader_comes_first(self):
        others = await self.clients(5, "quick", room="flood")
        with RawClient(self.gateway, receive_buffer=4096) as slow:
            token = tokens.mint("slow", self.tenant)
            slow.ask(upgrade_request(f"/ws?token={token}"))
            who = await self.get(f"/connections?tenant={self.tenant}&user=slow")
            slow_id = who["connections"][0]["id"]
            await self.post("/subscriptions", tenant=self.tenant, user="slow", room="flood")
            for _ in range(40):  # More than the kernel holds for one that does not read.
                await self.publish("room", "flood", data="x" * 100_000)
            await asyncio.gather(*(client.everything() for client in others))

            def slowest():
                return self.gateway.get("/connections?order=slowest&limit=3")["connections"]

            found = await asyncio.to_thread(gateway.wait_until,
                                            lambda: slowest()[0]["id"] == slow_id and slowest())
            self.assertTrue(found)
            self.assertGreater(found[0]["pendingBytes"], 0, found[0])
            sizes = [one["pendingBytes"] for one in found]
            self.assertEqual(sizes, sorted(sizes, reverse=True))
            slow.socket.shutdown(socket.SHUT_RDWR)

    async def test_the_pages(self):
        for path in ("/health", "/ready", "/metrics", "/ws/status", "/", "/live.json"):
            status, body = await asyncio.to_thread(self.gateway.page, path)
            self.assertEqual(status, 200, path)
            self.assertTrue(body)

    async def test_its_metrics_tell_what_it_refused(self):
        page = await asyncio.to_thread(self.gateway.metrics)
        for name in ("throttled", "connections_refused", "bulk_changes_refused"):
            self.assertEqual(page.value(f"millrace_admin_{name}_total"), 0, name)
        for name in ("limit_takeovers", "acks_refused", "sends_blocked", "close_failures",
                     "connections_released"):
            self.assertGreaterEqual(page.value(f"millrace_{name}_total"), 0, name)


class LatestRoomTest(NativeGatewayTest):
    """Who lags in a room that keeps the latest gets the newest of each key, whoever publishes."""

    tables = {"limits": {"enabled": False},
              "rooms": {"policies": ["ticks.*=latest"], "conflate_above": "16KiB"}}
    rounds, symbols = 10, 40  # More bytes than two sockets hold.

    def values(self, number):
        return [{"symbol": symbol, "n": number, "pad": "." * 20000}
                for symbol in range(self.symbols)]

    def expect_newest(self, room, publish, value_of):
        with EventClient(self.gateway, "/ws?token=" + tokens.mint("slow"),
                         receive_buffer=4096) as slow:
            slow.join(room)
            conflated = sum(outcome["conflated"] for number in range(self.rounds)
                            for outcome in publish(self.values(number)))
            self.assertGreater(conflated, self.symbols)
            newest = {}
            while set(newest) != set(range(self.symbols)) or \
                    set(newest.values()) != {self.rounds - 1}:
                event = slow.next_event()
                if event["event"] in ("tick", "message:received"):
                    value = value_of(event)
                    newest[value["symbol"]] = value["n"]

    def test_events_of_the_server_api(self):
        def publish(values):
            answer = self.gateway.post("/publish/batch", publications=[
                {"target": {"kind": "room", "tenant": "acme", "name": "ticks.a"}, "event": "tick",
                 "key": f"s{value['symbol']}", "data": value} for value in values])
            return [one["result"] for one in answer["results"]]

        self.expect_newest("ticks.a", publish, lambda event: event["data"])

    def test_messages_of_clients(self):
        with EventClient(self.gateway, "/ws?token=" + tokens.mint("ann")) as ann:
            def publish(values):
                return [ann.request("message:send",
                                    {"room": "ticks.b", "event": "tick", "data": value,
                                     "key": f"s{value['symbol']}"}, "message:sent")
                        for value in values]

            self.expect_newest("ticks.b", publish, lambda event: event["data"]["data"])


if __name__ == "__main__":
    unittest.main()
