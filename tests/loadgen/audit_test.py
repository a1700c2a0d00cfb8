"""millrace-load as a whole, against a server that can be told to be wrong: each fault is found,
named and answered with exit code 1, and a server without fault passes."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import unittest

LOAD = pathlib.Path(os.environ.get("MILLRACE_BIN", "build/dev/bin")) / "millrace-load"
SERVER = pathlib.Path(__file__).with_name("faulty_server.py")
PATIENCE_S = 60

SHORT = ("--duration", "1s", "--warm-up", "0s", "--drain-timeout", "500ms")
CLOSED_ECHO = ("echo", "--connections", "5")
CLOSED_ROOM = ("room", "--rooms", "3", "--members", "4", "--publishers", "2")
ECHO = (*CLOSED_ECHO, *SHORT, "--rate", "500")
ROOM = (*CLOSED_ROOM, *SHORT, "--rate", "240")
# 24 connections; each room is the first of 4 of them.
IN_MANY_ROOMS = ("room", "--rooms", "6", "--members", "12", "--rooms-each", "3",
                 "--publishers", "2", *SHORT, "--rate", "240")
CHURN = ("churn", "--rooms", "3", "--members", "6", "--churn", "20", *SHORT, "--rate", "240")


class AuditTest(unittest.TestCase):
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

    def run_load(self, scenario, *flags, fault="none"):
        """The exit code and the report of one run."""
        name, *options = scenario
        rooms = name in ("room", "churn")
        path = f"/room?room={{room}}&fault={fault}" if rooms else f"/echo?fault={fault}"
        command = [LOAD, name, self.address + path, *options, *flags, "--json", "-", "--quiet"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S,
                              check=False)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return done.returncode, json.loads(done.stdout)

    def assert_found(self, fault, scenario, *kinds):
        """The run fails, for nothing but these kinds of fault."""
        code, report = self.run_load(scenario, fault=fault)
        self.assertEqual(code, 1, report)
        audit = report["audit"]
        for kind in ("lost", "duplicates", "disorder", "corrupt", "misdelivered"):
            (self.assertGreater if kind in kinds else self.assertEqual)(audit[kind], 0, kind)
        self.assertFalse(audit["passed"])
        self.assertIn("the audit found", " ".join(report["failures"]))
        return report

    # ---- A server without fault ------------------------------------------------------------------

    def test_a_faultless_echo_passes(self):
        code, report = self.run_load(ECHO, "--shards", "2", "--server-pid", str(self.server.pid))
        self.assertEqual(code, 0, report["failures"])
        self.assertEqual(report["loop"], "open")
        self.assertAlmostEqual(report["messages"]["sent"], 500, delta=50)
        self.assertEqual(report["audit"]["checked"], report["latency_ns"]["count"])
        self.assertGreater(report["server"]["cpu_us_per_message"], 0)

    def test_a_faultless_room_passes(self):
        code, report = self.run_load(ROOM, "--shards", "2")
        self.assertEqual(code, 0, report["failures"])
        self.assertEqual(report["audit"]["checked"], 240 * 4)

    def test_members_of_several_rooms_pass(self):
        for shards in ("1", "2"):
            code, report = self.run_load(IN_MANY_ROOMS, "--shards", shards)
            self.assertEqual(code, 0, report["failures"])
            self.assertEqual(report["connections"]["opened"], 24)
            self.assertEqual(report["audit"]["checked"], 240 * 12)

    def test_closed_loops_pass(self):
        for scenario in (CLOSED_ECHO, CLOSED_ROOM):
            code, report = self.run_load(scenario, *SHORT, "--in-flight", "4", "--size", "32..500")
            self.assertEqual(code, 0, report["failures"])
            self.assertEqual(report["loop"], "closed")
            self.assertGreater(report["messages"]["received"], 100)
            self.assertEqual(report["generator"]["stalls"], 0)

    def test_connect_and_idle_pass(self):
        code, report = self.run_load(("connect", "--connections", "20", "--in-flight", "4",
                                      "--duration", "500ms", "--warm-up", "100ms"))
        self.assertEqual(code, 0, report["failures"])
        self.assertGreater(report["latency_ns"]["count"], 10)
        code, report = self.run_load(("connect", "--connections", "20", "--hold", "--rate", "100",
                                      "--duration", "30s"))
        self.assertEqual(code, 0, report["failures"])
        self.assertEqual(report["connections"]["open_at_stop"], 20)
        self.assertLess(report["times"]["measured_seconds"], 20)
        code, report = self.run_load(("idle", "--connections", "20", "--duration", "300ms"))
        self.assertEqual(code, 0, report["failures"])
        self.assertEqual(report["connections"]["open_at_stop"], 20)

    # ---- Every fault is found --------------------------------------------------------------------

    def test_lost_messages_are_found(self):
        report = self.assert_found("drop", ECHO, "lost")
        self.assertAlmostEqual(report["audit"]["lost"], 15, delta=3)
        self.assert_found("drop", ROOM, "lost")

    def test_duplicates_are_found(self):
        report = self.assert_found("duplicate", ECHO, "duplicates")
        self.assertAlmostEqual(report["audit"]["duplicates"], 15, delta=3)
        self.assert_found("duplicate", ROOM, "duplicates")

    def test_disorder_is_found(self):
        self.assert_found("reorder", ECHO, "disorder")
        # So late that the audit has forgotten which one it missed.
        report = self.assert_found("late", (*CLOSED_ECHO, *SHORT, "--rate", "1500"), "disorder")
        self.assertEqual(report["audit"]["disorder"], 5)

    def test_rooms_whose_members_disagree_on_the_order_are_found(self):
        # Each publisher's own messages stay in order: only a comparison of members can tell.
        report = self.assert_found("disagree", ROOM, "disorder")
        self.assertLessEqual(report["audit"]["disorder"], 3)  # One member of each room.

    def test_corruption_is_found(self):
        self.assert_found("corrupt", ECHO, "corrupt", "lost")
        self.assert_found("cut", ECHO, "corrupt", "lost")

    def test_messages_of_other_rooms_are_found(self):
        self.assert_found("misdeliver", ROOM, "misdelivered")

    def test_faults_are_found_in_each_of_several_rooms(self):
        # Two of three members of a room hear nothing, and who does hear is the odd one out.
        report = self.assert_found("narrow", IN_MANY_ROOMS, "lost", "disorder")
        self.assertEqual(report["audit"]["lost"], 240 * 8)
        self.assert_found("drop", IN_MANY_ROOMS, "lost")
        self.assert_found("duplicate", IN_MANY_ROOMS, "duplicates")
        self.assert_found("disagree", IN_MANY_ROOMS, "disorder")
        self.assert_found("corrupt", IN_MANY_ROOMS, "corrupt", "lost")
        # A member of the room that it strays from hears it again by its own membership.
        self.assert_found("misdeliver", IN_MANY_ROOMS, "misdelivered", "duplicates")

    def test_a_closed_loop_goes_on_after_a_loss(self):
        for in_flight in (1, 4):
            code, report = self.run_load(CLOSED_ECHO, "--duration", "3s", "--warm-up", "0s",
                                         "--drain-timeout", "500ms", "--in-flight",
                                         str(in_flight), fault="drop")
            self.assertEqual(code, 1)
            self.assertGreater(report["audit"]["lost"], 5)
            self.assertEqual(report["generator"]["stalls"] > 0, in_flight == 1)

    def test_members_that_come_and_go_are_audited_too(self):
        code, report = self.run_load(CHURN)
        self.assertEqual(code, 0, report["failures"])
        self.assertGreater(report["counts"]["joined"], 5)
        self.assert_found("drop", CHURN, "lost")
        self.assert_found("duplicate", CHURN, "duplicates")
        # Whoever has been let in is owed everything from then on, what comes first included.
        self.assert_found("deaf", CHURN, "lost")

    def test_faults_between_processes_are_found(self):
        across = (*ROOM, "--processes", "2")
        code, report = self.run_load(across)
        self.assertEqual(code, 0, report["failures"])
        self.assertEqual(report["audit"]["checked"], 240 * 4)
        self.assert_found("drop", across, "lost")
        self.assert_found("disagree", across, "disorder")
        self.assert_found("misdeliver", across, "misdelivered")

    # ---- Connections -----------------------------------------------------------------------------

    def test_disconnects_fail_the_run_and_are_named(self):
        code, report = self.run_load(ECHO, fault="disconnect")
        self.assertEqual(code, 1)
        self.assertEqual(report["errors"], {"disconnect_peer_closed": 5})
        self.assertEqual(report["audit"]["lost"], 0)

    def test_refusals_fail_the_run_and_are_named(self):
        code, report = self.run_load(("idle", "--connections", "9", "--duration", "100ms"),
                                     fault="refuse")
        self.assertEqual(code, 1)
        self.assertEqual(report["errors"], {"http_503": 3})
        self.assertEqual(report["connections"]["open_at_stop"], 6)
        code, _ = self.run_load(("idle", "--connections", "9", "--duration", "100ms"),
                                "--expect", "errors==3", fault="refuse")
        self.assertEqual(code, 0)

    def test_nobody_there_is_told_at_once(self):
        done = subprocess.run([LOAD, "echo", "ws://127.0.0.1:1/echo", "--connections", "3"],
                              capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no connection could be opened", done.stdout)
        self.assertIn("3 connect_connection_refused", done.stdout)

    def test_a_server_that_does_not_answer_is_given_up(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"ws://127.0.0.1:{silent.getsockname()[1]}/"
            command = [LOAD, "echo", url, "--connections", "3", "--connect-timeout", "300ms"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S,
                                  check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("3 of 3 connects had no answer", done.stdout)
        self.assertIn("3 connect_unanswered", done.stdout)

    # ---- Expectations, exit codes, output --------------------------------------------------------

    def test_latency_counts_from_the_intended_time(self):
        # The server sleeps for 0.5 s once per connection. A closed loop hardly notices; an open
        # loop sends on, and what it sent meanwhile was slow.
        code, report = self.run_load(ECHO, "--expect", "p90<100ms", fault="stall")
        self.assertEqual(code, 1)
        self.assertIn("expected p90<100ms", " ".join(report["failures"]))
        code, _ = self.run_load(CLOSED_ECHO, *SHORT, "--expect", "p90<100ms", fault="stall")
        self.assertEqual(code, 0)

    def test_expectations_decide(self):
        code, report = self.run_load(ECHO, "--expect", "throughput>1M", "--expect", "lost==0")
        self.assertEqual(code, 1)
        self.assertEqual([result["met"] for result in report["expectations"]], [False, True])

    def test_an_interrupted_run_reports_what_it_has(self):
        command = [LOAD, "echo", self.address + "/echo", "--connections", "3", "--rate", "100",
                   "--duration", "60s", "--warm-up", "0s", "--json", "-", "--quiet"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as load:
            time.sleep(1.5)
            load.send_signal(signal.SIGINT)
            output, _ = load.communicate(timeout=PATIENCE_S)
        self.assertEqual(load.returncode, 130)
        report = json.loads(output)
        self.assertTrue(report["interrupted"])
        self.assertGreater(report["messages"]["received"], 20)
        self.assertEqual(report["audit"]["lost"], 0)

    def test_a_pipe_gets_the_table_and_nothing_else(self):
        command = [LOAD, "echo", self.address + "/echo", "--connections", "3", "--rate", "100",
                   "--duration", "300ms", "--warm-up", "0s"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "")
        self.assertIn("0 lost", done.stdout)

    def test_mistakes_end_with_2_and_one_line(self):
        for flags in (("--expect", "p98<1ms"), ("--size", "1"), ("--rate", "x"), ("--no-such",)):
            done = subprocess.run([LOAD, "echo", self.address, *flags], capture_output=True,
                                  text=True, timeout=PATIENCE_S, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertEqual(done.stderr.count("\n"), 1)

    def test_a_run_that_the_host_cannot_hold_is_refused_at_once(self):
        done = subprocess.run([LOAD, "idle", self.address, "--connections", "10000000"],
                              capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("--spread", done.stderr)


if __name__ == "__main__":
    unittest.main()
