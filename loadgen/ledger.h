// Ledger: what the publishers of all shards sent, against which the receivers are judged.
//
// Filled and read on the main thread, when all shards have ended. Bound: 8 bytes per publisher and
// 16 per room.
#pragma once

#include <cstdint>
#include <vector>

namespace loadgen {

struct Ledger {
  // The order in which a room's messages came, as most of those that missed none agree on.
  struct RoomOrder {
    std::uint64_t hash = 0;
    std::uint32_t votes = 0;
  };

  Ledger(std::uint32_t rooms, std::uint32_t publishers_per_room)
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

}  // namespace loadgen
