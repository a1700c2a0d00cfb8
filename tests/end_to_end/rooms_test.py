"""Rooms: who receives what, once, and in one order for all, on one shard and across two."""

import asyncio
import collections
import contextlib
import unittest

import websockets

from support import gateway

ECHO_OFF = "&echo=off"
PUBLISHERS = 4
MESSAGES_EACH = 250


class RoomsTest(gateway.GatewayTest, unittest.IsolatedAsyncioTestCase):
    flags = ("--shards", "2")

    async def asyncSetUp(self):
        # What the loop's debug mode would find is not ours, and it takes ten times as long.
        asyncio.get_running_loop().set_debug(False)
        self.clients = contextlib.AsyncExitStack()
        self.addAsyncCleanup(self.clients.aclose)

    async def join(self, room, options=""):
        url = self.gateway.websocket(f"/room?room={room}{options}")
        return await self.clients.enter_async_context(
            websockets.connect(url, max_size=None, max_queue=None, compression=None))

    async def join_all(self, *rooms):
        return await self.join("&room=".join(rooms))

    async def receive(self, client):
        return await asyncio.wait_for(client.recv(), gateway.PATIENCE_S)

    async def test_a_message_goes_to_every_member_as_it_came(self):
        members = [await self.join("all") for _ in range(8)]
        for sent in ("text é€𝄞", b"\x00\xff binary", "", b"", "x" * 65536):
            await members[3].send(sent)
            for member in members:
                self.assertEqual(await self.receive(member), sent)

    async def test_with_echo_off_the_sender_hears_only_the_others(self):
        quiet, other = await self.join("quiet", ECHO_OFF), await self.join("quiet")
        await quiet.send("from quiet")
        self.assertEqual(await self.receive(other), "from quiet")
        await other.send("from other")
        self.assertEqual(await self.receive(quiet), "from other")
        self.assertEqual(await self.receive(other), "from other")

    async def test_rooms_do_not_hear_each_other(self):
        one, two = await self.join("one"), await self.join("two")
        await one.send("for one")
        await two.send("for two")
        await one.send("again for one")
        self.assertEqual(await self.receive(two), "for two")
        self.assertEqual([await self.receive(one) for _ in range(2)], ["for one", "again for one"])

    async def test_the_name_is_the_decoded_one(self):
        # RFC 3986 6.2.2: "%61" is another spelling of "a"; letters keep their case.
        plain, encoded = await self.join("caf%C3%A9a"), await self.join("caf%c3%a9%61")
        upper = await self.join("CAF%C3%A9a")
        await plain.send("same")
        self.assertEqual(await self.receive(encoded), "same")
        await upper.send("other")
        self.assertEqual(await self.receive(upper), "other")

    async def test_who_sees_the_101_hears_all_that_is_sent_after_it(self):
        for number in range(100):
            there, new = await self.join(f"new-{number}"), await self.join(f"new-{number}")
            await there.send("welcome")
            self.assertEqual(await self.receive(new), "welcome")

    async def test_who_left_hears_no_more_and_the_room_goes_on(self):
        members = [await self.join("leaving") for _ in range(4)]
        await members[0].close()
        members[1].transport.abort()
        await members[2].send("after")
        self.assertEqual(await self.receive(members[2]), "after")
        self.assertEqual(await self.receive(members[3]), "after")

    async def test_no_membership_is_left_when_all_have_left(self):
        await self.clients.aclose()
        for number in range(20):
            (await self.join("gone")).transport.abort()
            await (await self.join(f"gone-{number % 3}")).close()
        for gauge in ("millrace_room_memberships", "millrace_rooms"):
            self.assertTrue(gateway.wait_until(lambda: self.gateway.metrics().value(gauge) == 0),
                            (gauge, self.gateway.metrics().value(gauge)))

    async def test_a_room_name_is_free_again_when_all_have_left(self):
        for turn in range(20):
            first, second = await self.join("again"), await self.join("again")
            await first.send(f"turn {turn}")
            self.assertEqual(await self.receive(second), f"turn {turn}")
            await first.close()
            await second.close()

    async def test_large_messages_reach_all_whole(self):
        members = [await self.join("large") for _ in range(4)]
        sent = [bytes([number]) * (1 << 18) for number in range(3)]
        for message in sent:
            await members[0].send(message)
        for member in members:
            self.assertEqual([await self.receive(member) for _ in sent], sent)

    # ---- Several rooms for one connection --------------------------------------------------------

    async def test_who_is_let_into_busy_rooms_is_answered_before_it_hears(self):
        # What is published while a join waits is nobody's: the 101 comes first, then frames.
        names = [f"busy-{number}" for number in range(6)]
        publishers = [await self.join(name, ECHO_OFF) for name in names]
        stop = asyncio.Event()

        async def publish(publisher):
            while not stop.is_set():
                await publisher.send("tick")
                await asyncio.sleep(0)

        publishing = asyncio.gather(*map(publish, publishers))
        for _ in range(50):
            member = await self.join_all(*names)  # Raises where frames precede the answer.
            self.assertEqual(await self.receive(member), "tick")
            member.transport.abort()
        stop.set()
        await publishing

    async def test_who_leaves_leaves_all_its_rooms(self):
        await self.clients.aclose()
        names = [f"left-{number}" for number in range(30)]
        for _ in range(10):
            (await self.join_all(*names)).transport.abort()
            await (await self.join_all(*names)).close()
        for gauge in ("millrace_room_memberships", "millrace_rooms"):
            self.assertTrue(gateway.wait_until(lambda: self.gateway.metrics().value(gauge) == 0),
                            (gauge, self.gateway.metrics().value(gauge)))

    async def hear_publishers(self, room):
        """What each of 40 members heard while 4 of them published at once."""
        members = [await self.join(room) for _ in range(40)]

        async def publish(publisher):
            for number in range(MESSAGES_EACH):
                await members[publisher].send(f"{publisher} {number}")
                if number % 10 == publisher:
                    await asyncio.sleep(0)  # Lets the publishers' messages mix.

        async def collect(member):
            return [await member.recv() for _ in range(PUBLISHERS * MESSAGES_EACH)]

        collecting = asyncio.gather(*map(collect, members))
        await asyncio.gather(*map(publish, range(PUBLISHERS)))
        return await asyncio.wait_for(collecting, gateway.PATIENCE_S)

    async def test_one_order_for_all_over_two_shards(self):
        for room in ("order-1", "order-2"):  # Their publishers hardly all sit on one shard twice.
            heard = await self.hear_publishers(room)
            self.assertEqual(len(set(map(tuple, heard))), 1, "members heard different orders")
            self.assertEqual(set(collections.Counter(heard[0]).values()), {1}, "a message twice")
            for publisher in range(PUBLISHERS):
                own = [text for text in heard[0] if text.startswith(f"{publisher} ")]
                self.assertEqual(own, [f"{publisher} {n}" for n in range(MESSAGES_EACH)])


if __name__ == "__main__":
    unittest.main()
