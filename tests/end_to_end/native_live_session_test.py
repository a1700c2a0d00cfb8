"""What becomes of a connection while it is open: its token ends, is renewed or revoked, its roles
change. Each is timed: it must be in force within a second."""

import asyncio
import contextlib
import time
import unittest

from support import tokens
from support.native_client import AsyncTest, Refused, connect, connect_as
from support.native_gateway import NativeGatewayTest

IN_FORCE_S = 1.0

ACCESS = """
[[access]]
pattern = "staff-*"
create = ["role:staff"]
join = ["role:staff"]
send = ["permission:staff:write"]
history = ["role:staff"]
presence = ["role:staff"]
[[access]]
pattern = "*"
create = ["*"]
join = ["*"]
send = ["*"]
history = ["*"]
presence = ["*"]
"""
STAFF = {"roles": ["staff"], "permissions": ["staff:write"]}


class LiveSessionTest(NativeGatewayTest, AsyncTest):
    tables = {"auth": {"leeway": "0s", "failures_per_minute": 0}}
    more = ACCESS

    @contextlib.contextmanager
    def in_force(self):
        """What is inside must be over in time."""
        start = time.monotonic()
        yield
        self.assertLess(time.monotonic() - start, IN_FORCE_S)

    async def call(self, method, path, body=None):
        answer = await asyncio.to_thread(self.gateway.api, method, path, body)
        self.assertEqual(answer.status, 200, answer)
        return answer.body

    async def ended_as_unauthorised(self, client):
        code, _ = await client.end()
        self.assertEqual(code, 1008)
        self.assertEqual((await client.error())["code"], "AUTH_FAILED")

    # ---- Expiry ----------------------------------------------------------------------------------

    async def test_a_connection_ends_with_its_token(self):
        ends = int(time.time()) + 2
        async with await connect_as(self.gateway, "ann", exp=ends) as client:
            self.assertEqual(client.connected["expiresAt"], ends)
            await self.ended_as_unauthorised(client)
            late = time.time() - ends
            self.assertGreater(late, -0.1)
            self.assertLess(late, IN_FORCE_S)

    async def test_hundreds_that_end_in_one_second_and_others_that_stay(self):
        ends = int(time.time()) + 3
        async with contextlib.AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(
                await connect_as(self.gateway, f"u{number}", exp=ends)) for number in range(100)]
            stays = await stack.enter_async_context(
                await connect_as(self.gateway, "stays", exp=ends + 60))
            await asyncio.gather(*(self.ended_as_unauthorised(client) for client in clients))
            self.assertLess(time.time() - ends, IN_FORCE_S)
            await stays.must("ping")

    async def test_a_refresh_extends_it_in_place(self):
        ends = int(time.time()) + 2
        async with await connect_as(self.gateway, "ann", exp=ends) as client:
            await client.join("lobby")
            with self.in_force():
                token = tokens.mint("ann", exp=ends + 60)
                answer = await client.must("auth:refresh", {"token": token})
            self.assertEqual(answer["expiresAt"], ends + 60)
            await asyncio.sleep(ends + 1 - time.time())
            sent = await client.chat("lobby", "still here")
            self.assertEqual(sent["queued"], 1)

    async def test_a_refresh_can_shorten_it_too(self):
        async with await connect_as(self.gateway, "ann") as client:
            ends = int(time.time()) + 2
            await client.must("auth:refresh", {"token": tokens.mint("ann", exp=ends)})
            await self.ended_as_unauthorised(client)
            self.assertLess(time.time() - ends, IN_FORCE_S)

    async def test_a_refresh_that_is_refused_changes_nothing(self):
        async with await connect_as(self.gateway, "ann", **STAFF) as client:
            await client.join("staff-1")
            for token in (tokens.mint("bob"), tokens.mint("ann", "other"),
                          tokens.mint("ann", exp=1),
                          tokens.hs256(tokens.claims_of("ann"), "x" * 32), "nonsense",
                          tokens.unsigned(tokens.claims_of("ann"))):
                self.assertEqual(await client.fail("auth:refresh", {"token": token}), "AUTH_FAILED")
            self.assertEqual((await client.chat("staff-1", "hello"))["queued"], 1)

    # ---- Roles -----------------------------------------------------------------------------------

    async def test_a_refresh_with_fewer_roles_is_in_force_at_once(self):
        async with await connect_as(self.gateway, "ann", **STAFF) as client:
            await client.join("staff-1")
            await client.join("lobby")
            with self.in_force():
                await client.must("auth:refresh", {"token": tokens.mint("ann")})
                left = await client.event("chat:room:left")
                self.assertEqual(left, {"roomId": "staff-1", "reason": "no longer admitted"})
            self.assertEqual(await client.fail("chat:room:join", {"room": "staff-1"}),
                             "ROOM_ACCESS_DENIED")
            self.assertEqual((await client.chat("lobby", "x"))["queued"], 1)

    async def test_a_change_of_roles_reaches_each_connection_of_the_user(self):
        async with contextlib.AsyncExitStack() as stack:
            enter = stack.enter_async_context
            anns = [await enter(await connect_as(self.gateway, "rolf", **STAFF)) for _ in range(6)]
            other = await enter(await connect_as(self.gateway, "rolf", "other", **STAFF))
            bob = await enter(await connect_as(self.gateway, "bob", **STAFF))
            for client in (*anns, other, bob):
                await client.join("staff-1")
            for client in anns:
                self.assertGreater((await client.chat("staff-1", "may"))["queued"], 0)
            for client in (*anns, other, bob):
                await client.everything()
            with self.in_force():
                changed = await self.call("PUT", "/users/acme/rolf/roles",
                                          {"roles": ["staff"], "permissions": []})
                self.assertEqual(changed, {"complete": True, "connections": len(anns)})
                for client in anns:  # They may stay, but say nothing.
                    code = await client.fail("chat:message:send",
                                             {"room": "staff-1", "content": "may not"})
                    self.assertEqual(code, "ROOM_ACCESS_DENIED")
            with self.in_force():
                await self.call("PUT", "/users/acme/rolf/roles", {"roles": [], "permissions": []})
                for client in anns:
                    self.assertEqual(await client.event("chat:room:left"),
                                     {"roomId": "staff-1", "reason": "no longer admitted"})
            # Nobody else, not even of that name, has lost anything.
            self.assertEqual((await bob.chat("staff-1", "only bob hears"))["matched"], 1)
            self.assertEqual((await other.chat("staff-1", "only other hears"))["matched"], 1)
            for client in anns:
                self.assertNotIn("only bob hears", str(await client.everything()))

    async def test_a_role_that_is_given_admits_at_once(self):
        async with await connect_as(self.gateway, "carl") as client:
            self.assertEqual(await client.fail("chat:room:join", {"room": "staff-1"}),
                             "ROOM_ACCESS_DENIED")
            with self.in_force():
                await self.call("PUT", "/users/acme/carl/roles", STAFF)
                await client.join("staff-1")
                self.assertGreater((await client.chat("staff-1", "x"))["queued"], 0)

    async def test_a_change_of_roles_outlives_the_connection_but_not_the_token(self):
        before = int(time.time())
        old = tokens.mint("olga", iat=before, **STAFF)
        async with await connect(self.gateway, old) as client:
            await client.join("staff-1")
            await self.call("PUT", "/users/acme/olga/roles", {"roles": [], "permissions": []})
            await client.event("chat:room:left")
            await client.must("auth:refresh", {"token": old})
            self.assertEqual(await client.fail("chat:room:join", {"room": "staff-1"}),
                             "ROOM_ACCESS_DENIED")
        async with await connect(self.gateway, old) as client:
            self.assertEqual(await client.fail("chat:room:join", {"room": "staff-1"}),
                             "ROOM_ACCESS_DENIED")
            await asyncio.sleep(before + 2 - time.time())  # Times of tokens are whole seconds.
            new = tokens.mint("olga", iat=int(time.time()), **STAFF)
            await client.must("auth:refresh", {"token": new})
            await client.join("staff-1")

    # ---- Revocation ------------------------------------------------------------------------------

    async def refused_as_revoked(self, token):
        with self.assertRaises(Refused) as refused:
            await connect(self.gateway, token)
        self.assertEqual(refused.exception.status, 401)

    async def test_a_revoked_token_ends_its_connections_and_opens_no_more(self):
        token = tokens.mint("ann", jti="t-1")
        async with contextlib.AsyncExitStack() as stack:
            enter = stack.enter_async_context
            mine = [await enter(await connect(self.gateway, token)) for _ in range(4)]
            others = await enter(await connect_as(self.gateway, "ann", jti="t-2"))
            with self.in_force():
                changed = await self.call("POST", "/revocations", {"tokenId": "t-1"})
                self.assertEqual(changed, {"complete": True, "connections": len(mine)})
                for client in mine:
                    await self.ended_as_unauthorised(client)
            await self.refused_as_revoked(token)
            self.assertEqual(await others.fail("auth:refresh", {"token": token}), "AUTH_FAILED")
            await others.must("ping")

    async def test_a_revoked_user_is_out_until_a_newer_token(self):
        before = int(time.time())
        token = tokens.mint("rita", iat=before)
        async with contextlib.AsyncExitStack() as stack:
            enter = stack.enter_async_context
            mine = [await enter(await connect(self.gateway, token)) for _ in range(4)]
            mine.append(await enter(await connect_as(self.gateway, "rita")))  # Without a time.
            same_name = await enter(await connect_as(self.gateway, "rita", "other", iat=before))
            with self.in_force():
                changed = await self.call("POST", "/revocations",
                                          {"tenant": "acme", "user": "rita"})
                self.assertEqual(changed, {"complete": True, "connections": len(mine)})
                for client in mine:
                    await self.ended_as_unauthorised(client)
            await self.refused_as_revoked(token)
            await self.refused_as_revoked(tokens.mint("rita"))
            await same_name.must("ping")
            await asyncio.sleep(before + 2 - time.time())  # Times of tokens are whole seconds.
            async with await connect_as(self.gateway, "rita", iat=int(time.time())) as back:
                await back.must("ping")


if __name__ == "__main__":
    unittest.main()
