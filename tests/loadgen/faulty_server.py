"""A WebSocket server that is wrong in exactly the way that its client asks for.

    faulty_server.py        prints its port and serves 127.0.0.1 until it is ended

/echo and /room?room=R&room=S... behave; with fault=NAME, every 30th message of a connection (or of
a room) meets that fault; fault=narrow lets members into the first of their rooms alone. It is the
proof that the load generator's audit can fail.
"""

import asyncio
import collections
import contextlib
import http
import urllib.parse

import websockets

FAULT_EVERY = 30
LATE_BY = 100  # Messages; more than an audit remembers one by one.
DEAF_TO = 3  # Of the first messages of a member that came when others had been heard.


def corrupted(message):
    return message[:40] + bytes([message[40] ^ 1]) + message[41:]


class Stream:
    """What is sent on for one connection of an echo, or for one member of a room."""

    def __init__(self, fault, member=0):
        self.fault = fault
        self.member = member
        self.count = 0
        self.held = None
        self.release_at = 0
        self.was_late = False

    def pass_on(self, message):
        """The messages to send now that `message` has come."""
        self.count += 1
        out = [message]
        if self.fault == "deaf" and self.count <= DEAF_TO:
            return []
        if self.count % FAULT_EVERY == 0:
            out = self.spoil(message)
        if self.held is not None and self.count >= self.release_at:
            out.append(self.held)
            self.held = None
        return out

    def spoil(self, message):
        match self.fault:
            case "drop":
                return []
            case "duplicate":
                return [message, message]
            case "corrupt":
                return [corrupted(message)]
            case "cut":
                return [message[:-1]]
            case "reorder":
                return self.hold(message, 1)
            case "late" if not self.was_late:
                self.was_late = True
                return self.hold(message, LATE_BY)
            case "disagree" if self.member == 1:
                return self.hold(message, 1)
        return [message]

    def hold(self, message, messages):
        if self.held is not None:
            return [message]
        self.held, self.release_at = message, self.count + messages
        return []


class Server:
    def __init__(self):
        self.rooms = collections.defaultdict(dict)
        self.requests = 0
        self.one_at_a_time = asyncio.Lock()  # One order for all members.

    async def admit(self, path, _headers):
        self.requests += 1
        if "fault=refuse" in path and self.requests % 3 == 0:
            return http.HTTPStatus.SERVICE_UNAVAILABLE, [], b""
        return None

    async def serve(self, socket):
        url = urllib.parse.urlsplit(socket.path)
        query = urllib.parse.parse_qs(url.query)
        fault = query.get("fault", ["none"])[0]
        if url.path == "/echo":
            await self.echo(socket, fault)
        else:
            await self.join(socket, query["room"][:1 if fault == "narrow" else None], fault)

    async def echo(self, socket, fault):
        stream = Stream(fault)
        async for message in socket:
            for out in stream.pass_on(message):
                await socket.send(out)
            if fault == "disconnect" and stream.count == FAULT_EVERY:
                return
            if fault == "stall" and stream.count == FAULT_EVERY:
                await asyncio.sleep(0.5)

    async def join(self, socket, names, fault):
        for name in names:
            members = self.rooms[name]
            came_late = any(stream.count > 0 for stream in members.values())
            own_fault = "none" if fault == "deaf" and not came_late else fault
            members[socket] = Stream(own_fault, len(members))
        home = self.rooms[names[0]]
        try:
            async for message in socket:
                async with self.one_at_a_time:
                    await self.fan_out(message, home, self.is_stray(home[socket], fault))
        except websockets.ConnectionClosed:
            pass
        finally:
            for name in names:
                del self.rooms[name][socket]

    def is_stray(self, stream, fault):
        return fault == "misdeliver" and stream.count % FAULT_EVERY == 0

    async def fan_out(self, message, members, stray):
        receivers = list(members.items())
        if stray:
            others = (room for room in self.rooms.values() if room is not members)
            receivers += [entry for room in others for entry in room.items()]
        for member, stream in receivers:
            for out in stream.pass_on(message):
                with contextlib.suppress(websockets.ConnectionClosed):  # Its own handler sees it.
                    await member.send(out)


async def main():
    server = Server()
    async with websockets.serve(server.serve, "127.0.0.1", 0, compression=None, max_queue=None,
                                process_request=server.admit) as listening:
        print(listening.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


if __name__ == "__main__":
    asyncio.run(main())
