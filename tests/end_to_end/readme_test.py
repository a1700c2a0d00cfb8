"""What README.md shows to somebody new works as it is written there."""

import json
import re
import subprocess
import unittest

from support import gateway

PYTHON = "/usr/bin/python3"  # Debian's, which has Debian's websockets.


class ReadmeTest(unittest.TestCase):
    def test_the_first_conversation_is_one(self):
        readme = (gateway.ROOT / "README.md").read_text()
        (program,) = re.findall(r"^```python\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
        self.assertIn("ws://127.0.0.1:8080/", program)
        with gateway.Gateway() as server:  # As scripts/start: --raw, and no configuration.
            program = program.replace("127.0.0.1:8080", f"{server.host}:{server.port}")
            done = subprocess.run([PYTHON, "-c", program], capture_output=True, text=True,
                                  stdin=subprocess.DEVNULL, timeout=gateway.PATIENCE_S,
                                  check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        events = [json.loads(line) for line in done.stdout.splitlines()]
        names = [event["event"] for event in events]
        self.assertEqual((names[0], names[-1]), ("connected", "chat:message:sent"))
        self.assertIn("chat:room:joined", names)
        self.assertEqual(events[0]["data"]["userType"], "guest")
        self.assertEqual(events[-1]["data"]["queued"], 1)

    def test_the_start_that_it_shows_gives_the_flags_that_it_says(self):
        script = (gateway.ROOT / "scripts/start").read_text()
        self.assertRegex(script, r'exec "\$program" --raw "\$@"')


if __name__ == "__main__":
    unittest.main()
