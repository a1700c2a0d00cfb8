"""What the recipes of perf/ share: servers to measure, one run of load on one of them, and the
heading of a result.

A server is named on the command line as
    NAME=COMMAND                   started for each run; {port} is filled in
    NAME=ws://HOST:PORT@PID        somebody else has started it, and it stays
    NAME                           one of perf/peers, or millrace itself

Our own programs are those of the release preset, or of the folder that MILLRACE_BIN names.
"""
import datetime
import json
import os
import pathlib
import re
import shlex
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAMS = pathlib.Path(os.environ.get("MILLRACE_BIN", ROOT / "build/release/bin"))
SHOWN = os.path.relpath(PROGRAMS, ROOT)
MILLRACE = f"{SHOWN}/millrace --raw --listen 127.0.0.1:{{port}} --shards 1 --log-level warn"
START_S = 60  # A peer may have to be compiled first.
RUN_S = 180   # For one run of load: longer than any recipe's.


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def require_programs(*names):
    for name in names:
        if not os.access(PROGRAMS / name, os.X_OK):
            raise SystemExit(f"{SHOWN}/{name} is missing: scripts/build release")


class Spec:
    """A server as it was named."""

    def __init__(self, text):
        self.name, has_rest, rest = text.partition("=")
        running = re.fullmatch(r"ws://([^/@]+):(\d+)/?@(\d+)", rest)
        self.running = None
        self.serves = ("echo", "room")
        if running:
            self.running = (running.group(1), int(running.group(2)), int(running.group(3)))
        elif has_rest:
            self.command = rest
        elif self.name == "millrace":
            self.command = MILLRACE
        else:
            listed = available_peers()
            if self.name not in listed:
                raise SystemExit(f"{self.name}: no such peer, or it cannot be started here; "
                                 "see perf/peers/start --list")
            self.serves = listed[self.name]
            self.command = f"perf/peers/start {self.name} {{port}}"

    def shown(self):
        """As it may be written down: where a peer was built is its machine's business."""
        if self.running:
            return f"{self.name}=ws://{self.running[0]}:{self.running[1]}@PID"
        words = self.command.split(" ")
        return f"{self.name}=" + " ".join(
            os.path.basename(word) if word.startswith("/") else word for word in words)


def available_peers():
    """Name -> what it serves to millrace-load, of the peers that can be started here."""
    done = subprocess.run([ROOT / "perf/peers/start", "--list"], capture_output=True, text=True,
                          timeout=START_S, check=True)
    peers = {}
    for line in done.stdout.splitlines():
        name, _, state = line.partition(": ")
        if state.startswith("serves"):
            peers[name] = tuple(word for word in ("echo", "room") if word in state)
    return peers


class Server:
    """A server of a Spec: started, on a cpu of its own if told so, and ready; or already there."""

    def __init__(self, spec, cpu=None, flags=""):
        self.spec, self.process = spec, None
        if spec.running:
            self.host, self.port, self.pid = spec.running
            return
        self.host, self.port = "127.0.0.1", free_port()
        pin = ["taskset", "-c", str(cpu)] if cpu is not None else []
        words = shlex.split(spec.command.replace("{port}", str(self.port)) + " " + flags)
        self.process = subprocess.Popen([*pin, *words], cwd=ROOT, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.pid = self.process.pid

    def __enter__(self):
        deadline = time.monotonic() + START_S
        while True:
            try:
                urllib.request.urlopen(f"http://{self.host}:{self.port}/health", timeout=1).read()
                return self
            except OSError as error:
                ended = self.process is None or self.process.poll() is not None
                if ended or time.monotonic() > deadline:
                    self.__exit__()
                    raise SystemExit(f"{self.spec.name} does not answer /health: {error}") from None
                time.sleep(0.05)

    def __exit__(self, *_):
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def load(self, scenario, path, *flags):
        """One run of millrace-load against it, as its JSON report; and the command."""
        with tempfile.NamedTemporaryFile(suffix=".json") as report:
            words = [f"{SHOWN}/millrace-load", scenario,
                     f"ws://{self.host}:{self.port}{path}", *map(str, flags),
                     "--server-pid", str(self.pid)]
            done = subprocess.run([*words, "--quiet", "--json", report.name], cwd=ROOT,
                                  capture_output=True, text=True, timeout=RUN_S, check=False)
            if not os.path.getsize(report.name):
                raise SystemExit(f"{shlex.join(words)}: {done.stderr}")
            shown = [word.replace(f":{self.port}/", ":PORT/") for word in words]
            shown[-1] = "PID"
            return json.load(open(report.name, encoding="utf-8")), shlex.join(shown)


def built_commit():
    """The commit that the measured programs say they are, and whether the sources differ by now."""
    said = subprocess.run([PROGRAMS / "millrace", "--version"], capture_output=True, text=True,
                          timeout=START_S, check=True).stdout
    commit = re.search(r"\(([0-9a-f]{12,})", said)
    words = ["git", "status", "--porcelain", "--", "base", "protocol", "engine", "app", "loadgen"]
    changed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    name = commit.group(1)[:12] if commit else said.strip()
    return name + (" and changes that are not committed" if changed else "")


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return os.uname().machine


def heading(title, more=""):
    """The first lines of a result: what ran where, built from what, and when."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    busy = os.getloadavg()[0]
    return [f"# {title}, {datetime.date.today().isoformat()}", "",
            f"Machine: {processor()}, {os.cpu_count()} cpus, {memory:.0f} GiB, "
            f"Linux {os.uname().release.partition('-')[0]}. Commit: {built_commit()}. "
            f"Load average at the end: {busy:.1f}. {more}".strip(), ""]


def write_result(text, path):
    print(text)
    if path:
        pathlib.Path(path).write_text(text, encoding="utf-8")


def say(text):
    print(text, file=sys.stderr, flush=True)
