"""A server of the native protocol (docs/PROTOCOL.md) that is wrong in exactly the way that its
client asks for.

    faulty_native_server.py        prints its port and serves 127.0.0.1 until it is ended

/ws behaves; with fault=NAME in the query, every 30th message of a room meets that fault. Tokens are
read and not checked. It is the proof that the native audit of the load generator can fail.
"""

import asyncio
import base64
import collections
import contextlib
import http
import json
import urllib.parse

import websockets

FAULT_EVERY = 30
RECEIPT_PACE_S = 0.05
TIME = "2026-11-27T15:51:47.012Z"
# Those of a single member's message, by how the bytes change.
SPOILED = {
    "corrupt": lambda text: text.replace('"content":"4d', '"content":"4e'),
    "sender": lambda text: text.replace('"senderId":"u', '"senderId":"v'),
    "room": lambda text: text.replace('"roomId":"r', '"roomId":"s'),
    "type": lambda text: text.replace('"type":"chat"', '"type":"file"'),
    "tail": lambda text: text + " ",
}


def event(name, data, request=None):
    head = f'{{"event":"{name}",'
    if request is not None:
        head += f'"requestId":{request},'
    return f'{head}"data":{json.dumps(data, separators=(",", ":"))},"version":"1.0"}}'


def claims_of(query):
    body = query["token"][0].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


class Member:
    def __init__(self, socket, claims):
        self.socket = socket
        self.user = claims["sub"]
        self.tenant = claims["tenantId"]
        self.held = {}  # By room: what waits for the next.

    async def tell(self, text):
        with contextlib.suppress(websockets.ConnectionClosed):  # Its own handler sees it.
            await self.socket.send(text)


class Message:
    """One that asks for receipts."""

    def __init__(self, sender, ident, room, number):
        self.sender, self.ident, self.room, self.number = sender, ident, room, number
        self.delivered = self.read = 0
        self.telling = None  # A task, while it is about to be told.
        self.skipped = False


class Server:
    def __init__(self):
        self.rooms = collections.defaultdict(list)  # By tenant and name.
        self.counts = collections.Counter()
        self.messages = {}
        self.requests = 0

    async def admit(self, path, _headers):
        self.requests += 1
        if "fault=refuse" in path and self.requests % 3 == 0:
            return http.HTTPStatus.UNAUTHORIZED, [], b""
        return None

    async def serve(self, socket):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(socket.path).query)
        fault = query.get("fault", ["none"])[0]
        member = Member(socket, claims_of(query))
        user = "nobody" if fault == "stranger" else member.user
        await member.tell(event("connected", {
            "connectionId": "c0", "userId": user, "tenantId": member.tenant, "userType": "employee",
            "rooms": [f"user:{user}", f"tenant:{member.tenant}"], "serverTime": TIME}))
        try:
            async for text in socket:
                await self.hear(member, json.loads(text), fault)
        except websockets.ConnectionClosed:
            pass
        finally:
            for members in self.rooms.values():
                if member in members:
                    members.remove(member)

    async def hear(self, member, said, fault):
        data = said["data"]
        match said["event"]:
            case "chat:room:join":
                key = (member.tenant, data["room"])
                self.rooms[key].append(member)
                await member.tell(event("chat:room:joined", {
                    "roomId": data["room"], "epoch": "e", "seq": self.counts[key]},
                    said["requestId"]))
            case "chat:message:send":
                await self.publish(member, data, said.get("requestId"), fault)
            case "chat:message:receipt":
                self.count_receipt(data, fault)

    # ---- Messages --------------------------------------------------------------------------------

    async def publish(self, sender, data, request, fault):
        key = (sender.tenant, data["room"])
        self.counts[key] += 1
        number = self.counts[key]
        faulty = number % FAULT_EVERY == FAULT_EVERY // 2
        if fault == "error" and faulty:
            await sender.tell(event("error", {
                "code": "RATE_LIMITED", "message": "Rate limit exceeded", "recoverable": True,
                "timestamp": TIME, "details": {}}))
        ident = f"m{data['room']}-{sender.tenant}-{number}"
        if data.get("receipts"):
            self.messages[ident] = Message(sender, ident, data["room"], number)
        shown = number + (number // FAULT_EVERY if fault == "number" else 0)
        text = self.received(sender, data, ident, shown)
        members = list(self.rooms[key])
        await self.fan_out(text, key, members, fault if faulty else "none")
        if fault == "leak" and faulty:
            for other, strangers in list(self.rooms.items()):
                if other[0] != sender.tenant and other[1] == data["room"]:
                    for stranger in strangers:
                        await stranger.tell(text)
        if request is not None:
            await self.acknowledge(sender, request, ident, shown, len(members), fault)

    def received(self, sender, data, ident, number):
        return event("chat:message:received", {
            "type": "chat", "id": ident, "roomId": data["room"], "senderId": sender.user,
            "content": data["content"], "timestamp": TIME, "deliveryStatus": "delivered",
            "seq": number})

    async def fan_out(self, text, key, members, fault):
        for place, member in enumerate(members):
            out = [text]
            if fault == "drop":
                out = []
            elif fault == "duplicate":
                out = [text, text]
            elif fault in SPOILED and place == 0:
                out = [SPOILED[fault](text)]
            elif fault == "reorder" and key not in member.held:
                member.held[key], out = text, []
            for one in out:
                await member.tell(one)
            if fault == "none" and key in member.held:
                await member.tell(member.held.pop(key))

    async def acknowledge(self, sender, request, ident, number, members, fault):
        faulty = fault if number % 3 == 0 else "none"
        if faulty == "no-ack":
            return
        queued = members - (1 if faulty == "ack" else 0)
        await sender.tell(event("chat:message:sent", {
            "id": ident, "seq": number + (1 if faulty == "ack-number" else 0), "matched": members,
            "queued": queued, "conflated": 0, "dropped": 0, "duplicate": False}, request))

    # ---- Receipts --------------------------------------------------------------------------------

    def count_receipt(self, data, fault):
        message = self.messages[data["id"]]
        if fault == "receipt-lost" and not message.skipped:
            message.skipped = True
            return
        message.delivered += 1
        message.read += data["kind"] == "read"
        if message.telling is None:
            message.telling = asyncio.create_task(self.tell_receipts(message, fault))

    async def tell_receipts(self, message, fault):
        await asyncio.sleep(RECEIPT_PACE_S)
        message.telling = None
        extra = 1000 if fault == "receipt-many" else 0
        await message.sender.tell(event("chat:message:receipts", {
            "id": message.ident, "roomId": message.room, "seq": message.number,
            "delivered": message.delivered + extra, "read": message.read}))


async def main():
    server = Server()
    async with websockets.serve(server.serve, "127.0.0.1", 0, compression=None, max_queue=None,
                                process_request=server.admit) as listening:
        print(listening.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


if __name__ == "__main__":
    asyncio.run(main())
