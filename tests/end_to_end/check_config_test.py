"""--check-config and --config from the outside: what is said, and the exit code."""

import os
import pathlib
import tempfile
import unittest
import unittest.mock

from support import gateway
from support.raw_client import RawClient, plain_request

GOOD = """
[server]
listen = ["127.0.0.1:0"]
connections = 50
raw = true

[auth]
audiences = ["chat"]

[[access]]
pattern = "news.*"
join = ["*"]
"""


class CheckConfigTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, text, name="millrace.toml"):
        path = self.folder / name
        path.write_text(text)
        return path

    def check(self, *flags, code):
        ended = gateway.run("--check-config", *flags)
        self.assertEqual(ended.returncode, code, ended.stderr + ended.stdout)
        quiet, told = (ended.stderr, ended.stdout) if code == 0 else (ended.stdout, ended.stderr)
        self.assertEqual(quiet, "")
        return told.splitlines()

    def test_without_anything_the_defaults_are_good(self):
        self.assertEqual(self.check(code=0), ["configuration is good"])

    def test_what_differs_from_the_defaults(self):
        path = self.write(GOOD)
        with unittest.mock.patch.dict(os.environ, MILLRACE_AUTH_SECRET="a-secret-that-nobody-sees"):
            told = self.check("--config", path, "--log-level", "warn", code=0)
        self.assertEqual(told, [
            "configuration is good",
            f'server.listen = ["127.0.0.1:0"]  ({path}:3:10)',
            f"server.connections = 50  ({path}:4:15)",
            f"server.raw = true  ({path}:5:7)",
            "auth.secret = ***  (MILLRACE_AUTH_SECRET)",
            f'auth.audiences = ["chat"]  ({path}:8:13)',
            'log.level = "warn"  (--log-level)',
            f'access: pattern = "news.*", join = ["*"]  ({path}:10:1)',
        ])

    def test_all_mistakes_at_once(self):
        path = self.write("[server]\nshards = 0\nlisetn = 1\n[log]\nlevel = 3\n")
        self.assertEqual(self.check("--config", path, code=2), [
            f"millrace: {path}:2:10: server.shards = 0: must be a whole number from 1 to 256",
            f"millrace: {path}:3:1: server.lisetn: there is no such setting; did you mean "
            "server.listen?",
            f"millrace: {path}:5:9: log.level = 3: must be one of trace, debug, info, warn, error, "
            "off",
        ])

    def test_a_mistake_serves_nobody(self):
        path = self.write("[server]\nshards = 0\n")
        ended = gateway.run("--config", path)
        self.assertEqual((ended.returncode, ended.stdout), (2, ""))
        self.assertIn(":2:10: server.shards = 0", ended.stderr)

    def test_a_file_that_is_not_there(self):
        path = self.folder / "none.toml"
        self.assertEqual(self.check("--config", path, code=2),
                         [f"millrace: {path}: cannot be read: No such file or directory"])

    def test_what_it_calls_good_starts(self):
        secret = self.write("short", "secret")
        garbage = self.write("garbage", "garbage.pem")
        token = ("--auth-mode", "token")
        admin = ("--admin", "127.0.0.1:0", "--admin-certificate-file", garbage,
                 "--admin-private-key-file", garbage)
        for flags, setting in (
                ((*token, "--auth-secret-file", secret), "--auth-secret-file"),
                ((*token, "--auth-keys-file", garbage), "--auth-keys-file"),
                (admin, "--admin-certificate-file"),
                (("--auth-guest-tenant", "x" * 300), "--auth-guest-tenant")):
            with self.subTest(flags=flags):
                told = self.check(*flags, code=2)
                self.assertEqual(len(told), 1)
                self.assertIn(f"millrace: {setting} ", told[0])
                # And the gateway itself says the same, and does not start.
                ended = gateway.run("--listen", "127.0.0.1:0", *flags)
                self.assertEqual((ended.returncode, ended.stderr.splitlines()), (2, told))

    def test_what_is_printed_is_good_and_says_the_same(self):
        path = self.write(GOOD)
        printed = gateway.run("--print-config", "--config", path)
        self.assertEqual((printed.returncode, printed.stderr), (0, ""))
        copy = self.write(printed.stdout, "copy.toml")
        told = self.check("--config", copy, code=0)
        self.assertEqual([line.split("  (")[0] for line in told],
                         [line.split("  (")[0] for line in self.check("--config", path, code=0)])

    def test_a_gateway_serves_as_the_file_says(self):
        path = self.write(GOOD)
        with unittest.mock.patch.dict(os.environ, MILLRACE_CONFIG=str(path)), \
                gateway.Gateway(raw=False) as server, RawClient(server).upgrade() as client:
            self.assertEqual(client.echo(b"hello")[1], b"hello")
            with RawClient(server) as other:
                self.assertEqual(other.ask(plain_request("/health")).status, 200)


if __name__ == "__main__":
    unittest.main()
