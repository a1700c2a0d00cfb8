"""The gateway beside an auth service that is well, slow, lying or dead: who is let in meanwhile,
what the others are told, and that nobody who is in notices."""

import asyncio
import contextlib
import json
import time
import unittest

from support import gateway
from support.auth_service import AuthService
from support.native_client import AsyncTest, Refused, connect, handshake
from support.native_gateway import NativeGateway
from support.turns import undisturbed


class AuthServiceTest(AsyncTest):
    def start(self, **options):
        """A service and a gateway that asks it, until the test ends."""
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.service = self.stack.enter_context(AuthService())
        self.server = self.stack.enter_context(NativeGateway({"auth": {
            "mode": "service", "secret_file": None, "service_url": self.service.url("/verify"),
            "failures_per_minute": 0, "service_timeout": "1s", **options},
            "limits": {"enabled": False}}))

    def handshake(self, token):
        return handshake(self.server, f"/ws?token={token}")

    async def refusal(self, token):
        """The status and reason that a token is refused with."""
        response = await asyncio.to_thread(self.handshake, token)
        self.assertNotEqual(response.status, 101)
        return response.status, json.loads(response.body)["error"]["reason"], response

    def undisturbed(self, client):
        return undisturbed(self, self.server, client)

    # ---- Well ------------------------------------------------------------------------------------

    async def test_who_the_service_knows_is_let_in_and_asked_for_once(self):
        self.start()
        self.service.knows("t-ann", "ann", roles=["staff"], userType="supervisor", name="Ann")
        for _ in range(5):
            async with await connect(self.server, "t-ann") as client:
                self.assertEqual((client.connected["userId"], client.connected["tenantId"],
                                  client.connected["userType"]), ("ann", "acme", "supervisor"))
        self.assertEqual(self.service.asked, ["t-ann"], "then it is remembered")
        for _ in range(5):
            self.assertEqual((await self.refusal("t-nobody"))[:2], (401, "refused"))
        self.assertEqual(self.service.asked.count("t-nobody"), 1, "so is a refusal, for a while")

    async def test_many_with_one_token_are_one_question(self):
        self.start()
        self.service.knows("t-ann", "ann")
        self.service.delay_s = 0.3
        clients = await asyncio.gather(*(connect(self.server, "t-ann") for _ in range(20)))
        for client in clients:
            await client.websocket.close()
        self.assertEqual(self.service.asked, ["t-ann"])

    async def test_its_word_on_the_end_is_kept_and_a_refresh_asks_again(self):
        self.start()
        self.service.knows("t-1", "ann", lifetime_s=2)
        self.service.knows("t-2", "ann", lifetime_s=60)
        self.service.knows("t-bob", "bob")
        async with await connect(self.server, "t-1") as one, \
                await connect(self.server, "t-1") as other:
            self.assertEqual(await one.fail("auth:refresh", {"token": "t-bob"}), "AUTH_FAILED")
            await one.must("auth:refresh", {"token": "t-2"})
            self.assertEqual((await other.end())[0], 1008)
            await one.must("ping")

    # ---- Slow ------------------------------------------------------------------------------------

    async def test_slow_holds_up_only_who_is_asked_for(self):
        self.start()
        self.service.knows("t-in", "in")
        async with await connect(self.server, "t-in") as client:
            self.service.delay_s = 0.2
            for number in range(24):
                self.service.knows(f"t-{number}", f"u{number}")
            async with self.undisturbed(client):
                clients = await asyncio.gather(
                    *(connect(self.server, f"t-{number}") for number in range(24)))
                for other in clients:
                    await other.websocket.close()
            self.service.delay_s = 5
            async with self.undisturbed(client):
                start = time.monotonic()
                answers = await asyncio.gather(*(self.refusal(f"late-{n}") for n in range(8)))
                took = time.monotonic() - start
            for status, reason, response in answers:
                self.assertEqual((status, reason), (503, "unavailable"))
                self.assertGreater(int(response.header("Retry-After")), 0)
            self.assertGreater(took, 0.9)
            self.assertLess(took, 4)

    async def test_a_flood_of_junk_is_not_the_service_being_down(self):
        self.start(when_down="admit_known", service_cache_for="0s", service_connections=1)
        ended = self.service.knows("t-out", "out")
        async with await connect(self.server, "t-out"):
            pass
        del self.service.users[ended]
        self.service.delay_s = 0.2  # Of a timeout of a second.
        flood = [f"junk-{number}" for number in range(60)] + ["t-out"]
        answers = await asyncio.gather(*(connect(self.server, token) for token in flood),
                                       return_exceptions=True)
        self.assertEqual({type(answer) for answer in answers}, {Refused})
        self.assertEqual({answer.status for answer in answers}, {401, 503})
        self.assertEqual(self.server.metrics().value("millrace_auth_breaker_open"), 0)
        self.assertEqual((await self.refusal("t-out"))[:2], (401, "refused"))

    # ---- Dead ------------------------------------------------------------------------------------

    async def test_dead_refuses_and_then_leaves_the_service_alone(self):
        self.start(service_cache_for="0s")
        self.service.knows("t-in", "in")
        async with await connect(self.server, "t-in") as client:
            self.service.kill()
            async with self.undisturbed(client):
                for number in range(10):
                    self.assertEqual((await self.refusal(f"t-{number}"))[:2], (503, "unavailable"))
                self.assertEqual((await self.refusal("t-in"))[:2], (503, "unavailable"))
            self.server.wait_for_output("the auth service fails, and is left alone")
            self.service.start()
            self.service.asked.clear()
            start = time.monotonic()
            back = await asyncio.to_thread(gateway.wait_until,
                                           lambda: self.handshake("t-in").status == 101, 8, 0.05)
            self.assertTrue(back)
            took = time.monotonic() - start
            self.assertLess(took, 5)
            # While the breaker is open, nobody is asked; then one is, and the others after it.
            self.assertLessEqual(len(self.service.asked), 2)
            self.server.wait_for_output("the auth service answers again")
            await client.must("ping")

    async def test_dead_admits_whom_it_has_known_if_so_configured(self):
        self.start(when_down="admit_known", service_cache_for="0s", known_for="3s")
        self.service.knows("t-in", "in")
        self.service.knows("t-short", "short", lifetime_s=1)
        ended = self.service.knows("t-out", "out")
        for token in ("t-in", "t-short", "t-out"):
            async with await connect(self.server, token):
                pass
        del self.service.users[ended]
        self.assertEqual((await self.refusal("t-out"))[:2], (401, "refused"))
        confirmed = time.monotonic()
        self.service.kill()
        for _ in range(10):  # Before and after the breaker opens.
            async with await connect(self.server, "t-in") as client:
                self.assertEqual(client.connected["userId"], "in")
            self.assertEqual((await self.refusal("t-new"))[:2], (503, "unavailable"))
        # Whom the service has refused since is not known any more.
        self.assertIn((await self.refusal("t-out"))[0], (401, 503))
        await asyncio.sleep(1)
        status, reason, _ = await self.refusal("t-short")
        self.assertIn((status, reason), ((401, "expired"), (503, "unavailable")))
        await asyncio.sleep(max(confirmed + 3.2 - time.monotonic(), 0))
        self.assertEqual((await self.refusal("t-in"))[:2], (503, "unavailable"))

    async def test_a_reload_while_it_is_dead_admits_whom_it_has_known(self):
        """As the operator's manual says to do."""
        self.start(service_cache_for="0s")
        self.service.knows("t-in", "in")
        async with await connect(self.server, "t-in"):
            pass
        self.service.kill()
        self.assertEqual((await self.refusal("t-in"))[:2], (503, "unavailable"))
        await asyncio.to_thread(self.server.reload, {"auth": {"when_down": "admit_known"}},
                                says="auth.when_down is in force")
        async with await connect(self.server, "t-in") as client:
            self.assertEqual(client.connected["userId"], "in")
        self.assertEqual((await self.refusal("t-new"))[:2], (503, "unavailable"))

    # ---- Lying -----------------------------------------------------------------------------------

    async def test_no_lie_lets_anybody_in(self):
        self.start()
        self.service.knows("t-in", "in")
        future = int(time.time()) + 600
        lies = [
            b"", b"null", b"[]", b"7", b'"ann"', b"{", b"{}", b"not JSON", b'{"user":7}',
            b'{"user":{}}', b'{"user":{"id":""}}', b'{"user":{"id":null}}', b'{"user":[]}',
            b'{"user":null}', b'{"valid":false,"user":{"id":"root"}}', b'{"active":false}',
            b'{"user":{"id":"a\\u0001b"}}', b'{"user":{"id":"ann","tenantId":"a\\u0001victim"}}',
            b'{"user":{"id":"ann","tenantId":7}}', b'{"user":{"id":"ann","roles":"admin"}',
            b'{"user":{"id":"' + b"x" * 200 + b'"}}', b'{"user":{"id":"ann"}} and more',
            b'{"user":{"id":"ann","expiresAt":1}}', b'{"user":{"id":"ann","exp":"soon"}}',
            b'{"user":{"id":"\xff\xfe"}}', b"[" * 5000, b"x" * 200_000,
            json.dumps({"user": {"id": "ann", "pad": "x" * 100_000, "exp": future}}).encode(),
        ]
        async with await connect(self.server, "t-in") as client, self.undisturbed(client):
            for number, lie in enumerate(lies):
                with self.subTest(lie=lie[:60]):
                    self.service.answer = lambda _, said=lie: (200, said)
                    status, reason, _ = await self.refusal(f"liar-{number}")
                    self.assertIn((status, reason),
                                  ((401, "refused"), (401, "expired"), (503, "unavailable")))
            statuses = (201, 204, 301, 302, 400, 403, 404, 418, 429, 500, 503)
            for number, status in enumerate(statuses):
                self.service.answer = lambda _, said=status: (said, b'{"user":{"id":"root"}}')
                found = await self.refusal(f"status-{number}")
                self.assertIn(found[:2], ((401, "refused"), (503, "unavailable")))

    async def test_what_is_no_http_is_a_failure_like_any_other(self):
        self.start()
        self.service.kill()

        async def babble(reader, writer):
            await reader.read(100)
            writer.write(b"\x00\xff SMTP 220 hello\r\n\r\n" * 100)
            await writer.drain()
            writer.close()

        babbler = await asyncio.start_server(babble, "127.0.0.1", self.service.port)
        async with babbler:
            self.assertEqual((await self.refusal("t-1"))[:2], (503, "unavailable"))
        with self.assertRaises(Refused):
            await connect(self.server, "t-2")


if __name__ == "__main__":
    unittest.main()
