"""The live page of a real gateway, in a real browser: what it shows is what clients did."""

import contextlib
import pathlib
import re
import tempfile
import time
import unittest

from support import browser, gateway, pictures, raw_client
from support.event_client import EventClient

SHARDS = 3
LOBBY, CORNER = 12, 3  # Members of two rooms; those of the second are in the first as well.
WAITING = "The slow reader's queue holds at least this much."
SETTINGS = """
[auth]
mode = "token"
secret_file = "{secret}"
guests = true
[rooms]
guest_rooms = ["*"]
[limits]
enabled = false
"""
# The last figures that the page has read; rates are made of their totals.
LAST = "samples[samples.length - 1].figures"


class LivePageOfAGatewayTest(pictures.Pictures):
    prefix = "live-"
    picture_bytes_least = 5000

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(prefix="millrace-live-")
        self.addCleanup(folder.cleanup)
        folder = pathlib.Path(folder.name)
        (folder / "secret").write_text("0123456789abcdef" * 2)
        (folder / "millrace.toml").write_text(SETTINGS.format(secret=folder / "secret"))
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.gateway = self.stack.enter_context(gateway.Gateway(
            "--config", folder / "millrace.toml", "--admin", "127.0.0.1:0", "--shards", SHARDS,
            raw=False))
        self.chromium = self.stack.enter_context(browser.Browser())
        (said,) = self.gateway.wait_for_output(r"server API on .* \(port (\d+)\)")
        self.page = self.chromium.open(f"http://127.0.0.1:{said.group(1)}/")
        self.page.wait_for_text("#state", "live")

    def client(self, **options):
        return self.stack.enter_context(EventClient(self.gateway, **options))

    def figures(self):
        """What the page knows once it has asked again, after what was done before this call."""
        known = self.page.run("return samples.length")
        self.wait_until(self.page, f"samples.length >= {known + 2}")
        return self.page.run(f"return {LAST}")

    def crowd(self):
        """Everybody in the lobby, some in the corner, and all of it heard of by everybody."""
        clients = [self.client() for _ in range(LOBBY)]
        for client in clients:
            client.join("lobby")
        for client in clients[:CORNER]:
            client.join("corner")
        return clients

    def settle(self, clients):
        for client in clients:
            client.request("ping", {}, "pong")

    def test_connections_rooms_and_memory_are_those_that_are_there(self):
        clients = self.crowd()
        figures = self.figures()
        self.page.wait_for_text("#connections", f"{LOBBY}")
        self.assertEqual(sum(shard["connections"] for shard in figures["shards"]), LOBBY)
        self.assertEqual(len(figures["shards"]), SHARDS)
        named = {(room["tenant"], room["name"]): room["members"] for room in figures["rooms"]}
        tenant = clients[0].connected["tenantId"]
        self.assertEqual(named[tenant, "lobby"], LOBBY)
        self.assertEqual(named[tenant, "corner"], CORNER)
        self.assertIn(f"{tenant} lobby {LOBBY}", self.page.text("#rooms"))
        self.assertEqual(self.page.text("#level"), "level normal")
        shown = self.page.text("#memory")
        self.assertRegex(shown, r"^[\d.]+ MiB$")
        resident = self.gateway.resident_bytes() / 2**20
        self.assertAlmostEqual(float(shown.split()[0]), resident, delta=max(8, resident / 10))
        for client in clients[CORNER:]:
            client.close()
        self.page.wait_for_text("#connections", f"{CORNER}")
        self.page.wait_for_text("#rooms", f"lobby {CORNER}")

    def test_messages_deliveries_and_stages_are_those_that_went(self):
        clients = self.crowd()
        self.settle(clients)
        before = self.figures()
        sent = 200
        message = {"room": "lobby", "content": "x" * 50}
        for number in range(sent):
            clients[number % LOBBY].request("chat:message:send", message, "chat:message:sent")
        after = self.figures()
        gained = {name: total - before["rates"][name] for name, total in after["rates"].items()}
        self.assertEqual(gained["messages_in"], sent)
        self.assertEqual(gained["deliveries"], sent * LOBBY)
        self.assertEqual(gained["messages_out"], sent * LOBBY + sent)  # And an answer for each.
        self.assertGreaterEqual(gained["bytes_in"], sent * 50)
        self.assertGreaterEqual(gained["bytes_out"], sent * LOBBY * 50)
        self.assertEqual((gained["opens"], gained["closes"]), (0, 0))
        for stage, figure in after["latency"].items():
            with self.subTest(stage):
                self.assertGreater(figure["p50_us"], 0)
                self.assertGreaterEqual(figure["p99_us"], figure["p50_us"])
                self.assertLess(figure["p99_us"], 1e6)
        self.assertRegex(self.page.text("#p99"), r"^[\d.]+ (µs|ms)$")
        # The rates that were drawn add up to what went.
        drawn = self.page.run("return samples.slice(1).reduce((all, one, at) => all + "
                              "one.rate.deliveries * (one.figures.time - "
                              "samples[at].figures.time) / 1000, 0)")
        first = self.page.run("return samples[0].figures.rates.deliveries")
        last = self.page.run(f"return {LAST}.rates.deliveries")
        self.assertAlmostEqual(drawn, last - first, delta=1)

    def test_errors_and_refusals_are_counted_by_what_they_are(self):
        client = self.client()
        for _ in range(3):
            client.request("chat:room:join", {"room": "tenant:elsewhere"}, "error")
        client.request("no:such:event", {}, "error")
        with raw_client.RawClient(self.gateway) as stranger:
            request = raw_client.upgrade_request("/ws?token=not.a.token")
            self.assertEqual(stranger.ask(request).status, 401)
        figures = self.figures()
        self.assertEqual(figures["errors"], {"ROOM_ACCESS_DENIED": 3, "CLIENT_ERROR": 1})
        self.assertEqual(figures["auth_failures"], {"malformed": 1})
        self.assertEqual(figures["latency"], {})  # Nobody has said anything: there is none.
        self.assertEqual(self.page.text("#p99"), "–")
        shown = self.page.text("#errors")
        for line in ("ROOM_ACCESS_DENIED event 3", "CLIENT_ERROR event 1",
                     "malformed authentication 1"):
            self.assertIn(line, shown)
        self.assertEqual(self.page.text("#errors-all"), "4 in all")

    def test_whoever_does_not_read_is_the_slowest(self):
        slow = self.client(receive_buffer=4096)
        slow.join("lobby")
        talker = self.client()
        talker.join("lobby")
        id_ = slow.connected["connectionId"]
        large = {"room": "lobby", "content": "x" * 30_000, "echo": False}
        # Until the kernel takes no more of it.
        end = time.monotonic() + gateway.PATIENCE_S
        while not self.page.run(f"return {LAST}.slowest[0]?.pending_bytes > 100000"):
            self.assertLess(time.monotonic(), end, WAITING)
            for _ in range(8):
                talker.request("chat:message:send", large, "chat:message:sent")
        self.figures()
        row = self.page.run("return document.querySelector('#slowest tr:nth-child(2)').innerText")
        self.assertRegex(re.sub(r"\s+", " ", row), rf"^{id_} \w+/guest-\w+ [\d.,]+ (KiB|MiB) ")
        held = self.page.run(f"return {LAST}.memory.held_bytes")
        self.assertGreater(held, 100_000)

    def test_it_looks_well_on_every_screen(self):
        clients = self.crowd()
        for number in range(300):  # Some seconds of it, so that the charts have a past.
            room = "corner" if number % 3 == 0 else "lobby"
            clients[number % CORNER].request(
                "chat:message:send", {"room": room, "content": "hello"}, "chat:message:sent")
            if number % 50 == 0:
                clients[0].request("no:such:event", {}, "error")
            time.sleep(0.01)
        self.figures()
        for name, width, height in (("wide", 1400, 1300), ("narrow", 400, 2600)):
            for scheme in ("light", "dark"):
                with self.subTest(f"{name} {scheme}"):
                    self.viewport(self.page, width, height)
                    self.color_scheme(self.page, scheme)
                    self.assertLessEqual(
                        self.page.run("return document.documentElement.scrollWidth"), width)
                    text = self.page.text("body")
                    self.assertNotRegex(text, r"NaN|undefined|null|Infinity|\[object")
                    self.assertRegex(text, r"write\s+[\d.]+ (µs|ms)\s+[\d.]+ (µs|ms)")
                    self.picture(self.page, f"gateway-{name}-{scheme}")
        self.assertEqual(self.chromium.console_errors(), [])

    def test_a_drain_is_told_until_the_end(self):
        client = self.client()
        self.figures()
        self.gateway.process.terminate()
        self.assertIn("reconnectAfter", client.wait_for("server:draining")["data"])
        self.page.wait_for_text("#state", "no answer")


if __name__ == "__main__":
    unittest.main()
