"""The native scenario against the real gateway: users with tokens, tenants, rooms joined by events,
acknowledgements and receipts, all audited."""

import os
import pathlib
import tempfile
import unittest
from unittest import mock

from support import gateway, load

SECRET = "a secret of the tests, 32 bytes or longer"
CONFIGURATION = """
[auth]
mode = "token"
[limits]
enabled = false
"""
TENANTS, ROOMS, MEMBERS, ROOMS_EACH = 3, 30, 30, 3
RATE = 300
CROWD = ("--tenants", TENANTS, "--rooms", ROOMS, "--members", MEMBERS, "--rooms-each", ROOMS_EACH)
SHORT = ("--warm-up", "200ms", "--duration", "3s", "--rate", RATE)


class LoadNativeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        secrets = {"MILLRACE_AUTH_SECRET": SECRET, "MILLRACE_LOAD_TOKEN_SECRET": SECRET}
        cls.enterClassContext(mock.patch.dict(os.environ, secrets))
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        configuration = pathlib.Path(folder) / "millrace.toml"
        configuration.write_text(CONFIGURATION)
        cls.gateway = cls.enterClassContext(
            gateway.Gateway("--config", configuration, "--shards", 3, raw=False))

    def run_load(self, *flags):
        return load.run("native", self.gateway.websocket("/ws"), *flags)

    def test_everything_arrives_once_and_is_told_as_it_was(self):
        code, report = self.run_load(*CROWD, *SHORT, "--publishers", 2, "--shards", 2,
                                     "--acks", 0.5, "--receipts", 0.1)
        self.assertEqual(code, 0, report["failures"])
        self.assertEqual(report["connections"]["opened"], ROOMS * MEMBERS // ROOMS_EACH)
        self.assertEqual(report["errors"], {})
        sent = report["audit"]["checked"] // MEMBERS
        self.assertAlmostEqual(sent, RATE * 3.2, delta=RATE)
        self.assertEqual(report["audit"]["checked"], sent * MEMBERS)
        # Both shares are spread evenly; every message with receipts is acknowledged as well.
        self.assertGreater(report["counts"]["acknowledged"], sent * 0.4)
        self.assertAlmostEqual(report["counts"]["receipted"], sent * 0.1 * MEMBERS,
                               delta=sent * 0.05 * MEMBERS)
        self.assertAlmostEqual(report["latency_ns"]["count"], RATE * 3 * MEMBERS,
                               delta=RATE * 3 * MEMBERS // 20)

    def test_processes_share_rooms(self):
        code, report = self.run_load(*CROWD, *SHORT, "--processes", 2, "--receipts", 0.1,
                                     "--no-near")
        self.assertEqual(code, 0, report["failures"])
        self.assertGreater(report["counts"]["receipted"], 0)

    def test_who_is_not_let_in_fails_the_run(self):
        with tempfile.NamedTemporaryFile("w") as secret:
            secret.write("not the secret that the gateway knows of\n")
            secret.flush()
            code, report = self.run_load("--rooms", 3, "--members", 3, "--rooms-each", 1,
                                         "--token-secret-file", secret.name, *SHORT)
        self.assertEqual(code, 1)
        self.assertEqual(report["errors"], {"http_401": 9})
        self.assertIn("9 http_401", " ".join(report["failures"]))


if __name__ == "__main__":
    unittest.main()
