"""millrace-load: run to its end, or beside a test, and its report read."""

import contextlib
import json
import pathlib
import subprocess

from support import gateway


def command(scenario, url, *flags):
    """The command line; the kernel ends the program if the test dies before it."""
    program = pathlib.Path(gateway.program()).with_name("millrace-load")
    if not program.is_file():
        raise AssertionError(f"{program} is not built; scripts/build dev --target millrace-load")
    return ["setpriv", "--pdeathsig", "KILL", str(program), scenario, url, *map(str, flags),
            "--json", "-", "--quiet"]


class Load:
    """A run under way. finish() waits for it; as a context it is always ended."""

    def __init__(self, scenario, url, *flags):
        self.process = subprocess.Popen(command(scenario, url, *flags), text=True,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)

    def finish(self, timeout=gateway.PATIENCE_S):
        """The exit code and the report."""
        stdout, stderr = self.process.communicate(timeout=timeout)
        if self.process.returncode not in (0, 1) or not stdout:
            raise AssertionError(f"it ended with {self.process.returncode} and said:\n{stderr}")
        return self.process.returncode, json.loads(stdout)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        with contextlib.suppress(ValueError):  # It has been read already.
            self.process.communicate()


def run(scenario, url, *flags):
    """The exit code and the report of a whole run."""
    with Load(scenario, url, *flags) as load:
        return load.finish()


def slower_than(report, nanoseconds):
    """How many of the measured messages took longer."""
    return sum(count for upper_end, count in report["latency_buckets"] if upper_end > nanoseconds)
