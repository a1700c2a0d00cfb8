"""A client of native events over a bare socket: a line for each step of a test, and no loop."""

import json

from support import frames
from support.raw_client import RawClient


class EventClient(RawClient):
    """Connected, and told so, when it is made. What arrives waits until it is asked for."""

    def __init__(self, gateway, path="/ws", **options):
        super().__init__(gateway, **options)
        self.requests = 0
        try:
            self.upgrade(path)
            self.connected = self.wait_for("connected")["data"]
        except BaseException:
            self.close()
            raise

    def say(self, event, data, **more):
        text = json.dumps({"event": event, "data": data, **more})
        self.send(frames.encode(frames.TEXT, text.encode()))

    def next_event(self):
        _, payload = self.read_message()
        return json.loads(payload)

    def wait_for(self, name):
        """The next event of that name; what comes before it is dropped."""
        while (event := self.next_event())["event"] != name:
            pass
        return event

    def request(self, event, data, answer):
        """Says something, and the answer must be that: its data."""
        self.requests += 1
        request_id = str(self.requests)
        self.say(event, data, requestId=request_id)
        while (got := self.next_event()).get("requestId") != request_id:
            pass
        if got["event"] != answer:
            raise AssertionError(f"{event} was answered with {got}")
        return got["data"]

    def join(self, room):
        return self.request("chat:room:join", {"room": room}, "chat:room:joined")
