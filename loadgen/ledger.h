// Ledger: what the publishers of all shards sent, against which the receivers are judged.
//
// One part for each group of clients; rooms are counted from the group's first. Filled and read on
// the main thread, when all shards have ended. Bound: 8 bytes per publisher and 16 per room.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "loadgen/client_groups.h"

namespace loadgen {

// The order in which a room's messages came, as most of those that missed none agree on: the vote
// of Boyer and Moore, so that one odd member does not make all the others odd.
struct RoomOrder {
  std::uint64_t hash = 0;
  std::uint64_t votes = 0;

  void vote(std::uint64_t for_hash, std::uint64_t count) noexcept {
    if (hash == for_hash) {
      votes += count;
    } else if (votes >= count) {
      votes -= count;
    } else {
      hash = for_hash;
      votes = count - votes;
    }
  }
};

struct GroupLedger {
  GroupLedger(std::uint32_t rooms, std::uint32_t publishers_per_room)
      : publishers(publishers_per_room),
        sent(std::uint64_t{rooms} * publishers_per_room),
        orders(rooms) {}

  std::uint64_t& sent_by(std::uint32_t room, std::uint32_t publisher) {
    return sent[std::uint64_t{room} * publishers + publisher];
  }
  std::uint64_t sent_by(std::uint32_t room, std::uint32_t publisher) const {
    return sent[std::uint64_t{room} * publishers + publisher];
  }

  std::uint32_t publishers;
  std::vector<std::uint64_t> sent;
  std::vector<RoomOrder> orders;
};

struct Ledger {
  explicit Ledger(std::span<const ClientGroup> plan) {
    for (const ClientGroup& group : plan) groups.emplace_back(group.rooms, group.publishers);
  }

  std::vector<GroupLedger> groups;
};

}  // namespace loadgen
