"""A gateway that is told something else while it runs, and one that goes away under load."""

import asyncio
import collections
import contextlib
import signal
import time
import unittest

import websockets

from support import gateway, tokens
from support.native_client import AsyncTest, Refused, connect_as, named
from support.native_gateway import NativeGateway

RULES = """
[[access]]
pattern = "staff-*"
join = ["role:staff"]
send = ["role:staff"]
[[access]]
pattern = "*"
create = ["*"]
join = ["*"]
send = ["*"]
"""


class ReloadTest(AsyncTest):
    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.server = self.stack.enter_context(
            NativeGateway({"auth": {"failures_per_minute": 0, "leeway": "0s"}}))

    async def reload(self, *arguments, **options):
        return await asyncio.to_thread(self.server.reload, *arguments, **options)

    async def test_limits_are_in_force_for_who_is_connected(self):
        async with await connect_as(self.server, "ann") as client:
            for _ in range(30):
                await client.must("ping")
            start = time.monotonic()
            await self.reload({"limits": {"connection_messages": "1/s burst 5"}},
                              says="limits.connection_messages is in force")
            self.assertLess(time.monotonic() - start, 2)
            codes = [(await client.ask("ping"))["data"].get("code") for _ in range(20)]
            self.assertIn("RATE_LIMITED", codes)
            await self.reload({"limits": {"enabled": False}}, says="limits.enabled is in force")
            for _ in range(30):
                await client.must("ping")

    async def test_access_rules_are_in_force_for_who_is_connected(self):
        async with await connect_as(self.server, "ann") as client, \
                await connect_as(self.server, "bob", roles=["staff"]) as staff:
            for one in (client, staff):
                await one.join("staff-1")
                await one.join("lobby")
            await self.reload(more=RULES, says="access is in force")
            self.assertEqual(await client.event("chat:room:left", 2),
                             {"roomId": "staff-1", "reason": "no longer admitted"})
            self.assertEqual(await client.fail("chat:message:send",
                                               {"room": "staff-1", "content": "x"}),
                             "ROOM_ACCESS_DENIED")
            self.assertEqual((await staff.chat("staff-1", "x"))["matched"], 1)
            self.assertEqual((await client.chat("lobby", "x"))["matched"], 2)

    async def test_secrets_and_origins_are_in_force_for_who_comes(self):
        other_secret = "a-new-secret-of-more-than-32-bytes-too"
        path = self.server.file.parent / "secret"
        async with await connect_as(self.server, "ann") as client:
            path.write_text(other_secret)
            await self.reload({"auth": {"origins": ["https://app.example.com"]}},
                              says="auth.origins is in force")
            with self.assertRaises(Refused):
                await connect_as(self.server, "ann")
            good = tokens.hs256(tokens.claims_of("ann"), other_secret)
            await client.must("auth:refresh", {"token": good})
            self.assertEqual(await client.fail("auth:refresh", {"token": tokens.mint("ann")}),
                             "AUTH_FAILED")

    async def test_the_pacing_of_events_is_in_force(self):
        async with await connect_as(self.server, "ann") as client:
            await client.join("lobby")
            await self.reload({"events": {"batch_delay": "1s"}},
                              says="events.batch_delay is in force")
            start = time.monotonic()
            await client.chat("lobby", "x", type="file")
            self.assertGreater(time.monotonic() - start, 0.8)

    async def test_a_file_with_a_mistake_changes_nothing(self):
        async with await connect_as(self.server, "ann") as client:
            await client.join("lobby")
            good = self.server.file.read_text()
            for wrong in (good + "\n[limits]\nconnection_messages = \"many\"\n",
                          good.replace('mode = "token"', 'mode = "tokens"'), "not = [TOML",
                          good + "\n[limit]\nenabled = false\n",
                          good.replace('secret_file = "', 'secret_file = "/nowhere'), ):
                before = len(self.server.lines_with("reload: nothing was changed"))
                self.server.file.write_text(wrong)
                self.server.signal(signal.SIGHUP)
                await asyncio.to_thread(self.server.wait_for_output, "reload: nothing was changed",
                                        before + 1)
                await client.must("ping")
            self.assertEqual((await client.chat("lobby", "x"))["matched"], 1)
            async with await connect_as(self.server, "bob") as other:
                await other.must("ping")
            self.assertEqual(self.server.lines_with("is in force"), [])

    async def test_an_unchanged_file_and_what_needs_a_restart(self):
        async with await connect_as(self.server, "ann") as client:
            await client.join("lobby")
            await self.reload(says="reload: nothing has changed")
            await self.reload({"server": {"shards": 2}, "log": {"level": "info"}},
                              says="server.shards takes effect at the next start")
            self.server.wait_for_output("log.level is in force")
            await self.reload({"log": {"level": "debug"}}, says="log.level is in force")
            self.assertEqual((await client.chat("lobby", "x"))["matched"], 1)
            self.assertEqual(self.server.metrics().value("millrace_shards"), 3)

    async def test_many_reloads_under_load_lose_nothing(self):
        async with await connect_as(self.server, "ann") as sender, \
                await connect_as(self.server, "bob") as reader:
            await sender.join("lobby")
            await reader.join("lobby")
            await self.reload({"limits": {"enabled": False}}, says="limits.enabled is in force")
            stop = asyncio.Event()

            async def talk():
                count = 0
                while not stop.is_set():
                    sent = await sender.chat("lobby", f"m{count}")
                    self.assertEqual(sent["queued"], 2)
                    count += 1
                return count

            talking = asyncio.create_task(talk())
            for number in range(10):
                await self.reload({"limits": {"guest_messages": f"{number + 10}/s"}},
                                  says="limits.guest_messages is in force")
            stop.set()
            count = await talking
            got = [one["content"] for one in named(await reader.everything(),
                                                   "chat:message:received")]
            self.assertEqual(got, [f"m{number}" for number in range(count)])


class DrainTest(AsyncTest):
    async def test_everybody_is_told_when_to_come_back_and_nothing_is_lost(self):
        """Publishers count what was acknowledged, readers what they got, until each is let go."""
        server = NativeGateway({"limits": {"enabled": False}, "drain": {
            "timeout": "3s", "reconnect_after_min": "1s", "reconnect_after_max": "9s"}})
        with contextlib.ExitStack() as stack:
            stack.callback(server.folder.cleanup)
            stack.callback(lambda: server.process.poll() is None and server.kill())
            publishers = [await connect_as(server, f"p{number}") for number in range(4)]
            readers = [await connect_as(server, f"r{number}") for number in range(40)]
            for client in (*publishers, *readers):
                await client.join("lobby")
            for client in (*publishers, *readers):
                await client.everything(0.01)

            async def read(client):
                code, _ = await client.end()
                return code, time.monotonic()

            async def publish(client, number):
                count = 0
                with contextlib.suppress(websockets.ConnectionClosed):
                    while True:
                        content = f"{number}-{count}"
                        count += 1
                        sent = await client.chat("lobby", content, echo=False)
                        acknowledged[sent["seq"]] = (content, sent["queued"])
                client.heard.extend(await client.everything())

            acknowledged = {}
            publishing = [asyncio.create_task(publish(client, number))
                          for number, client in enumerate(publishers)]
            reading = [asyncio.create_task(read(client)) for client in readers]
            await asyncio.sleep(0.3)
            begun = time.monotonic()
            server.signal(signal.SIGTERM)
            ends = await asyncio.gather(*reading)
            await asyncio.gather(*publishing)
            self.assertEqual(await asyncio.to_thread(server.wait), 0)
            self.assertLess(time.monotonic() - begun, 6)
            self.assertEqual({code for code, _ in ends}, {1001})
            times = [at for _, at in ends]
            self.assertGreater(max(times) - min(times), 0.5, "in waves")
            hints, arrived = [], collections.Counter()
            for client in (*publishers, *readers):
                heard = list(client.heard)
                told = named(heard, "server:draining")
                self.assertEqual(len(told), 1)
                hints.append(told[0]["reconnectAfter"])
                got = {one["seq"]: one["content"] for one in named(heard, "chat:message:received")}
                self.assertEqual([seq for seq, content in got.items() if seq in acknowledged and
                                  content != acknowledged[seq][0]], [])
                arrived.update(list(got))
            self.assertGreater(len(acknowledged), 30)
            # As many as an acknowledgement says have it, let go or not.
            lost = {seq: (queued, arrived[seq]) for seq, (_, queued) in acknowledged.items()
                    if arrived[seq] < queued}
            self.assertEqual(lost, {})
            self.assertTrue(all(1000 <= hint <= 9000 for hint in hints), hints)
            self.assertGreater(len(set(hints)), 30, "not all at one moment")

    async def test_what_was_acknowledged_to_the_last_reader_has_arrived(self):
        """One publisher and one reader: the queued messages come before the close."""
        with NativeGateway({"limits": {"enabled": False}, "drain": {"timeout": "2s"}}) as server:
            reader = await connect_as(server, "reader")
            await reader.join("lobby")
            sender = await connect_as(server, "sender")
            await sender.join("lobby")
            acknowledged = 0
            for _ in range(200):
                acknowledged += (await sender.chat("lobby", "x", echo=False))["queued"]
            server.signal(signal.SIGTERM)
            for client in (sender, reader):
                self.assertEqual((await client.end())[0], 1001)
                self.assertEqual(len(named(client.heard, "server:draining")), 1)
            self.assertEqual(len(named(reader.heard, "chat:message:received")), acknowledged)
            self.assertEqual(acknowledged, 200)

    async def test_while_it_drains_it_is_not_ready_and_takes_nobody(self):
        with NativeGateway({"drain": {"timeout": "3s"},
                            "server": {"close_timeout": "3s"}}) as server:
            clients = [await connect_as(server, f"u{number}") for number in range(20)]
            self.assertEqual(server.page("/ready")[0], 200)
            server.signal(signal.SIGTERM)
            await asyncio.to_thread(server.wait_for_output, "draining")

            def not_ready():
                with contextlib.suppress(OSError):
                    return server.page("/ready")[0] == 503
                return False

            self.assertTrue(await asyncio.to_thread(gateway.wait_until, not_ready, 1))
            with self.assertRaises((Refused, OSError)):
                await connect_as(server, "late")
            for client in clients:
                self.assertEqual((await client.end())[0], 1001)


if __name__ == "__main__":
    unittest.main()
