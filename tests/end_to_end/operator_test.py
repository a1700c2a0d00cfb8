"""The operator's path, as docs/OPERATIONS.md tells it to somebody new: the package, ten lines of
configuration, a start by the unit's own command under what a service manager gives, the pages, the
alerts' metrics, a reload, and a stop that loses nothing that was acknowledged."""

import contextlib
import ctypes
import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

from support import frames, gateway, metrics, tokens, tools
from support.event_client import EventClient
from support.raw_client import RawClient, upgrade_request
from support.service_manager import Notices

ROOT = gateway.ROOT
WATCHDOG_S = 2.0  # The unit's is longer; a test has no patience for it.
DRAIN_S = 4
SHARD_THREAD = "shard-"
PTRACE_ATTACH, PTRACE_DETACH, WAIT_FOR_THREADS = 16, 17, 0x40000000


def run(*command, **options):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False,
                          timeout=gateway.PATIENCE_S, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command}: {done.stdout}{done.stderr}")
    return done.stdout


def make_package(folder):
    """Unpacks what CPack makes of the build, as dpkg would into a root of its own."""
    build = pathlib.Path(gateway.program()).parents[1]
    run(tools.command("cpack"), "-G", "DEB", "--config", build / "CPackConfig.cmake", "-B", folder)
    (package,) = folder.glob("*.deb")
    root = folder / "root"
    run(tools.command("dpkg-deb"), "-x", package, root)
    return root


def documented_settings(manual):
    """The whole configuration that the manual shows."""
    (shown,) = re.findall(r"^```toml\n(.*?)^```", manual.read_text(), re.MULTILINE | re.DOTALL)
    return shown


@contextlib.contextmanager
def held_still(thread):
    """One thread of another process does not run, as if it were lost in a loop or on a bad disk."""
    ptrace = ctypes.CDLL(None, use_errno=True).ptrace
    ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    if ptrace(PTRACE_ATTACH, thread, None, None) != 0:
        raise unittest.SkipTest("nobody may trace here: " + os.strerror(ctypes.get_errno()))
    os.waitpid(thread, WAIT_FOR_THREADS)
    try:
        yield
    finally:
        ptrace(PTRACE_DETACH, thread, None, None)


class Service:
    """The packaged program, run as its unit says: its check, then its start, then its signals."""

    def __init__(self, root, settings, notices):
        self.root = root
        self.settings = settings
        unit = (root / "lib/systemd/system/millrace.service").read_text()
        self.unit = dict(re.findall(r"^(\w+)=(.*)$", unit, re.MULTILINE))
        environment = {**notices.environment(), **self.environment_file()}
        run(*self.command("ExecStartPre"), env=environment)
        self.lines = []
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *self.command("ExecStart")], text=True,
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def command(self, name):
        """The unit's, with the root that the package is in before its paths."""
        program, *words = shlex.split(self.unit[name])
        settings = {"/etc/millrace/millrace.toml": str(self.settings)}
        return [str(self.root / program.lstrip("/")), *(settings.get(word, word) for word in words)]

    def environment_file(self):
        """What the unit's EnvironmentFile says, beside the settings; there may be none."""
        name = pathlib.PurePath(self.unit["EnvironmentFile"].removeprefix("-")).name
        file = self.settings.with_name(name)
        if not file.exists():
            return {}
        return dict(line.split("=", 1) for line in file.read_text().splitlines())

    def read(self):
        for line in self.process.stderr:
            self.lines.append(json.loads(line))  # Each line is an object: format = "json".

    def ports(self):
        """Of the clients and of the server API."""
        return (int(self.wait_for_line(r"listening on \S+:(\d+)").group(1)),
                int(self.wait_for_line(r"server API on .*\(port (\d+)\)").group(1)))

    def wait_for_line(self, pattern):
        def found():
            matches = (re.search(pattern, line["message"]) for line in list(self.lines))
            return next(filter(None, matches), None)

        match = gateway.wait_until(found)
        if not match:
            raise AssertionError(f"no {pattern!r} in {self.lines}")
        return match

    def end(self):
        code = self.process.wait(gateway.PATIENCE_S)
        self.reader.join()
        self.process.stderr.close()
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.end()


class Address:
    """Where clients connect to."""

    def __init__(self, port):
        self.host, self.port = "127.0.0.1", port


class OperatorTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="millrace-operator-")
        cls.addClassCleanup(folder.cleanup)
        cls.root = make_package(pathlib.Path(folder.name))
        cls.manual = cls.root / "usr/share/doc/millrace/OPERATIONS.md"

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="millrace-operator-")
        self.addCleanup(folder.cleanup)
        self.settings = pathlib.Path(folder.name) / "millrace.toml"
        # The manual's, but for the ports, the size of this host and a test's patience.
        text = documented_settings(self.manual)
        for documented, ours in (("0.0.0.0:8080", "127.0.0.1:0"), ("127.0.0.1:9001", "127.0.0.1:0"),
                                 ("1000000", "1000"), ('"30s"', f'"{DRAIN_S}s"')):
            self.assertIn(documented, text)
            text = text.replace(documented, ours)
        self.settings.write_text(text)
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.start()

    def start(self):
        self.notices = self.stack.enter_context(Notices(WATCHDOG_S))
        self.service = self.stack.enter_context(
            Service(self.root, self.settings, self.notices))
        self.started = self.notices.wait_for(READY="1")
        self.port, self.admin_port = self.service.ports()

    def page(self, path):
        url = f"http://127.0.0.1:{self.admin_port}{path}"
        with urllib.request.urlopen(url, timeout=gateway.PATIENCE_S) as response:
            return response.read().decode()

    def client(self):
        return self.stack.enter_context(EventClient(Address(self.port)))

    def stop(self):
        self.service.process.send_signal(getattr(signal, self.service.unit["KillSignal"]))

    def test_its_pages_answer_once_it_says_that_it_is_ready(self):
        shown = re.findall(r"^    curl http://127.0.0.1:9001(/\S+)$", self.manual.read_text(),
                           re.MULTILINE)
        self.assertEqual(shown, ["/health", "/ready"])
        for path in shown:
            self.page(path)
        self.assertEqual(json.loads(self.page("/health"))["status"], "ok")
        self.assertIn("<title>Millrace live</title>", self.page("/"))
        self.assertEqual(json.loads(self.page("/live.json"))["connections"], 0)
        self.assertEqual(json.loads(self.page("/ws/status"))["status"], "ok")
        self.stop()
        self.assertEqual(self.service.end(), 0)

    def test_a_secret_that_is_made_as_the_manual_says_lets_tokens_in(self):
        self.stop()
        self.assertEqual(self.service.end(), 0)
        commands = re.findall(r"^    ((?:install -m 600|echo \"MILLRACE_AUTH).*)$",
                              self.manual.read_text(), re.MULTILINE)
        self.assertEqual(len(commands), 2)
        for command in commands:
            run("sh", "-c", command.replace("/etc/millrace", str(self.settings.parent)))
        secret_file = self.settings.with_name("millrace.env")
        self.assertEqual(secret_file.stat().st_mode & 0o777, 0o600)
        settings = self.settings.read_text()
        self.assertIn('mode = "none"', settings)
        self.settings.write_text(settings.replace('mode = "none"', 'mode = "token"'))
        self.start()
        with RawClient(Address(self.port)) as stranger:
            self.assertEqual(stranger.ask(upgrade_request("/ws")).status, 401)
        secret = secret_file.read_text().strip().partition("=")[2]
        token = tokens.hs256(tokens.claims_of("ann"), secret)
        client = self.stack.enter_context(EventClient(Address(self.port), f"/ws?token={token}"))
        self.assertEqual(client.connected["userId"], "ann")

    def test_its_metrics_are_those_that_alerts_and_dashboard_read(self):
        clients = [self.client() for _ in range(3)]
        for client in clients:
            client.join("lobby")
        text = self.page("/metrics")
        linted = subprocess.run([tools.command("promtool"), "check", "metrics"], input=text,
                                capture_output=True, text=True, timeout=gateway.PATIENCE_S,
                                check=False)
        self.assertEqual((linted.returncode, linted.stdout + linted.stderr), (0, ""))
        page = metrics.parse(text)
        self.assertEqual(page.value("millrace_connections"), 3)
        tenant = clients[0].connected["tenantId"]
        self.assertEqual(page.value("millrace_tenant_connections", tenant=tenant), 3)
        readers = [self.root / "usr/share/doc/millrace/examples" / path
                   for path in ("prometheus/millrace_alerts.yml", "grafana/millrace.json")]
        texts = [file.read_text() for file in readers]
        read = {name for text in texts for name in re.findall(r"\bmillrace_\w+", text)}
        self.assertGreater(len(read), 30)
        self.assertEqual(read - page.names() - {"millrace_alerts"}, set())

    def test_pings_come_in_the_watchdogs_time_and_stop_with_a_shard(self):
        gateway.wait_until(lambda: len(self.notices.pings()) >= 4)
        pings = self.notices.pings()
        self.assertGreaterEqual(len(pings), 4)
        longest = max(after - before for before, after in zip(pings, pings[1:]))
        self.assertLess(longest, WATCHDOG_S)
        with held_still(self.shard_thread()):
            time.sleep(WATCHDOG_S / 2)  # What had been asked before has been answered.
            before = len(self.notices.pings())
            time.sleep(WATCHDOG_S)
            self.assertEqual(len(self.notices.pings()), before)
            self.page("/ready")  # The process itself is well.
        self.assertTrue(gateway.wait_until(lambda: len(self.notices.pings()) > before + 1))

    def shard_thread(self):
        tasks = pathlib.Path(f"/proc/{self.service.process.pid}/task")
        return next(int(task.name) for task in tasks.iterdir()
                    if (task / "comm").read_text().startswith(SHARD_THREAD))

    def test_a_reload_is_announced_and_changes_what_may_change(self):
        self.assertEqual(self.service.unit["ExecReload"], "/bin/kill -HUP $MAINPID")
        client = self.client()
        client.join("lobby")
        self.settings.write_text(self.settings.read_text() + '[rooms]\nguest_rooms = ["hall"]\n')
        self.service.process.send_signal(signal.SIGHUP)
        after = self.notices.wait_for(self.started, RELOADING="1")
        self.notices.wait_for(after, READY="1")
        self.service.wait_for_line("rooms.guest_rooms is in force")
        self.assertEqual(client.wait_for("chat:room:left")["data"]["roomId"], "lobby")
        client.join("hall")
        self.settings.write_text("[server\n")
        self.service.process.send_signal(signal.SIGHUP)
        told = self.service.wait_for_line("nothing was changed").string
        self.assertIn(f"{self.settings}:1", told)
        client.request("ping", {}, "pong")

    def test_a_stop_loses_no_message_that_was_acknowledged(self):
        readers = [self.client() for _ in range(5)]
        talker = self.client()
        for client in (*readers, talker):
            client.join("lobby")
        acknowledged, heard = [], [[] for _ in readers]

        def read(client, numbers):
            with contextlib.suppress(AssertionError):  # The close frame.
                while event := client.next_event():
                    if event["event"] == "chat:message:received":
                        numbers.append(event["data"]["content"])
            client.send(frames.close(1001))

        threads = [threading.Thread(target=read, args=pair) for pair in zip(readers, heard)]
        for thread in threads:
            thread.start()
        draining = threading.Timer(0.3, self.stop)
        draining.start()
        with contextlib.suppress(AssertionError, OSError):
            for number in range(100_000):
                message = {"room": "lobby", "content": f"number {number}", "echo": False}
                answer = talker.request("chat:message:send", message, "chat:message:sent")
                if answer["queued"] == len(readers):
                    acknowledged.append(message["content"])
        talker.close()
        for thread in threads:
            thread.join()
        self.assertEqual(self.service.end(), 0)
        self.assertGreater(len(acknowledged), 20)
        for numbers in heard:
            self.assertEqual(set(acknowledged) - set(numbers), set())
            self.assertEqual(len(numbers), len(set(numbers)), "a message came twice")
        self.service.wait_for_line("drained")

    def test_a_stop_is_announced_and_watched_while_it_lasts(self):
        client = self.client()
        self.stop()
        since = self.notices.wait_for(self.started, STOPPING="1")
        extended = next(int(notice["EXTEND_TIMEOUT_USEC"]) for _, notice in self.notices.notices
                        if "EXTEND_TIMEOUT_USEC" in notice)
        self.assertGreater(extended, DRAIN_S * 1_000_000)
        self.assertLess(DRAIN_S, int(self.service.unit["TimeoutStopSec"]))
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.page("/ready")
        self.assertEqual(refused.exception.code, 503)
        refused.exception.close()
        self.assertIn("reconnectAfter", client.wait_for("server:draining")["data"])
        stopped = time.monotonic()
        self.assertEqual(self.service.end(), 0)  # The client never answers the close.
        # Whoever is silent is waited for, and the watchdog must hear of it.
        lasted = time.monotonic() - stopped
        self.assertGreater(lasted, WATCHDOG_S / 2)
        pings = self.notices.pings(since)
        self.assertGreaterEqual(len(pings), int(lasted / WATCHDOG_S) + 1)


if __name__ == "__main__":
    unittest.main()
