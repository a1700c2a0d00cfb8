"""The command line: what it says of itself, and that each mistake is told in one line that names
the flag, the value and what is allowed, with exit code 2, before anything is served."""

import contextlib
import json
import os
import pathlib
import re
import socket
import unittest
import unittest.mock

from support import gateway
from support.frames import TEXT
from support.raw_client import RawClient, plain_request

FLAGS = ("--listen", "--shards", "--cpus", "--connections", "--max-message", "--send-queue",
         "--heartbeat", "--handshake-timeout", "--close-timeout", "--idle-timeout", "--park-after",
         "--drain-timeout", "--log-level", "--log-format", "--raw", "--help", "--version")

# Flag, value, and what the line must say is allowed.
OUT_OF_BOUNDS = (
    ("--connections", "0", r"\b1\b.*\b16000000\b"),
    ("--connections", "16000001", r"\b1\b.*\b16000000\b"),
    ("--connections", "99999999999999999999999", r"\b1\b.*\b16000000\b"),
    ("--connections", "-5", r"\b1\b.*\b16000000\b"),
    ("--connections", "many", r"\b1\b.*\b16000000\b"),
    ("--connections", "10k", r"\b1\b.*\b16000000\b"),
    ("--shards", "0", r"\b1\b.*\b256\b"),
    ("--shards", "257", r"\b1\b.*\b256\b"),
    ("--shards", "-1", r"\b1\b.*\b256\b"),
    ("--cpus", "x", r"0-3,8"),
    ("--cpus", "3-1", r"0-3,8"),
    ("--cpus", "0,,1", r"0-3,8"),
    ("--cpus", "100000", r"cpu"),
    ("--max-message", "0", r"\b125\b.*\b1GiB\b"),
    ("--max-message", "124", r"\b125\b.*\b1GiB\b"),
    ("--max-message", "2GiB", r"\b125\b.*\b1GiB\b"),
    ("--max-message", "lots", r"64KiB"),
    ("--max-message", "-1", r"64KiB"),
    ("--max-message", "99999999999999999999999", r"."),
    ("--send-queue", "1", r"\b4KiB\b.*\b512MiB\b"),
    ("--send-queue", "1GiB", r"\b4KiB\b.*\b512MiB\b"),
    ("--heartbeat", "1ms", r"\b100ms\b.*\b1d\b.*\bnever\b"),
    ("--heartbeat", "25h", r"\b100ms\b.*\b1d\b"),
    ("--heartbeat", "5", r"250ms"),
    ("--park-after", "1ms", r"\b100ms\b.*\b1d\b.*\bnever\b"),
    ("--heartbeat", "soon", r"250ms"),
    ("--handshake-timeout", "0s", r"\b100ms\b.*\b1d\b"),
    ("--handshake-timeout", "25h", r"\b100ms\b.*\b1d\b"),
    ("--close-timeout", "0s", r"\b100ms\b.*\b1d\b"),
    ("--close-timeout", "25h", r"\b100ms\b.*\b1d\b"),
    ("--idle-timeout", "1ms", r"\b1d\b.*\bnever\b"),
    ("--idle-timeout", "25h", r"\b1d\b.*\bnever\b"),
    ("--drain-timeout", "0s", r"\b100ms\b.*\b1d\b"),
    ("--drain-timeout", "-1s", r"250ms"),
    ("--handshakes-per-second", "-1", r"\b0\b.*\b100000000\b"),
    ("--memory-budget", "1MiB", r"\b16MiB\b"),
    ("--memory-budget", "much", r"64KiB"),
    ("--room-policy", "ticks", r"ticks\.\*=latest"),
    ("--room-policy", "ticks=fast", r"reliable, latest, ephemeral"),
    ("--room-policy", "a*b=latest", r"at its end"),
    ("--receive-buffer", "0", r"\b512\b.*\b1MiB\b"),
    ("--conflate-above", "1GiB", r"\b0\b.*\b512MiB\b"),
    ("--drop-above", "1GiB", r"\b0\b.*\b512MiB\b"),
    ("--keys-per-room", "0", r"\b1\b.*\b1048576\b"),
    ("--log-level", "loud", r"debug.*error.*info"),
    ("--log-format", "xml", r"json.*text"),
    ("--listen", "nonsense", r"127\.0\.0\.1:8080"),
    ("--listen", "127.0.0.1", r"port.*127\.0\.0\.1:8080"),
    ("--listen", "127.0.0.1:", r"port"),
    ("--listen", "127.0.0.1:65536", r"\b65535\b"),
    ("--listen", "127.0.0.400:80", r"127\.0\.0\.1:8080"),
    ("--listen", "[::1]", r"'\[::1\]': the port is missing.*\[::1\]:8080"),
    ("--listen", "::1:80", r"\[::1\]:8080"),
)


class FlagsTest(unittest.TestCase):
    def assert_refused(self, *flags, says, code=2):
        ended = gateway.run("--raw", *flags)
        self.assertEqual(ended.returncode, code, ended.stderr + ended.stdout)
        said = (ended.stderr + ended.stdout).strip()
        self.assertEqual(said.count("\n"), 0, f"more than one line:\n{said}")
        self.assertEqual(ended.stdout, "", "a mistake is told on stderr")
        for pattern in says:
            self.assertRegex(said, pattern)

    def test_values_out_of_bounds(self):
        for flag, value, allowed in OUT_OF_BOUNDS:
            with self.subTest(f"{flag} {value}"):
                self.assert_refused("--listen", "127.0.0.1:0", flag, value,
                                    says=[re.escape(flag), re.escape(value), allowed])

    def test_flags_that_do_not_exist(self):
        self.assert_refused("--frobnicate", says=["--frobnicate", "--help"])
        self.assert_refused("--frobnicate", "3", says=["--frobnicate", "--help"])
        self.assert_refused("extra", says=["extra", "--help"])
        self.assert_refused("--connections", says=["--connections"])
        self.assert_refused("--listen", "127.0.0.1:0", "127.0.0.2:0", says=["127.0.0.2:0"])

    def test_verbose_goes_with_version(self):
        self.assert_refused("--verbose", says=["--verbose", "--version", "--help"])

    def test_values_at_their_bounds_are_fine(self):
        for flags in (("--connections", 1), ("--shards", 1), ("--max-message", 125),
                      ("--send-queue", "4KiB"), ("--heartbeat", "0s"), ("--idle-timeout", "0s"),
                      ("--park-after", "0s"),
                      ("--heartbeat", "1d"), ("--handshake-timeout", "100ms"),
                      ("--drain-timeout", "100ms"), ("--cpus", "0")):
            with self.subTest(flags), gateway.Gateway("--log-level", "info", *flags) as server:
                with RawClient(server) as client:
                    self.assertEqual(client.ask(plain_request("/health")).status, 200)

    def test_an_address_that_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            self.assert_refused("--listen", address, code=1,
                                says=[re.escape(address), "(?i)in use"])

    def test_an_address_that_another_millrace_has(self):
        """Two that share a port by mistake would share the clients, and split every room."""
        with gateway.Gateway() as server:
            ended = gateway.run_for(1, "--listen", f"127.0.0.1:{server.port}")
        self.assertEqual(ended.returncode, 1)

    def test_an_address_that_is_not_of_this_host(self):
        self.assert_refused("--listen", "203.0.113.1:8080", code=1,
                            says=[r"203\.0\.113\.1:8080", "(?i)cannot assign|no such address"])

    def test_more_connections_than_the_host_allows(self):
        """Says what the limit is, what it allows and the ways out of it."""
        limited = ["prlimit", "--nofile=128:128"]
        with unittest.mock.patch.object(gateway, "command", lambda *flags: [
                *limited, gateway.program(), *map(str, flags)]):
            self.assert_refused("--listen", "127.0.0.1:0", "--shards", 1, "--connections", 10_000,
                                says=["--connections 10000", "limit of 128", "allows 2275",
                                      "ulimit -n", "lower --connections"])

    def test_more_connections_than_a_ring_holds(self):
        """The open-file limit caps each ring's table of sockets; a shard then has several."""
        with unittest.mock.patch.object(gateway, "command", lambda *flags: [
                "setpriv", "--pdeathsig", "KILL", "prlimit", "--nofile=256:256",
                gateway.program(), *map(str, flags)]):
            with gateway.Gateway("--connections", 1000, "--shards", 1) as server, \
                    contextlib.ExitStack() as stack:
                clients = [stack.enter_context(RawClient(server).upgrade()) for _ in range(900)]
                for client in (clients[0], clients[300], clients[600], clients[-1]):
                    self.assertEqual(client.echo(b"hello"), (TEXT, b"hello"))

    def test_the_soft_limit_is_raised_to_the_hard_one(self):
        with unittest.mock.patch.object(gateway, "command", lambda *flags: [
                "setpriv", "--pdeathsig", "KILL", "prlimit", "--nofile=64:4096",
                gateway.program(), *map(str, flags)]):
            with gateway.Gateway("--connections", 1000) as server, \
                    contextlib.ExitStack() as stack:
                clients = [stack.enter_context(RawClient(server).upgrade()) for _ in range(500)]
                self.assertEqual(clients[-1].echo(b"hello"), (TEXT, b"hello"))


class WordsTest(unittest.TestCase):
    def test_help_names_every_flag(self):
        ended = gateway.run("--help")
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        for flag in FLAGS:
            self.assertRegex(ended.stdout, rf"(?m)^\s+.*{flag}\b")

    def test_version(self):
        ended = gateway.run("--version")
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        self.assertRegex(ended.stdout, r"^millrace \d+\.\d+\.\d+\b.*\n$")

    def test_verbose_version_says_what_the_kernel_offers(self):
        ended = gateway.run("--version", "--verbose")
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        self.assertRegex(ended.stdout, r"^millrace \d+\.\d+\.\d+\b")
        self.assertIn(os.uname().release, ended.stdout)
        self.assertIn("io_uring", ended.stdout)
        self.assertRegex(ended.stdout, r"multishot receive.*in use")

    def test_without_raw_nothing_raw_is_served(self):
        with gateway.Gateway(raw=False) as server:
            for path, status in (("/echo", 404), ("/room?room=r", 404), ("/health", 200),
                                 ("/metrics", 200), ("/ws/status", 200)):
                with self.subTest(path), RawClient(server) as client:
                    self.assertEqual(client.ask(plain_request(path)).status, status)


class ListenTest(unittest.TestCase):
    def assert_echoes(self, server, address):
        with RawClient(server, address=address).upgrade() as client:
            self.assertEqual(client.echo(b"hello"), (TEXT, b"hello"))

    def test_ipv6(self):
        if not socket.has_ipv6 or not pathlib.Path("/proc/net/if_inet6").exists():
            self.skipTest("this host has no IPv6")
        with gateway.Gateway(listen=["[::1]:0"]) as server:
            self.assertEqual(server.host, "::1")
            self.assert_echoes(server, server.addresses[0])

    def test_several_addresses(self):
        with gateway.Gateway("--shards", 2, listen=["127.0.0.1:0", "127.0.0.2:0"]) as server:
            self.assertEqual([host for host, _ in server.addresses], ["127.0.0.1", "127.0.0.2"])
            for address in server.addresses:
                for _ in range(8):  # Both shards listen on both.
                    self.assert_echoes(server, address)

    def test_an_address_can_be_listened_on_again_at_once(self):
        with gateway.Gateway() as server:
            address = f"{server.host}:{server.port}"
            self.assert_echoes(server, None)
        with gateway.Gateway(listen=[address]) as server:
            self.assert_echoes(server, None)


class LogTest(unittest.TestCase):
    def test_json_lines_are_json(self):
        with gateway.Gateway("--log-format", "json", "--log-level", "debug") as server:
            with RawClient(server) as client:
                client.send(b'GET /"quo\\te"\x7f HTTP/1.1\r\n\r\n')
                client.receive_rest()
            server.stop()
            lines = [json.loads(line) for line in server.output().splitlines()]
        self.assertGreaterEqual(len(lines), 2)
        for line in lines:
            self.assertIsInstance(line, dict)
            text = json.dumps(line)
            self.assertRegex(text, r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", "no time")
            self.assertRegex(text, r'"(trace|debug|info|warn|error)"', "no level")

    def test_a_level_silences_those_below_it(self):
        for level in ("warn", "error", "off"):
            with self.subTest(level):
                ended = gateway.run_for(0.3, "--listen", "127.0.0.1:0", "--log-level", level)
                self.assertEqual((ended.returncode, ended.stdout, ended.stderr), (0, "", ""))


if __name__ == "__main__":
    unittest.main()
