"""Rooms that a service decides about, over real HTTP: well, slow, lying and dead; who gets in, what
waits in which order, and that nobody else notices."""

import asyncio
import contextlib
import time
import unittest

from support import gateway
from support.auth_service import AccessService
from support.native_client import AsyncTest, connect_as, named
from support.native_gateway import NativeGateway
from support.turns import undisturbed

RULES = """
[[access]]
pattern = "desk*"
join = ["role:boss", "service"]
send = ["service"]
history = ["service"]
presence = ["service"]
create = ["service"]
[[access]]
pattern = "*"
join = ["*"]
send = ["*"]
"""


class AccessServiceTest(AsyncTest):
    def start(self, limits=None, **options):
        """A service and a gateway that asks it, until the test ends."""
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.service = self.stack.enter_context(AccessService())
        self.server = self.stack.enter_context(NativeGateway(
            {"rooms": {"access_url": self.service.url("/access"), "access_timeout": "500ms",
                       **options},
             "limits": {"enabled": False, **(limits or {})}, "auth": {"failures_per_minute": 0}},
            more=RULES))

    async def clients(self, *users, **claims):
        stack = contextlib.AsyncExitStack()
        self.addAsyncCleanup(stack.aclose)
        return [await stack.enter_async_context(await connect_as(self.server, user, **claims))
                for user in users]

    async def metric(self, name):
        return (await asyncio.to_thread(self.server.metrics)).value(name)

    # ---- Well ------------------------------------------------------------------------------------

    async def test_each_operation_is_asked_about_once_and_then_remembered(self):
        self.start()
        ann, bob = await self.clients("ann", "bob")
        self.service.denied |= {("bob", "join", "desk"), ("ann", "history", "desk"),
                                ("ann", "create", "desk-2")}
        for _ in range(3):
            await ann.join("desk")
            self.assertEqual(await bob.fail("chat:room:join", {"room": "desk"}),
                             "ROOM_ACCESS_DENIED")
            self.assertEqual((await ann.chat("desk", "hello"))["matched"], 1)
            self.assertEqual(await ann.fail("chat:room:history", {"room": "desk"}),
                             "ROOM_ACCESS_DENIED")
            await ann.must("chat:room:presence", {"room": "desk"})
            self.assertEqual(await ann.fail("chat:room:create", {"room": "desk-2"}),
                             "PERMISSION_DENIED")
        self.assertEqual(len(self.service.asked), len(set(self.service.asked)))
        self.assertEqual(set(self.service.asked),
                         {("ann", one, "desk") for one in ("join", "send", "history", "presence")} |
                         {("bob", "join", "desk"), ("ann", "create", "desk-2")})
        self.assertEqual(await self.metric("millrace_access_service_calls_total"), 6)
        self.assertGreater(await self.metric("millrace_access_cache_hits_total"), 6)

    async def test_whom_the_rule_admits_itself_is_not_asked_about(self):
        self.start()
        boss, = await self.clients("boss", roles=["boss"])
        await boss.join("desk")
        await boss.join("lobby")
        self.assertEqual(self.service.asked, [])

    async def test_an_answer_holds_as_long_as_it_says(self):
        self.start()
        self.service.ttl = 0
        ann, = await self.clients("ann")
        for _ in range(3):
            await ann.chat("desk", "x")
        self.assertEqual(len(self.service.asked), 3)
        self.service.ttl = 0.4
        await ann.chat("desk", "x")
        await ann.chat("desk", "x")
        self.assertEqual(len(self.service.asked), 4)
        self.service.denied.add(("ann", "send", "desk"))
        await asyncio.sleep(0.5)
        self.assertEqual(await ann.fail("chat:message:send", {"room": "desk", "content": "x"}),
                         "ROOM_ACCESS_DENIED")

    async def test_other_roles_are_asked_about_anew(self):
        self.start()
        ann, = await self.clients("ann")
        await ann.join("desk")
        self.service.denied.add(("ann", "join", "desk"))
        await asyncio.to_thread(self.server.api, "PUT", "/users/acme/ann/roles",
                                {"roles": ["guest"], "permissions": []})
        self.assertEqual(await ann.event("chat:room:left"),
                         {"roomId": "desk", "reason": "no longer admitted"})

    # ---- Slow ------------------------------------------------------------------------------------

    async def test_slow_keeps_the_order_and_holds_up_nobody_else(self):
        self.start()
        ann, bob, other = await self.clients("ann", "bob", "other")
        for client in (bob, other):
            await client.join("desk")
            await client.join("lobby")
        self.service.delay_s = 0.3
        async with undisturbed(self, self.server, other):
            for number in range(20):
                await ann.say("chat:message:send", {"room": "desk", "content": f"d{number}"})
                await ann.say("chat:message:send", {"room": "lobby", "content": f"l{number}"})
            # Two rooms are two orders.
            heard = [(await bob.event("chat:message:received"))["content"] for _ in range(40)]
        self.assertEqual(heard, [f"l{n}" for n in range(20)] + [f"d{n}" for n in range(20)])
        self.assertEqual(self.service.asked.count(("ann", "send", "desk")), 1)

    async def test_too_slow_is_an_error_and_a_crowd_that_waits_is_bounded(self):
        self.start(access_waiting=40)
        self.service.delay_s = 5
        ann, *crowd = await self.clients("ann", *(f"u{n}" for n in range(12)))
        async with undisturbed(self, self.server, ann):
            start = time.monotonic()
            for client in crowd:
                for number in range(12):
                    await client.say("chat:room:join", {"room": f"desk{number}"})
            codes = [(await client.error())["code"] for client in crowd for _ in range(12)]
            took = time.monotonic() - start
        self.assertEqual(set(codes), {"SERVER_ERROR"})
        self.assertLess(took, 4)
        refused = await self.metric("millrace_access_events_refused_total")
        self.assertGreaterEqual(refused, len(codes) - 3 * 40)  # Of three shards.
        self.assertGreater(await self.metric("millrace_access_service_timeouts_total"), 0)
        self.assertEqual(await self.metric("millrace_access_events_waiting"), 0)

    # ---- Dead ------------------------------------------------------------------------------------

    async def test_dead_allows_nothing_and_is_left_alone_until_it_is_back(self):
        self.start(access_cache="0s")
        ann, bob = await self.clients("ann", "bob")
        await bob.join("desk")
        self.service.kill()
        async with undisturbed(self, self.server, bob):
            for number in range(20):
                self.assertEqual(await ann.fail("chat:room:join", {"room": f"desk{number % 3}"}),
                                 "SERVER_ERROR")
        await ann.join("lobby")
        self.assertEqual((await ann.chat("lobby", "x"))["matched"], 1)
        self.server.wait_for_output("the access service fails, and is left alone")
        self.assertEqual(await self.metric("millrace_access_breaker_open"), 1)
        self.service.start()

        async def joins():
            return (await ann.ask("chat:room:join", {"room": "desk"}))["event"] != "error"

        deadline = time.monotonic() + 8
        while not await joins():
            self.assertLess(time.monotonic(), deadline)
            await asyncio.sleep(0.05)
        self.server.wait_for_output("the access service answers again")

    async def test_dead_allows_what_it_allowed_if_so_configured_even_by_a_reload(self):
        self.start(access_cache="0s")
        ann, = await self.clients("ann")
        self.service.denied.add(("ann", "send", "desk-2"))
        await ann.chat("desk", "x")
        await ann.fail("chat:message:send", {"room": "desk-2", "content": "x"})
        self.service.kill()
        await ann.fail("chat:message:send", {"room": "desk", "content": "x"})
        await asyncio.to_thread(self.server.reload, {"rooms": {"access_when_down": "admit_known"}},
                                RULES, says="rooms.access_when_down is in force")
        for _ in range(10):
            await ann.chat("desk", "x")
            self.assertEqual(await ann.fail("chat:message:send",
                                            {"room": "desk-2", "content": "x"}),
                             "ROOM_ACCESS_DENIED")
            self.assertEqual(await ann.fail("chat:room:join", {"room": "desk-3"}), "SERVER_ERROR")

    # ---- Lying -----------------------------------------------------------------------------------

    async def test_no_lie_allows_anything(self):
        self.start()
        ann, bob = await self.clients("ann", "bob")
        lies = [(200, b""), (200, b"null"), (200, b"[]"), (200, b"true"), (200, b"{}"),
                (200, b'{"allowed":"true"}'), (200, b'{"allowed":1}'), (200, b'{"allowed":null}'),
                (200, b'{"allowed":true'), (200, b'{"allowed":true,"ttl":-1}'),
                (200, b'{"allowed":true,"ttl":"long"}'), (200, b"x" * 200_000),
                (200, b'{"allowed":true,"pad":"' + b"x" * 100_000 + b'"}'), (200, b"[" * 5000),
                (201, b'{"allowed":true}'), (302, b'{"allowed":true}'),
                (403, b'{"allowed":true}'), (500, b'{"allowed":true}')]
        async with undisturbed(self, self.server, bob):
            for number, lie in enumerate(lies):
                with self.subTest(lie=lie[1][:40]):
                    self.service.answer = lambda _, said=lie: said
                    self.assertEqual(await ann.fail("chat:room:join", {"room": f"desk{number}"}),
                                     "SERVER_ERROR")
        joined = (await ann.must("chat:room:list"))["rooms"]
        self.assertEqual([one["roomId"] for one in joined], ["user:ann", "tenant:acme"])

    async def test_who_leaves_while_it_waits_leaves_nothing_behind(self):
        self.start()
        self.service.delay_s = 0.3
        clients = await self.clients(*(f"u{n}" for n in range(10)))
        for number, client in enumerate(clients):
            await client.say("chat:room:join", {"room": f"desk{number}"})
            await client.say("chat:message:send", {"room": f"desk{number}", "content": "x"})
        await asyncio.sleep(0.1)
        for client in clients:
            await client.websocket.close()
        gone = await asyncio.to_thread(
            gateway.wait_until,
            lambda: self.server.metrics().value("millrace_access_events_waiting") == 0, 5, 0.05)
        self.assertTrue(gone)
        await asyncio.sleep(0.5)
        ann, = await self.clients("ann")
        self.assertEqual(named(await ann.everything(0.1), "error"), [])
        await ann.join("desk0")

    async def test_a_rule_needs_an_address(self):
        self.start()
        with self.assertRaisesRegex(AssertionError, "rooms.access_url"):
            NativeGateway(more=RULES)


if __name__ == "__main__":
    unittest.main()
