"""millrace as the `ws` package of Node sees it: runs node_client.mjs against a millrace."""

import os
import subprocess
import unittest

from support import gateway, tools

TIMEOUT_S = 120


class NodeClientTest(unittest.TestCase):
    def test_every_test_of_node_client_passes(self):
        node = tools.command("node")
        tools.node_package("ws")
        with gateway.Gateway("--shards", "2") as server:
            run = subprocess.run(
                [node, "--test", "--test-reporter=tap", str(tools.FOLDER / "node_client.mjs")],
                env={**os.environ, "MILLRACE_URL": server.websocket("")}, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT_S, check=False)
            self.assertEqual(run.returncode, 0, run.stdout)
            self.assertRegex(run.stdout, r"(?m)^# pass [1-9]", "node ran no test")


if __name__ == "__main__":
    unittest.main()
