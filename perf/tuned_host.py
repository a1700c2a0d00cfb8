"""A host prepared for very many connections: its settings by scripts/tune-host, put back after, and
as root a network namespace of its own, whose socket table is large enough.

A host's own socket table is sized at boot, and two million sockets make long chains in it. Used by
scripts/capacity and the recipes of perf/ that open a crowd.
"""
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# A loopback neither loses nor queues: what guards against that only costs time here.
LOOPBACK_SETTINGS = ("net.ipv4.tcp_congestion_control=reno", "net.ipv4.tcp_early_retrans=0",
                     "net.ipv4.tcp_slow_start_after_idle=0")
INSIDE = "MILLRACE_TUNED_NAMESPACE"


@contextlib.contextmanager
def tuned(port, keep=False):
    """The host, or the network namespace that this runs in, as many connections need it."""
    tune = ROOT / "scripts/tune-host"
    environment = {**os.environ, "MILLRACE_PORTS": str(port)}
    if INSIDE in os.environ:
        environment["MILLRACE_TUNE_STATE"] = f"/run/millrace-tune-host-{os.getpid()}"
    quiet = {"env": environment, "stdout": sys.stderr}
    subprocess.run([tune], check=True, **quiet)
    try:
        yield
    finally:
        if not keep or INSIDE in os.environ:
            subprocess.run([tune, "--undo"], check=True, **quiet)


def run_again_inside(settings=()):
    """This program's exit status in a network namespace of its own, which ends with it."""
    wanted = " ".join(f"'{setting}'" for setting in (*LOOPBACK_SETTINGS, *settings))
    print(f"In a network namespace of its own, with {wanted}.", file=sys.stderr, flush=True)
    inside = f'ip link set lo up && sysctl -qw {wanted} && exec "$@"'
    return subprocess.run(["unshare", "--net", "--", "sh", "-c", inside, "sh", sys.executable,
                           *sys.argv], check=False, env={**os.environ, INSIDE: "1"}).returncode


def run(main, port, settings=(), keep=False):
    """main()'s exit status on a tuned host, inside a namespace where that is possible."""
    if os.geteuid() == 0 and shutil.which("unshare") and INSIDE not in os.environ:
        with tuned(port, keep):
            return run_again_inside(settings)
    with tuned(port, keep):
        return main()
