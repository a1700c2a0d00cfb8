"""What the tests of deploy/ share: the built millrace, run to its end or serving for a while."""

import contextlib
import os
import pathlib
import signal
import subprocess
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("MILLRACE_BIN", ROOT / "build/dev/bin")).resolve().parent
MILLRACE = BUILD / "bin/millrace"
PATIENCE_S = 60
DIE_ALONG = ["setpriv", "--pdeathsig", "KILL"]  # With a test that is ended itself.


def run(*command, **options):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=PATIENCE_S, check=False, **options)


def has_flag(flag):
    return flag in run(MILLRACE, "--help").stdout


@contextlib.contextmanager
def serving(*before, preexec=None):
    """A raw millrace with two shards, perhaps run by other programs; yields its address, and has
    its end waited for. `preexec` is called in the new process before its program."""
    # A sanitizer that looks for leaks traces the process itself, and makes calls of its own.
    environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
    command = [*DIE_ALONG, *before, *DIE_ALONG, MILLRACE, "--raw", "--listen", "127.0.0.1:0",
               "--shards", "2"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                          env=environment, start_new_session=True, preexec_fn=preexec) as process:
        try:
            line = process.stderr.readline()
            if "listening on" not in line:
                raise AssertionError(line + process.stderr.read())
            yield line.split()[-1]
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)  # The programs before it are of its session.
            process.communicate(timeout=PATIENCE_S)


def page(address, path):
    return urllib.request.urlopen(f"http://{address}{path}", timeout=PATIENCE_S).read()
