"""Connections in many rooms each: every member of every room gets every message of it once."""

import unittest

from support import gateway, load

ROOMS, MEMBERS, EACH = 60, 100, 50  # 120 connections.
SHAPE = ("--rooms", ROOMS, "--members", MEMBERS, "--rooms-each", EACH)
SHORT = ("--warm-up", "0s", "--duration", "1s")
CONNECTIONS = ROOMS * MEMBERS // EACH
RATE = 60


class LoadManyRoomsTest(gateway.GatewayTest):
    flags = ("--shards", "2", "--no-room-affinity")

    def run_load(self, *flags):
        before = self.gateway.metrics()
        code, report = load.run("room", self.gateway.websocket("/room?room={room}"), *SHAPE, *SHORT,
                                *flags)
        after = self.gateway.metrics()
        self.assertEqual(code, 0, report["failures"])
        return report, lambda name: after.value(name) - before.value(name)

    def test_all_hear_all_of_their_rooms(self):
        report, grown = self.run_load("--rate", RATE, "--shards", 2)
        self.assertEqual(report["options"]["rooms_each"], EACH)
        self.assertEqual(report["connections"]["opened"], CONNECTIONS)
        self.assertEqual(report["audit"]["checked"], RATE * MEMBERS)
        self.assertEqual(report["latency_ns"]["count"], RATE * MEMBERS)
        self.assertEqual(grown("millrace_deliveries_total"), RATE * MEMBERS)
        self.assertEqual(grown("millrace_room_messages_published_total"), RATE)

    def test_a_closed_loop_goes_round_in_every_room(self):
        report, grown = self.run_load("--publishers", 2, "--in-flight", 2)
        self.assertEqual(report["generator"]["stalls"], 0)
        self.assertGreaterEqual(report["messages"]["sent"], ROOMS * 2 * 2)
        self.assertEqual(report["audit"]["checked"],
                         grown("millrace_room_messages_published_total") * MEMBERS)


if __name__ == "__main__":
    unittest.main()
