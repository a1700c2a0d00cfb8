"""Who is let in: where tokens are read, which are good, what the others are answered, and that none
is ever written to the log."""

import json
import os
import tempfile
import time
import unittest

from support import gateway, tokens
from support.auth_service import AuthService
from support.native_client import AsyncTest, Refused, connect, connect_as, handshake
from support.native_gateway import NativeGateway, NativeGatewayTest
from support.raw_client import RawClient, plain_request, upgrade_request

OTHER_SECRET = "another-secret-of-more-than-32-bytes-too"


def refusal(response):
    """The `error` of a refusal's body, which must be JSON and say so."""
    assert response.header("Content-Type").startswith("application/json"), response
    return json.loads(response.body)["error"]


class IdentityTest(NativeGatewayTest, AsyncTest):
    tables = {"auth": {"leeway": "0s", "issuer": "https://issuer.example",
                       "audiences": ["gateway"], "failures_per_minute": 0}}

    def mint(self, user="ann", **more):
        return tokens.mint(user, **{"iss": "https://issuer.example", "aud": "gateway", **more})

    def refused(self, token=None, reason=None, status=401, path="/ws", **headers):
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        response = handshake(self.gateway, path, **headers)
        self.assertEqual(response.status, status, response)
        error = refusal(response)
        if reason is not None:
            self.assertEqual((error["code"], error["reason"]), ("AUTH_FAILED", reason))
        self.assertTrue(error["message"])
        if status == 401:
            self.assertEqual(response.header("WWW-Authenticate"), "Bearer")
        return error

    async def test_a_token_in_the_header_the_query_or_a_subprotocol(self):
        token = self.mint(name="Ann", userType="employee", roles=["sales"])
        bearer = f"millrace.bearer.{token}"
        for how in ({"token": token}, {"query": f"?token={token}"},
                    {"subprotocols": ["millrace.v1", bearer]},
                    {"subprotocols": [bearer, "millrace.v1"]},
                    {"headers": {"Authorization": f"bearer {token}"}}):
            with self.subTest(how=list(how)):
                async with await connect(self.gateway, **how) as client:
                    self.assertEqual(client.connected["userId"], "ann")
                    self.assertEqual(client.connected["tenantId"], "acme")
                    self.assertEqual(client.connected["userType"], "employee")
                    self.assertEqual(client.connected["rooms"], ["user:ann", "tenant:acme"])
                    self.assertEqual(client.connected["protocol"], "1.0")
                    chosen = "millrace.v1" if "subprotocols" in how else None
                    self.assertEqual(client.websocket.subprotocol, chosen)

    async def test_the_header_is_read_first(self):
        good, bad = self.mint("ann"), self.mint("bob", iss="nobody")
        async with await connect(self.gateway, good, query=f"?token={bad}") as client:
            self.assertEqual(client.connected["userId"], "ann")
        with self.assertRaises(Refused):
            await connect(self.gateway, bad, query=f"?token={good}")

    async def test_the_expiry_is_told_with_its_connection(self):
        ends = int(time.time()) + 77
        async with await connect(self.gateway, self.mint(exp=ends)) as client:
            self.assertEqual(client.connected["expiresAt"], ends)

    def test_each_bad_token_is_a_401_that_says_why(self):
        good = self.mint()
        head, body, signature = good.split(".")
        now = int(time.time())
        claims = tokens.claims_of("ann", iss="https://issuer.example", aud="gateway")
        bad = {
            "malformed": ["x", "a.b", "a.b.c", good + ".x", f"{head}..{signature}", "." * 100],
            "expired": [self.mint(exp=now - 1)],
            "not_yet_valid": [self.mint(nbf=now + 60)],
            "issuer": [self.mint(iss="https://other.example"), self.mint(iss=None)],
            "audience": [self.mint(aud="others"), self.mint(aud=["a", "b"]), self.mint(aud=None)],
            "claims": [self.mint(sub=None), self.mint(sub=""), self.mint(sub=[]),
                       self.mint(exp=None), self.mint(sub="a\nb"), self.mint(tenantId="a\x01b"),
                       self.mint(roles="admin;all", exp="soon")],
            "signature": [tokens.hs256(claims, OTHER_SECRET), f"{head}.{body}.{'A' * 43}",
                          f"{head}.{tokens.part({**claims, 'sub': 'root'})}.{signature}"],
            "algorithm": [tokens.unsigned(claims), tokens.unsigned(claims, "NONE"),
                          tokens.unsigned(claims, "nOnE", signature),
                          tokens.hs256(claims, header={"alg": "RS256"}),
                          tokens.hs256(claims, header={"alg": "HS1"})],
        }
        for reason, several in bad.items():
            for token in several:
                with self.subTest(reason, token=token[:80]):
                    self.refused(token, reason)
                    self.refused(None, reason, path=f"/ws?token={token}")

    def test_without_a_token_nobody_is_let_in(self):
        self.refused(None, "missing")
        self.refused(None, None, Authorization="Basic YW5uOmFubg==")
        self.refused(None, None, path="/ws?token=")

    def test_only_the_subprotocols_that_are_spoken(self):
        token = self.mint()
        for offered in ("chat", "millrace.v2", f"millrace.bearer.{token}", "chat, soap"):
            error = self.refused(None, status=400, path=f"/ws?token={token}",
                                 Sec_WebSocket_Protocol=offered)
            self.assertEqual((error["code"], error["reason"]), ("PROTOCOL_ERROR", "subprotocol"))
        response = handshake(self.gateway, f"/ws?token={token}",
                             Sec_WebSocket_Protocol="chat, millrace.v1")
        self.assertEqual(response.status, 101)
        self.assertEqual(response.header("Sec-WebSocket-Protocol"), "millrace.v1")

    def test_failures_are_counted_by_reason(self):
        before = self.gateway.metrics()
        self.refused(self.mint(iss="nobody"), "issuer")
        self.refused(None, "missing")
        after = self.gateway.metrics()
        for reason in ("issuer", "missing"):
            count = [page.value("millrace_auth_failures_total", reason=reason)
                     for page in (before, after)]
            self.assertEqual(count[1] - count[0], 1, reason)

    def test_a_plain_request_is_told_what_it_lacks(self):
        with RawClient(self.gateway) as client:
            response = client.ask(plain_request(f"/ws?token={self.mint()}"))
        self.assertIn(response.status, (400, 426))


class LogTest(AsyncTest):
    async def test_no_part_of_a_token_is_logged_at_any_level(self):
        for level, shape in (("trace", "text"), ("trace", "json"), ("debug", "text")):
            with NativeGateway({"log": {"level": level, "format": shape}}) as server:
                good, bad = tokens.mint("ann"), tokens.mint("ann", exp=1)
                async with await connect(server, good) as client:
                    await client.must("auth:refresh", {"token": good})
                    await client.fail("auth:refresh", {"token": bad})
                    await client.fail("auth:refresh", {"token": "not-a-token-at-all"})
                    await client.send(json.dumps({"event": "x", "data": {"token": good}}))
                async with await connect(server, query=f"?token={good}"):
                    pass
                with self.assertRaises(Refused):
                    await connect(server, query=f"?token={bad}&near=x")
                with self.assertRaises(Refused):
                    await connect(server, subprotocols=["millrace.v1", f"millrace.bearer.{bad}"])
                with RawClient(server) as client:  # A head that cannot be read.
                    client.send(f"GET /ws?token={good} HTTP/1.1\r\nHost: \x01\r\n\r\n".encode())
                    client.receive_rest()
                with RawClient(server) as client:  # A path that is not there.
                    client.ask(plain_request(f"/nowhere?token={good}"))
                server.api("POST", "/revocations", {"tokenId": good[-30:]})
                said = server.output()
                for token in (good, bad):
                    for part in token.split(".")[1:]:
                        self.assertNotIn(part[:20], said, f"{level} {shape}")
                self.assertNotIn(tokens.SECRET, said)


class GuestsTest(NativeGatewayTest, AsyncTest):
    tables = {"auth": {"guests": True, "guest_tenant": "visitors", "failures_per_minute": 0},
              "rooms": {"guest_rooms": ["lobby-*"]}}

    async def test_whoever_has_no_token_is_a_restricted_guest(self):
        async with await connect(self.gateway) as guest, await connect(self.gateway) as other:
            self.assertEqual(guest.connected["userType"], "guest")
            self.assertEqual(guest.connected["tenantId"], "visitors")
            self.assertEqual(guest.connected["limits"]["messagesPerMinute"], 100)
            self.assertNotEqual(guest.connected["userId"], other.connected["userId"])
            await guest.join("lobby-1")
            self.assertEqual(await guest.fail("chat:room:join", {"room": "staff"}),
                             "ROOM_ACCESS_DENIED")
            self.assertEqual(await guest.fail("chat:message:send",
                                              {"room": "staff", "content": "x"}),
                             "ROOM_ACCESS_DENIED")
            self.assertEqual(await guest.fail("message:send", {
                "user": other.connected["userId"], "event": "poke"}), "PERMISSION_DENIED")

    async def test_a_bad_token_does_not_make_a_guest(self):
        with self.assertRaises(Refused) as refused:
            await connect(self.gateway, tokens.mint("ann", exp=1))
        self.assertEqual(refused.exception.status, 401)


class OriginTest(NativeGatewayTest, AsyncTest):
    tables = {"auth": {"origins": ["https://app.example.com", "https://*.example.org"],
                       "failures_per_minute": 0}}

    def test_pages_of_other_origins_are_a_403(self):
        token = f"/ws?token={tokens.mint('ann')}"
        for origin in ("https://evil.example", "http://app.example.com", "null",
                       "https://app.example.com.evil.example", "https://example.org",
                       "https://app.example.com:444", "https://evilexample.org"):
            with self.subTest(origin):
                response = handshake(self.gateway, token, Origin=origin)
                self.assertEqual(response.status, 403)
                self.assertEqual(refusal(response)["reason"], "origin")

    def test_those_on_the_list_and_programs_are_let_in(self):
        token = f"/ws?token={tokens.mint('ann')}"
        for origin in ("https://app.example.com", "https://a.example.org"):
            self.assertEqual(handshake(self.gateway, token, Origin=origin).status, 101)
        self.assertEqual(handshake(self.gateway, token).status, 101)


class KeysTest(AsyncTest):
    """Public keys: of a file, and of an address where they are rotated and go away."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="millrace-test-")
        self.addCleanup(self.folder.cleanup)

    async def test_keys_of_a_file_and_key_confusion(self):
        rsa = tokens.KeyPair(self.folder.name, "r1")
        curve = tokens.KeyPair(self.folder.name, "e1", "ES256")
        keys = os.path.join(self.folder.name, "keys")
        with open(keys, "w") as file:
            file.write(rsa.public_pem + curve.public_pem)
        with NativeGateway({"auth": {"secret_file": None, "keys_file": keys,
                                     "failures_per_minute": 0}}) as server:
            for pair in (rsa, curve):
                async with await connect(server, pair.mint("ann")) as client:
                    self.assertEqual(client.connected["userId"], "ann")
            claims = tokens.claims_of("root")
            good = rsa.mint("ann").split(".")
            hostile = [
                # The public key, which everybody knows, taken for a secret.
                *(tokens.hs256(claims, text) for text in
                  (rsa.public_pem, rsa.public_pem.strip(), curve.public_pem, "")),
                tokens.hs256(claims), tokens.unsigned(claims),
                ".".join([tokens.part({"alg": "none"}), good[1], ""]),
                ".".join([good[0], tokens.part(claims), good[2]]),
                # One algorithm's key under another's name.
                rsa.sign(claims, alg="ES256"), curve.sign(claims, alg="RS256"),
                rsa.sign(claims, alg="HS256"),
                # A key that the token brings itself.
                tokens.hs256(claims, "k" * 32, {"alg": "HS256", "jwk": {
                    "kty": "oct", "k": tokens.base64url(b"k" * 32)}}),
            ]
            for token in hostile:
                response = handshake(server, f"/ws?token={token}")
                self.assertEqual(response.status, 401, token)
                self.assertIn(refusal(response)["reason"], ("algorithm", "signature"))

    async def test_keys_of_an_address_rotate_and_survive_its_outage(self):
        old, new = (tokens.KeyPair(self.folder.name, kid) for kid in ("k1", "k2"))
        with AuthService() as issuer:
            issuer.keys = [old.jwk()]
            with NativeGateway({"auth": {"secret_file": None, "jwks_url": issuer.url("/jwks"),
                                         "failures_per_minute": 0}}) as server:
                async with await connect(server, old.mint("ann")):
                    pass
                # A key that nobody has seen: asked for at once, not at the next interval.
                issuer.keys = [new.jwk()]
                start = time.monotonic()
                async with await connect(server, new.mint("ann")) as client:
                    self.assertEqual(client.connected["userId"], "ann")
                self.assertLess(time.monotonic() - start, 2)
                response = handshake(server, f"/ws?token={old.mint('ann')}")
                self.assertEqual(refusal(response)["reason"], "unknown_key")
                fetched = issuer.fetched
                for _ in range(20):  # Who makes up keys does not make us hammer the issuer.
                    handshake(server, f"/ws?token={old.mint('ann')}")
                self.assertLessEqual(issuer.fetched, fetched + 1)
                issuer.kill()
                async with await connect(server, new.mint("bob")) as client:
                    self.assertEqual(client.connected["userId"], "bob")

    async def test_a_reload_while_the_issuer_is_away_forgets_no_keys(self):
        pair = tokens.KeyPair(self.folder.name, "k1")
        with AuthService() as issuer:
            issuer.keys = [pair.jwk()]
            with NativeGateway({"auth": {"secret_file": None,
                                         "jwks_url": issuer.url("/jwks")}}) as server:
                async with await connect(server, pair.mint("ann")):
                    pass
                issuer.kill()
                server.reload({"auth": {"origins": ["https://app.example.com"]}},
                              says="auth.origins is in force")
                async with await connect(server, pair.mint("ann")) as client:
                    self.assertEqual(client.connected["userId"], "ann")

    def test_without_any_keys_yet_it_is_a_503(self):
        pair = tokens.KeyPair(self.folder.name, "k1")
        with AuthService() as issuer:
            issuer.kill()
            with NativeGateway({"auth": {"secret_file": None, "jwks_url": issuer.url("/jwks"),
                                         "service_timeout": "1s"}}) as server:
                response = handshake(server, f"/ws?token={pair.mint('ann')}")
                self.assertEqual(response.status, 503)
                self.assertEqual(refusal(response)["reason"], "unavailable")
                self.assertGreater(int(response.header("Retry-After")), 0)
                issuer.keys = [pair.jwk()]
                issuer.start()
                self.assertTrue(gateway.wait_until(
                    lambda: handshake(server, f"/ws?token={pair.mint('ann')}").status == 101))


class ThrottleTest(AsyncTest):
    async def test_without_a_proxy_the_address_is_the_connections(self):
        with NativeGateway({"auth": {"failures_per_minute": 10,
                                     "trusted_proxies": ["127.0.0.9"]}}) as server:
            def ask(host, token, **headers):
                with RawClient(server, source=host) as client:
                    return client.ask(upgrade_request(f"/ws?token={token}", **headers)).status

            bad, good = tokens.mint("ann", exp=1), tokens.mint("ann")
            # What a client says of itself is nothing. A new minute may begin anywhere.
            seen = [ask("127.0.0.2", bad, X_Forwarded_For=f"192.0.2.{i}") for i in range(30)]
            self.assertEqual(set(seen), {401, 429})
            self.assertEqual(seen[:10], [401] * 10)
            self.assertEqual(ask("127.0.0.3", good), 101)
            if seen[-1] == 429:
                self.assertIn(ask("127.0.0.2", good), (101, 429))
            self.assertEqual(server.metrics().value("millrace_auth_failures_total",
                                                    reason="expired"), seen.count(401))
            # Behind the proxy is a crowd, of which nobody has said how to tell them apart.
            crowd = [ask("127.0.0.9", bad, X_Forwarded_For="192.0.2.1") for _ in range(30)]
            self.assertEqual(set(crowd), {401})

    async def test_only_a_trusted_proxy_says_who_a_client_is(self):
        with NativeGateway({"auth": {"failures_per_minute": 10, "address_header": "X-Real-IP",
                                     "trusted_proxies": ["127.0.0.9"]}}) as server:
            def connection(source, name):
                with RawClient(server, source=source) as client:
                    request = upgrade_request(f"/ws?token={tokens.mint('ann')}", X_Real_IP=name)
                    self.assertEqual(client.ask(request).status, 101)
                    return [one["address"] for one in server.get("/connections")["connections"]]

            self.assertEqual(connection("127.0.0.9", "2001:db8::7"), ["2001:db8::7"])
            self.assertEqual(connection("127.0.0.8", "2001:db8::7"), ["127.0.0.8"])
            self.assertEqual(server.metrics().value("millrace_address_fields_ignored_total"), 1)

    async def test_an_address_that_fails_too_often_is_a_429(self):
        with NativeGateway({"auth": {"failures_per_minute": 10,
                                     "address_header": "X-Forwarded-For"}}) as server:
            async with await connect_as(server, "inside",
                                        headers={"X-Forwarded-For": "192.0.2.1"}) as inside:
                bad = f"/ws?token={tokens.mint('ann', exp=1)}"
                seen = [handshake(server, bad, X_Forwarded_For="192.0.2.1") for _ in range(30)]
                statuses = [response.status for response in seen]
                # A new minute may begin anywhere among them.
                self.assertEqual(set(statuses), {401, 429})
                self.assertEqual(statuses[:10], [401] * 10)
                throttled = next(one for one in seen if one.status == 429)
                error = refusal(throttled)
                self.assertEqual((error["code"], error["reason"]), ("AUTH_FAILED", "throttled"))
                self.assertGreater(int(throttled.header("Retry-After")), 0)
                count = server.metrics().value("millrace_auth_failures_total", reason="throttled")
                self.assertEqual(count, statuses.count(429))
                # Whoever is in stays in, and others are not made to wait.
                await inside.must("ping")
                async with await connect_as(server, "other",
                                            headers={"X-Forwarded-For": "192.0.2.2"}) as other:
                    await other.must("ping")


if __name__ == "__main__":
    unittest.main()
