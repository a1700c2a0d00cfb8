"""A real millrace: started on a port of its own, read, and always ended with the test."""

import functools
import mmap
import os
import pathlib
import re
import subprocess
import threading
import time
import unittest
import urllib.request

from support import metrics

ROOT = pathlib.Path(__file__).resolve().parents[3]
PATIENCE_S = 30  # For what must happen: long enough for a sanitizer's build on a busy machine.
LISTENING = re.compile(r"listening on (\S+):(\d+)\b")
SANITIZER = re.compile(r"(?:Address|Thread|Leak|Memory)Sanitizer|runtime error:|check failed", re.I)


def program():
    """The program under test: of the build that ctest names, or of the last one by hand."""
    folder = os.environ.get("MILLRACE_BIN")
    if folder is None:
        built = ROOT.glob("build/*/bin/millrace")
        newest = max(built, key=lambda path: path.stat().st_mtime, default=None)
        folder = newest.parent if newest else "build/dev/bin"
    path = pathlib.Path(folder) / "millrace"
    if not path.is_file():
        raise AssertionError(f"{path} is not built; scripts/build dev --target millrace does it")
    return str(path)


@functools.cache
def is_instrumented():
    """Whether it is a sanitizer's build, many times slower and larger: then times and sizes that
    are judged finely say nothing of the product."""
    with open(program(), "rb") as file, \
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as octets:
        return any(octets.find(name) >= 0 for name in (b"__asan_init", b"__tsan_init"))


def environment():
    """AddressSanitizer keeps little of what was freed, so that memory can be judged by its size."""
    options = "quarantine_size_mb=1:" + os.environ.get("ASAN_OPTIONS", "")
    return {**os.environ, "ASAN_OPTIONS": options.rstrip(":")}


def command(*flags):
    """The command line; the kernel ends the program if the test dies before it."""
    return ["setpriv", "--pdeathsig", "KILL", program(), *map(str, flags)]


def run(*flags, timeout=PATIENCE_S):
    """Runs millrace to its end, for what it says and does without serving anybody."""
    return subprocess.run(command(*flags), capture_output=True, text=True, timeout=timeout,
                          stdin=subprocess.DEVNULL, check=False)


def run_for(seconds, *flags):
    """Runs millrace, asks it to end after so long, and waits until it has."""
    with subprocess.Popen(command(*flags), text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            time.sleep(seconds)
            process.terminate()
            stdout, stderr = process.communicate(timeout=PATIENCE_S)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)


class Gateway:
    """millrace serving on a free port. As a context it is stopped, and must stop cleanly."""

    def __init__(self, *flags, listen=("127.0.0.1:0",), raw=True):
        listening = [flag for address in listen for flag in ("--listen", address)]
        self.lines = []
        self.changed = threading.Condition()
        self.process = subprocess.Popen(
            command(*listening, *(["--raw"] if raw else []), *flags), text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=environment())
        self.reader = threading.Thread(target=self.read_output, daemon=True)
        self.reader.start()
        try:
            self.addresses = self.wait_until_listening(len(listen))
        except BaseException:
            self.kill()
            raise
        self.host, self.port = self.addresses[0]

    def read_output(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.lines.append(None)  # No more will come.
            self.changed.notify_all()

    def output(self):
        with self.changed:
            return "\n".join(line for line in self.lines if line is not None)

    def wait_for_output(self, pattern, count=1, timeout=PATIENCE_S):
        """The first `count` matches of a pattern in the output, one per line."""
        def matches():
            lines = [line for line in self.lines if line is not None]
            return [match for match in map(re.compile(pattern).search, lines) if match][:count]

        with self.changed:
            # What has ended says no more.
            self.changed.wait_for(lambda: len(matches()) >= count or None in self.lines, timeout)
            found = matches()
        if len(found) < count:
            raise AssertionError(f"millrace did not say {pattern!r}; it said:\n{self.output()}")
        return found

    def wait_until_listening(self, count):
        found = self.wait_for_output(LISTENING.pattern, count)
        return [(match.group(1).strip("[]"), int(match.group(2))) for match in found]

    def url(self, path, scheme="http"):
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}{path}"

    def websocket(self, path):
        return self.url(path, "ws")

    def metrics(self):
        with urllib.request.urlopen(self.url("/metrics"), timeout=PATIENCE_S) as response:
            return metrics.parse(response.read().decode())

    def resident_bytes(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", text).group(1)) * 1024

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, timeout=PATIENCE_S):
        """Waits for the end. Returns the exit code, after checking that nothing went wrong."""
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            said = self.output()
            self.kill()
            raise AssertionError(f"millrace did not end in {timeout} s; it said:\n{said}") from None
        self.reader.join(PATIENCE_S)
        self.process.stdout.close()
        if SANITIZER.search(self.output()):
            raise AssertionError(f"millrace found a fault in itself:\n{self.output()}")
        return code

    def stop(self):
        """SIGTERM; it must end by itself, with 0."""
        if self.process.poll() is None:
            self.process.terminate()
        code = self.wait()
        if code != 0:
            raise AssertionError(f"millrace ended with {code}; it said:\n{self.output()}")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.reader.join(PATIENCE_S)
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind is None:
            self.stop()
        else:
            self.kill()


class GatewayTest(unittest.TestCase):
    """Tests of one class that share one millrace, started with the class's `flags`."""

    flags = ()

    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway(*cls.flags)

    @classmethod
    def tearDownClass(cls):
        cls.gateway.stop()


def wait_until(condition, timeout=PATIENCE_S, pause=0.02):
    """Waits until a condition holds; returns its last value, for the caller to assert."""
    deadline = time.monotonic() + timeout
    while not (value := condition()) and time.monotonic() < deadline:
        time.sleep(pause)
    return value
