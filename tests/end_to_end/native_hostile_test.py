"""Ten thousand hostile events, made from good ones by a generator with a seed, and a thousand
hostile tokens: each is answered as documented, none is let in, nobody else notices, nothing
grows."""

import asyncio
import json
import os
import random
import string
import time
import unittest

from support import gateway, tokens
from support.native_client import AsyncTest, binary, connect_as, handshake
from support.native_gateway import NativeGatewayTest

SEED = int(os.environ.get("MILLRACE_SEED", "20261127"))
EVENTS = 10_000
TOKENS = 1_000
CONNECTIONS = 20
BATCH = 25  # Events in a row before their sender looks whether it is still served.
GROWTH_MOST = 24 << 20  # Pools that fill once; ten thousand leaks of a few KB would be more.
CODES = {"AUTH_FAILED", "PERMISSION_DENIED", "ROOM_ACCESS_DENIED", "RATE_LIMITED", "PROTOCOL_ERROR",
         "SERVER_ERROR", "CLIENT_ERROR"}
ANSWERS = {"error", "pong", "chat:room:joined", "chat:room:created", "chat:room:left",
           "chat:room:list", "chat:room:presence", "chat:room:history", "chat:message:sent",
           "message:sent", "auth:refreshed"}
UNASKED = {"chat:message:received", "message:received", "chat:user:typing", "chat:room:member",
           "chat:message:receipts"}

GOOD = [
    {"event": "ping", "data": {}},
    {"event": "chat:room:join", "data": {"room": "hostile-1", "epoch": "1f", "seq": 3}},
    {"event": "chat:room:create", "data": {"room": "hostile-2"}},
    {"event": "chat:room:leave", "data": {"room": "hostile-1"}},
    {"event": "chat:room:list", "data": {}},
    {"event": "chat:room:presence", "data": {"room": "hostile-1", "limit": 5, "cursor": "1.2"}},
    {"event": "chat:room:history", "data": {"room": "hostile-1", "after": 1, "limit": 5}},
    {"event": "chat:message:send", "data": {
        "room": "hostile-1", "content": "text", "type": "chat", "id": "c-1", "metadata": {"a": 1},
        "deliveryStatus": "streaming", "key": "k", "receipts": True, "echo": False, "ack": True}},
    {"event": "chat:message:receipt", "data": {"id": "r0-1-1", "kind": "read"}},
    {"event": "chat:typing:start", "data": {"room": "hostile-1"}},
    {"event": "chat:typing:stop", "data": {"room": "hostile-1"}},
    {"event": "message:send", "data": {"user": "nobody", "event": "x", "data": [1, 2]}},
    {"event": "message:send", "data": {"connection": "c0-1-1", "event": "x", "echo": True}},
    {"event": "auth:refresh", "data": {"token": "a.b.c"}},
]


class Generator:
    """Makes hostile events; the same ones from the same seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def odd_value(self):
        pick = self.random.choice
        return pick((
            lambda: None, lambda: True, lambda: -1, lambda: 2 ** 53, lambda: 10 ** 30, lambda: 0.5,
            lambda: -0.0, lambda: "", lambda: [], lambda: {}, lambda: [[]],
            lambda: {"a": {"b": []}},
            lambda: "\x00\x01\x1f\x7f", lambda: "\u202e\u2066\ufeff\U0001f600", lambda: "x" * 5000,
            lambda: "lobby\x01other", lambda: "user:bystander", lambda: "tenant:quiet",
            lambda: "c0-0-0", lambda: "cffffffff-ffffffff-ffffffff", lambda: "r0-0-0",
            lambda: "ffffffffffffffffffff", lambda: "../../etc/passwd", lambda: "%00%01",
            lambda: "".join(pick(string.printable) for _ in range(30)),
            lambda: ["x"] * 100, lambda: {f"k{n}": n for n in range(70)}))()

    def changed(self, event):
        event = json.loads(json.dumps(event))
        for _ in range(self.random.randint(1, 3)):
            place = event if self.random.random() < 0.3 else event.get("data")
            if not isinstance(place, dict):
                place = event
            what = self.random.random()
            if what < 0.25 and place:
                place.pop(self.random.choice(list(place)))
            elif what < 0.8 and place:
                place[self.random.choice(list(place))] = self.odd_value()
            else:
                place["".join(self.random.choices(string.ascii_letters, k=5))] = self.odd_value()
        return event

    def torn(self, text):
        """Letters changed, taken out, put in and repeated; still a text message in UTF-8."""
        letters = list(text)
        for _ in range(self.random.randint(1, 8)):
            at = self.random.randrange(len(letters) + 1)
            what = self.random.random()
            if what < 0.4:
                letters[at:at + 1] = [self.random.choice('{}[]",:\\u0e+-.\x00\x1f\x7féx ')]
            elif what < 0.6:
                del letters[at:at + self.random.randint(1, 20)]
            elif what < 0.8:
                letters[at:at] = letters[:self.random.randint(1, 40)]
            else:
                letters[at:at] = list(self.random.choice(
                    ('\\ud800', '1e999', '"event":"ping",', '\\u0000', 'null', '{"a":', "\u2028")))
        return "".join(letters)

    def binary(self):
        name = self.random.choice(("hostile-1", "x", "user:a", "\x01", "é" * 60))
        payload = self.random.randbytes(self.random.choice((0, 1, 100, 3000)))
        octets = bytearray(binary(name, payload))
        for _ in range(self.random.randint(0, 4)):
            octets[self.random.randrange(min(len(octets), 20))] = self.random.randrange(256)
        return bytes(octets[:self.random.randint(0, len(octets))]
                     if self.random.random() < 0.3 else octets)

    def one(self, number):
        """A message; events among them have a request's id of ours, mostly."""
        what = self.random.random()
        if what < 0.12:
            return self.binary()
        if what < 0.17:
            depth = self.random.choice((30, 33, 200, 5000))
            return '{"event":"ping","data":' + '{"a":' * depth + "1" + "}" * depth + "}"
        if what < 0.2:
            return json.dumps({"event": "chat:message:send",
                               "data": {"room": "hostile-1", "content": "x" * 70_000}})
        event = self.random.choice(GOOD)
        if what < 0.65:
            event = self.changed(event)
            if self.random.random() < 0.8:
                event["requestId"] = f"h{number}"
            return json.dumps(event, ensure_ascii=self.random.random() < 0.5)
        if what < 0.7:
            event = {**event, "event": self.random.choice(
                ("", "x", "PING", "chat:room:join ", "connected", "server:draining", "e" * 65))}
            return json.dumps({**event, "requestId": f"h{number}"})
        if what < 0.75:
            return self.random.choice(
                ("", " ", "\n", "\x00", "null", "[]", "{}", "\ufeff{}", '"x"'))
        return self.torn(json.dumps({**event, "requestId": f"h{number}"}))


def in_bounds(pairs):
    """An object of JSON that the gateway reads: no key twice, not too many, only whole letters."""
    found = dict(pairs)
    if len(found) != len(pairs) or len(found) > 64:
        raise ValueError
    "".join(found).encode()  # A UnicodeError is a ValueError.
    return found


def a_double(text):
    number = float(text)
    if number in (0.0, float("inf"), float("-inf")):
        raise ValueError  # Perhaps a number that no double holds.
    return number


def depth_of(value):
    inside = (value.values() if isinstance(value, dict)
              else value if isinstance(value, list) else None)
    return 0 if inside is None else 1 + max(map(depth_of, inside), default=0)


def must_be_answered(sent):
    """The id of a request that must be answered with that id: an envelope without mistakes,
    whatever its event and data, but for events that are only answered when wrong."""
    if not isinstance(sent, str) or len(sent.encode()) > 65536:
        return None
    try:
        event = json.loads(sent, object_pairs_hook=in_bounds, parse_float=a_double)
        if not isinstance(event, dict) or depth_of(event) > 32:
            return None
        name, request_id = event.get("event"), event.get("requestId")
        fits = (isinstance(name, str) and 0 < len(name.encode()) <= 64 and
                isinstance(request_id, str) and len(request_id.encode()) <= 64)
        json.dumps(event, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    silent = ("chat:message:receipt", "chat:typing:start", "chat:typing:stop", "chat:message:send")
    return request_id if fits and name not in silent and "version" not in event else None


class HostileEventsTest(NativeGatewayTest, AsyncTest):
    tables = {"limits": {"enabled": False}, "auth": {"failures_per_minute": 0},
              "events": {"batch_delay": "10ms"}, "log": {"level": "info"}}

    async def attack(self, client, number, events):
        """Sends events in batches; after each batch a ping with a known id must be answered, and
        what came before it must be events of the protocol."""
        generator = Generator(SEED * 1000 + number)
        owed = {}
        for start in range(0, events, BATCH):
            sent = [generator.one(start + each) for each in range(min(BATCH, events - start))]
            for one in sent:
                await client.send(one)
            owed.update({must_be_answered(one): one for one in sent})
            heard = []
            mark = f"mark-{start}"
            await client.say("ping", {}, mark)
            await asyncio.sleep(0.02)  # What is batched, or asked of other shards, comes too.
            await client.say("ping", {}, mark + "-2")
            while not heard or heard[-1].get("requestId") != mark + "-2":
                message = await client.receive(10)
                if isinstance(message, dict):
                    heard.append(message)
            for one in heard:
                self.judge(one)
                owed.pop(one.get("requestId"), None)
            self.answers += len([one for one in heard if one["event"] in ANSWERS])
        for one in await client.everything(0.3):
            if isinstance(one, dict):
                owed.pop(one.get("requestId"), None)
        owed.pop(None, None)
        self.assertEqual(owed, {}, f"seed {SEED}, connection {number}: never answered")

    def judge(self, heard):
        self.assertIn(heard["event"], ANSWERS | UNASKED, heard)
        if heard["event"] == "error":
            self.assertIn(heard["data"]["code"], CODES)
            self.assertNotEqual(heard["data"]["code"], "SERVER_ERROR", heard)
            self.assertTrue(heard["data"]["message"])

    async def bystanders(self, talker, reader, done):
        """Two of another tenant go on talking: every message arrives, once, in order, in time."""
        took, sent = [], 0
        while not done.is_set():
            start = time.monotonic()
            await talker.say("chat:message:send", {"room": "lobby", "content": f"m{sent}"})
            got = await reader.event("chat:message:received")
            took.append(time.monotonic() - start)
            self.assertEqual(got["content"], f"m{sent}")
            sent += 1
            await asyncio.sleep(0.005)
        return sorted(took)

    async def test_ten_thousand_hostile_events(self):
        self.answers = 0
        talker = await connect_as(self.gateway, "bystander", "quiet")
        reader = await connect_as(self.gateway, "bystander", "quiet")
        for client in (talker, reader):
            self.addAsyncCleanup(client.websocket.close)
            await client.join("lobby")
        await reader.everything(0.05)
        attackers = [await connect_as(self.gateway, f"h{number}", "hostile", userType="supervisor")
                     for number in range(CONNECTIONS)]
        for client in attackers:
            self.addAsyncCleanup(client.websocket.close)
        await asyncio.gather(*(self.attack(client, 1000 + each, 50)  # Fills the pools.
                               for each, client in enumerate(attackers)))
        before = self.gateway.resident_bytes()
        done = asyncio.Event()
        watching = asyncio.create_task(self.bystanders(talker, reader, done))
        try:
            await asyncio.gather(*(self.attack(client, each, EVENTS // CONNECTIONS)
                                   for each, client in enumerate(attackers)))
        finally:
            done.set()
            took = await watching
        # The machine is busy with making and reading events; a gateway that hung would be far out.
        self.assertLess(took[len(took) // 2], 0.1)
        self.assertLess(took[-1], 1.0)
        self.assertGreater(len(took), 20)
        self.assertGreater(self.answers, EVENTS // 2)
        if not gateway.is_instrumented():
            self.assertLess(self.gateway.resident_bytes() - before, GROWTH_MOST)
        for client in (*attackers, talker, reader):
            await client.must("ping")
        self.assertIsNone(self.gateway.process.poll())


class HostileTokensTest(NativeGatewayTest, AsyncTest):
    tables = {"auth": {"failures_per_minute": 0, "leeway": "0s"}, "log": {"level": "info"}}

    def hostile_tokens(self):
        """A thousand tokens none of which is good, each by a way of its own."""
        chance = random.Random(SEED)
        good = tokens.mint("root")
        head, body, signature = good.split(".")
        alphabet = string.ascii_letters + string.digits + "-_"
        bad_claims = [{"exp": 1}, {"exp": None}, {"sub": None}, {"sub": ""}, {"sub": {}},
                      {"exp": "x"}, {"nbf": 2 ** 40}, {"exp": -1}, {"sub": "a\x00b"},
                      {"tenantId": "a b"},
                      {"tenantId": ""}, {"tenantId": []}, {"roles": {"a": 1}}, {"exp": 2 ** 70},
                      {"sub": "x" * 129}, {"userType": "god"}, {"exp": True}, {"sub": ["root"]}]
        while True:
            way = chance.randrange(9)
            if way == 0:  # One letter of the signature; spare bits of its last do not count.
                at = chance.randrange(len(signature) - 1)
                other = chance.choice([one for one in alphabet if one != signature[at]])
                yield f"{head}.{body}.{signature[:at]}{other}{signature[at + 1:]}"
            elif way == 1:
                claims = tokens.claims_of(chance.choice(("root", "admin")), roles=["admin"])
                yield f"{head}.{tokens.part(claims)}.{signature}"
            elif way == 2:
                yield tokens.hs256(tokens.claims_of("root"), chance.randbytes(32))
            elif way == 3:
                yield tokens.unsigned(tokens.claims_of("admin"),
                                      chance.choice(("none", "None", "NONE", "", "HS256", "RS256")),
                                      chance.choice(("", "AA", signature)))
            elif way == 4:
                claims = {"sub": "root", "tenantId": "acme", "exp": int(time.time()) + 60,
                          **chance.choice(bad_claims)}
                yield tokens.hs256({key: value for key, value in claims.items()
                                    if value is not None})
            elif way == 5:
                yield tokens.hs256(tokens.claims_of("root"), header=chance.choice((
                    {}, {"alg": "none"}, {"alg": None}, {"alg": ["HS256"]}, {"alg": "RS256"},
                    {"alg": "HS256", "crit": ["b64"], "b64": False}, [], "HS256", 7,
                    {"typ": "JWT"}, {"alg": "hs256"}, {"alg": "HS256 "})))
            elif way == 6:
                size = chance.choice((1, 2, 50, 3000))
                yield "".join(chance.choices(alphabet + ".~!$*'()", k=size))
            elif way == 7:
                parts = [head, body, signature]
                chance.shuffle(parts)
                mixed = chance.choice((".".join(parts[:2]), ".".join([*parts, "x"]),
                                       f"{head}.{body}.", f".{body}.{signature}",
                                       f"{head}..{signature}", good[:-5], good + "A" * 4,
                                       good + ".", "." + good))
                yield mixed
            else:
                text = chance.choice((b"{}", b"[" * 40, b"{\"sub\":\"root\"", b"\xff\xfe", b"null",
                                      b'{"sub":"root","sub":"ann","exp":9999999999}'))
                signed = f"{head}.{tokens.base64url(text)}"
                yield f"{signed}.{tokens.base64url(chance.randbytes(32))}"

    def test_a_thousand_hostile_tokens(self):
        hostile = self.hostile_tokens()
        reasons = set()
        for number in range(TOKENS):
            token = next(hostile)
            response = handshake(self.gateway, Authorization=f"Bearer {token}")
            self.assertEqual(response.status, 401, f"seed {SEED}, {number}: {token}")
            self.assertEqual(response.header("Content-Type"), "application/json")
            error = json.loads(response.body)["error"]
            self.assertEqual(error["code"], "AUTH_FAILED")
            self.assertEqual(set(error), {"code", "reason", "message"})
            reasons.add(error["reason"])
        self.assertLessEqual({"malformed", "signature", "algorithm", "claims", "expired"}, reasons)
        page = self.gateway.metrics()
        self.assertEqual(page.value("millrace_auth_failures_total"), TOKENS)
        self.assertEqual(page.value("millrace_auth_success_total"), 0)
        response = handshake(self.gateway, Authorization=f"Bearer {tokens.mint('ann')}")
        self.assertEqual(response.status, 101, "a good one is let in all the same")


if __name__ == "__main__":
    unittest.main()
