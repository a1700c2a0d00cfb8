"""Connections in several rooms each: every message is audited at every one of its members."""

import subprocess
import unittest

from support import gateway, load

URL = "/room?room=b{room}"


class LoadBundleTest(gateway.GatewayTest):
    flags = ("--shards", "2", "--no-room-affinity")

    def test_all_members_of_all_rooms_hear_everything(self):
        code, report = load.run(
            "room", self.gateway.websocket(URL), "--rooms", 40, "--members", 25, "--rooms-each", 20,
            "--in-flight", 2, "--warm-up", "100ms", "--duration", "500ms")
        self.assertEqual(code, 0, report["failures"])
        self.assertEqual(report["connections"]["opened"], 50)
        self.assertGreater(report["audit"]["checked"], 1000)
        published = self.gateway.metrics().value("millrace_room_messages_published_total")
        self.assertEqual(report["audit"]["checked"], published * 25)

    def test_rooms_that_do_not_come_out_even_are_refused(self):
        done = subprocess.run(
            load.command("room", self.gateway.websocket(URL), "--rooms", 41, "--members", 25,
                         "--rooms-each", 20), capture_output=True, text=True, check=False,
            timeout=gateway.PATIENCE_S)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--rooms-each 20: --rooms 41 must be a multiple", done.stderr)


if __name__ == "__main__":
    unittest.main()
