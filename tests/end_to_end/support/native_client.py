"""A client of native events: says one, waits for what it is waiting for, keeps what else came."""

import asyncio
import collections
import itertools
import json
import struct
import time
import unittest

import websockets

from support import gateway, raw_client, tokens

# Long enough that what was on its way from another shard has come.
QUIET_S = 0.15


class AsyncTest(unittest.IsolatedAsyncioTestCase):
    """Tests that are coroutines, without asyncio's debugging, which would be ten times slower."""

    async def asyncSetUp(self):
        asyncio.get_running_loop().set_debug(False)


class Refused(Exception):
    """The handshake was answered with something else than 101; see handshake() for the body."""

    def __init__(self, status):
        super().__init__(f"answered with {status}")
        self.status = status


class NativeClient:
    """As a context it is closed; see connect()."""

    def __init__(self, websocket):
        self.websocket = websocket
        self.heard = collections.deque()  # What came and nobody has asked for yet.
        self.numbers = itertools.count(1)
        self.connected = None

    @property
    def id(self):
        return self.connected["connectionId"]

    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, value, trace):
        await self.websocket.close()

    # ---- Saying ----------------------------------------------------------------------------------

    async def send(self, message):
        """Any text or octets, however wrong."""
        await self.websocket.send(message)

    async def say(self, event, data=None, request_id=None, **more):
        envelope = {"event": event, "data": {} if data is None else data, **more}
        if request_id is not None:
            envelope["requestId"] = request_id
        await self.send(json.dumps(envelope))

    async def ask(self, event, data=None, timeout=gateway.PATIENCE_S):
        """Says it with a request's id and returns the answer, an error or not."""
        request_id = f"q{next(self.numbers)}"
        await self.say(event, data, request_id)
        return await self.wait_for(lambda one: one.get("requestId") == request_id, timeout)

    async def must(self, event, data=None, timeout=gateway.PATIENCE_S):
        """As ask(), for what must succeed: its data."""
        answer = await self.ask(event, data, timeout)
        if answer["event"] == "error":
            raise AssertionError(f"{event} {data} was answered {answer}")
        return answer["data"]

    async def fail(self, event, data=None):
        """As ask(), for what must fail: the error's code."""
        answer = await self.ask(event, data)
        if answer["event"] != "error":
            raise AssertionError(f"{event} {data} was answered {answer}")
        return answer["data"]["code"]

    async def join(self, room, **more):
        return await self.must("chat:room:join", {"room": room, **more})

    async def chat(self, room, content, **more):
        return await self.must("chat:message:send", {"room": room, "content": content, **more})

    # ---- Hearing ---------------------------------------------------------------------------------

    async def receive(self, timeout):
        """The next message, text as what its JSON says; raises ConnectionClosed at the end."""
        message = await asyncio.wait_for(self.websocket.recv(), timeout)
        return json.loads(message) if isinstance(message, str) else message

    async def wait_for(self, wanted, timeout=gateway.PATIENCE_S):
        """The first message for which wanted(message) is true; others are kept."""
        for message in self.heard:
            if isinstance(message, dict) and wanted(message):
                self.heard.remove(message)
                return message
        deadline = time.monotonic() + timeout
        while True:
            try:
                message = await self.receive(max(deadline - time.monotonic(), 0.001))
            except asyncio.TimeoutError:
                kept = list(self.heard)[-20:]
                raise AssertionError(f"what was waited for did not come; there is {kept}") from None
            if isinstance(message, dict) and wanted(message):
                return message
            self.heard.append(message)

    async def event(self, name, timeout=gateway.PATIENCE_S):
        """The data of the next event of that name."""
        return (await self.wait_for(lambda one: one["event"] == name, timeout))["data"]

    async def error(self, timeout=gateway.PATIENCE_S):
        return await self.event("error", timeout)

    async def octets(self, timeout=gateway.PATIENCE_S):
        """The next binary message."""
        for message in self.heard:
            if isinstance(message, bytes):
                self.heard.remove(message)
                return message
        while not isinstance(message := await self.receive(timeout), bytes):
            self.heard.append(message)
        return message

    async def everything(self, quiet=QUIET_S):
        """All that came since, until so long nothing more does."""
        try:
            while True:
                self.heard.append(await self.receive(quiet))
        except (asyncio.TimeoutError, websockets.ConnectionClosed):
            found = list(self.heard)
            self.heard.clear()
            return found

    async def end(self, timeout=gateway.PATIENCE_S):
        """Waits for the gateway's close: its code and reason. What came before is kept."""
        try:
            while True:
                self.heard.append(await self.receive(timeout))
        except asyncio.TimeoutError:
            raise AssertionError("the connection was not closed") from None
        except websockets.ConnectionClosed as closed:
            if closed.rcvd is None:
                raise AssertionError("the connection ended without a close frame") from None
            return closed.rcvd.code, closed.rcvd.reason


def named(messages, name):
    """The data of those of some messages that are events of that name."""
    return [one["data"] for one in messages if isinstance(one, dict) and one["event"] == name]


async def connect(server, token=None, path="/ws", query="", headers=None, subprotocols=None,
                  origin=None):
    """Connects, with a token in the header if there is one, and takes `connected`."""
    headers = dict(headers or {})
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    try:
        websocket = await websockets.connect(
            server.websocket(path + query), extra_headers=headers, subprotocols=subprotocols,
            origin=origin, open_timeout=gateway.PATIENCE_S, max_size=None, max_queue=None,
            compression=None, ping_interval=None, close_timeout=2)
    except websockets.InvalidStatusCode as refused:
        raise Refused(refused.status_code) from None
    client = NativeClient(websocket)
    try:
        first = await client.receive(gateway.PATIENCE_S)
        if first["event"] != "connected":
            raise AssertionError(f"the first event is {first}")
    except BaseException:
        await websocket.close()
        raise
    client.connected = first["data"]
    return client


def handshake(server, path="/ws", **headers):
    """The response to one upgrade request, with its body if it is refused."""
    with raw_client.RawClient(server) as client:
        return client.ask(raw_client.upgrade_request(path, **headers))


async def connect_as(server, user, tenant="acme", query="", headers=None, **claims):
    return await connect(server, tokens.mint(user, tenant, **claims), query=query, headers=headers)


def binary(room, payload=b"", kind=1, flags=0, stream=1, sequence=1, version=1):
    """A binary message as clients send it."""
    name = room.encode()
    head = struct.pack(">BBBBII", version, kind, flags, len(name), stream, sequence)
    return head + name + payload
