"""millrace-load native against a server that can be told to be wrong: each fault is found, named
and answered with exit code 1, and a server without fault passes."""

import json
import os
import pathlib
import subprocess
import sys
import unittest

LOAD = pathlib.Path(os.environ.get("MILLRACE_BIN", "build/dev/bin")) / "millrace-load"
SERVER = pathlib.Path(__file__).with_name("faulty_native_server.py")
PATIENCE_S = 60
KINDS = ("lost", "duplicates", "disorder", "corrupt", "misdelivered", "misreported")

# 18 connections, each in 3 rooms of its tenant's; 60 messages in each room.
ROOMS, MEMBERS, MESSAGES = 9, 6, 540
RUN = ("--tenants", "3", "--rooms", str(ROOMS), "--members", str(MEMBERS), "--rooms-each", "3",
       "--duration", "1s", "--warm-up", "0s", "--rate", str(MESSAGES), "--drain-timeout", "500ms",
       "--connect-timeout", "2s")
SHARES = ("--acks", "0.5", "--receipts", "0")


class NativeAuditTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = subprocess.Popen([sys.executable, str(SERVER)], stdout=subprocess.PIPE,
                                      text=True)
        cls.address = f"ws://127.0.0.1:{int(cls.server.stdout.readline())}"

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.wait()
        cls.server.stdout.close()

    def run_load(self, *flags, shares=SHARES, fault="none"):
        """The exit code and the report of one run."""
        command = [LOAD, "native", f"{self.address}/ws?fault={fault}", *RUN, *shares, *flags,
                   "--json", "-", "--quiet"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S,
                              check=False,
                              env={**os.environ, "MILLRACE_LOAD_TOKEN_SECRET": "anything"})
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return done.returncode, json.loads(done.stdout)

    def assert_found(self, fault, *kinds, flags=(), shares=SHARES):
        """The run fails, for nothing but these kinds of fault."""
        code, report = self.run_load(*flags, shares=shares, fault=fault)
        self.assertEqual(code, 1, report["audit"])
        found = {kind for kind in KINDS if report["audit"][kind] > 0}
        self.assertEqual(found, set(kinds), report["audit"])
        self.assertEqual(report["errors"], {})
        return report["audit"]

    def test_a_faultless_server_passes(self):
        for flags in (("--shards", "2"), ("--publishers", "2"), ("--processes", "2"),
                      ("--size", "64..300", "--no-near")):
            code, report = self.run_load(*flags, shares=("--acks", "0.5", "--receipts", "0.2"))
            self.assertEqual(code, 0, report["failures"])
            self.assertGreater(report["counts"]["receipted"], MESSAGES * 0.1 * MEMBERS)
            self.assertEqual(report["audit"]["checked"], MESSAGES * MEMBERS)
            self.assertAlmostEqual(report["latency_ns"]["count"], MESSAGES * MEMBERS,
                                   delta=MESSAGES * MEMBERS // 20)
            self.assertGreater(report["counts"]["acknowledged"], MESSAGES * 0.4)

    def test_lost_messages_are_found(self):
        audit = self.assert_found("drop", "lost")
        self.assertEqual(audit["lost"], MESSAGES // 30 * MEMBERS)

    def test_duplicates_are_found(self):
        audit = self.assert_found("duplicate", "duplicates")
        self.assertEqual(audit["duplicates"], MESSAGES // 30 * MEMBERS)

    def test_disorder_is_found(self):
        self.assert_found("reorder", "disorder", flags=("--publishers", "2"))

    def test_wrong_numbers_are_found(self):
        # All members agree on them, and all messages come: only the gap can tell.
        audit = self.assert_found("number", "disorder")
        self.assertEqual(audit["disorder"], ROOMS * MEMBERS)

    def test_messages_of_other_tenants_are_found(self):
        # The rooms have the same names.
        audit = self.assert_found("leak", "misdelivered")
        self.assertEqual(audit["misdelivered"], MESSAGES // 30 * MEMBERS * 2)

    def test_whatever_is_not_as_it_was_sent_is_found(self):
        for fault in ("corrupt", "sender", "room", "type", "tail"):
            with self.subTest(fault):
                audit = self.assert_found(fault, "corrupt", "lost")
                self.assertEqual(audit["corrupt"], MESSAGES // 30)

    def test_acknowledgements_of_what_was_not_so_are_found(self):
        for fault in ("ack", "ack-number", "no-ack"):
            with self.subTest(fault):
                self.assert_found(fault, "misreported")

    def test_receipts_that_do_not_add_up_are_found(self):
        for fault in ("receipt-lost", "receipt-many"):
            with self.subTest(fault):
                self.assert_found(fault, "misreported", shares=("--receipts", "0.1"))

    def test_error_events_fail_the_run_with_their_text(self):
        code, report = self.run_load(fault="error")
        self.assertEqual(code, 1)
        self.assertEqual(report["errors"],
                         {"error_event RATE_LIMITED: Rate limit exceeded": MESSAGES // 30})
        self.assertIn("RATE_LIMITED: Rate limit exceeded", " ".join(report["failures"]))

    def test_refused_tokens_fail_the_run(self):
        code, report = self.run_load(shares=("--acks", "0"), fault="refuse")
        self.assertEqual(code, 1)
        self.assertEqual(report["errors"], {"http_401": 6})

    def test_who_is_greeted_as_somebody_else_does_not_begin(self):
        code, report = self.run_load(shares=("--acks", "0"), fault="stranger")
        self.assertEqual(code, 1)
        self.assertEqual(report["audit"]["corrupt"], 18)
        self.assertIn("18 clients were not let into their rooms", " ".join(report["failures"]))


if __name__ == "__main__":
    unittest.main()
