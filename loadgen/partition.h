// Partition: which of a run's clients belong to which shard: blocks of them in turn.
//
// With blocks of one the members of a room and the publishers are spread evenly over the shards;
// with a room to a block a room's messages wake one shard and not as many as it has members. Plain
// value, any thread.
#pragma once

#include <algorithm>
#include <cstdint>

namespace loadgen {

struct Partition {
  std::uint32_t shard = 0;
  std::uint32_t shards = 1;
  std::uint32_t clients = 0;  // In all shards.
  std::uint32_t block = 1;    // Clients with successive numbers that stay together.

  // How many clients this shard has, numbered here from 0.
  constexpr std::uint32_t size() const noexcept { return below(clients); }
  // How many of them have a number in the whole run that is below `global`.
  constexpr std::uint32_t below(std::uint32_t global) const noexcept {
    const std::uint32_t round = block * shards;
    const std::uint32_t before = shard * block;
    const std::uint32_t rest = global % round;
    return global / round * block + std::min(rest - std::min(rest, before), block);
  }
  // The number in the whole run of this shard's client `local`.
  constexpr std::uint32_t global(std::uint32_t local) const noexcept {
    return (local / block * shards + shard) * block + local % block;
  }
};

}  // namespace loadgen
