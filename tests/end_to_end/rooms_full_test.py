"""A shard that has no place for another room: who asks for it and others is refused, and is soon in
none of them. The join is refused at once or by another shard, after others are in force."""

import itertools
import unittest

from support import gateway
from support.raw_client import RawClient, upgrade_request

SHARDS = 2
ROOMS_MOST = 1 << 18  # base/limits.h, kRoomsPerShardMost
ROOMS_PER_REQUEST = 64  # base/limits.h, kRoomsPerRequestMost
ATTEMPTS = 24  # So many hardly all sit on one shard.


def home_of(name):
    """engine/room/home_directory.cc"""
    digest = 0xCBF29CE484222325
    for octet in name.encode():
        digest = (digest ^ octet) * 0x100000001B3 % 2**64
    return (digest ^ digest >> 32) % SHARDS


def names_at(shard):
    return (name for name in map(str, itertools.count()) if home_of(name) == shard)


class RoomsFullTest(gateway.GatewayTest):
    flags = ("--shards", str(SHARDS), "--no-room-affinity")

    def memberships(self):
        return self.gateway.metrics().value("millrace_room_memberships")

    def ask(self, client, names):
        client.send(upgrade_request("/room?" + "&".join(f"room={name}" for name in names)))
        return client.read_response().status

    def client(self):
        client = RawClient(self.gateway)
        self.addCleanup(client.close)
        return client

    def test_one_join_that_fails_undoes_the_others(self):
        full, roomy = names_at(0), names_at(1)
        for _ in range(ROOMS_MOST // ROOMS_PER_REQUEST):
            names = itertools.islice(full, ROOMS_PER_REQUEST)
            self.assertEqual(self.ask(self.client(), names), 101)
        self.assertEqual(self.memberships(), ROOMS_MOST)
        for _ in range(ATTEMPTS):
            # Rooms for which there is place, before and behind the one for which there is none.
            names = [next(roomy), next(roomy), next(full), next(roomy), next(roomy)]
            self.assertEqual(self.ask(self.client(), names), 503)
        self.assertTrue(gateway.wait_until(lambda: self.memberships() == ROOMS_MOST))
        self.assertEqual(self.gateway.metrics().value("millrace_rooms"), ROOMS_MOST)
        self.assertEqual(self.ask(self.client(), [next(roomy), next(roomy)]), 101)


if __name__ == "__main__":
    unittest.main()
