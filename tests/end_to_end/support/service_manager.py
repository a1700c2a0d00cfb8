"""What systemd is to a service: the socket that it is told things on, and the watchdog's time."""

import os
import pathlib
import socket
import tempfile
import threading
import time

from support.gateway import PATIENCE_S


class Notices:
    """A socket as NOTIFY_SOCKET names one. Notices are kept in order, with when they came."""

    def __init__(self, watchdog_s):
        self.folder = tempfile.TemporaryDirectory(prefix="millrace-notify-")
        self.path = pathlib.Path(self.folder.name) / "notify"
        self.watchdog_s = watchdog_s
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(self.path))
        self.notices = []  # Pairs of a time and the assignments of one datagram.
        self.changed = threading.Condition()
        self.thread = threading.Thread(target=self.read)

    def environment(self):
        return {**os.environ, "NOTIFY_SOCKET": str(self.path),
                "WATCHDOG_USEC": str(int(self.watchdog_s * 1e6))}

    def read(self):
        while data := self.socket.recv(65536):
            lines = data.decode().splitlines()
            with self.changed:
                self.notices.append((time.monotonic(), dict(line.split("=", 1) for line in lines)))
                self.changed.notify_all()

    def wait_for(self, since=0, **wanted):
        """The first notice from that number on that has these; how many there were until then."""
        def found():
            return next((number + 1 for number, (_, notice) in enumerate(self.notices)
                         if number >= since and wanted.items() <= notice.items()), None)

        with self.changed:
            number = self.changed.wait_for(found, PATIENCE_S)
            if number is None:
                raise AssertionError(f"no {wanted} since {since} in {self.notices}")
            return number

    def pings(self, since=0):
        with self.changed:
            return [at for at, notice in self.notices[since:] if notice.get("WATCHDOG") == "1"]

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"", str(self.path))  # Ends the reading.
        self.thread.join()
        self.socket.close()
        self.folder.cleanup()
