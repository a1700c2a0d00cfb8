// Partition: which of a run's clients belong to which shard: client g to shard g modulo shards.
//
// Spreads the members of a room and the publishers evenly over the shards. Plain value, any thread.
#pragma once

#include <cstdint>

namespace loadgen {

struct Partition {
  std::uint32_t shard = 0;
  std::uint32_t shards = 1;
  std::uint32_t clients = 0;  // In all shards.

  // How many clients this shard has, numbered here from 0.
  constexpr std::uint32_t size() const noexcept { return below(clients); }
  // How many of them have a number in the whole run that is below `global`.
  constexpr std::uint32_t below(std::uint32_t global) const noexcept {
    return (global + shards - 1 - shard) / shards;
  }
  // The number in the whole run of this shard's client `local`.
  constexpr std::uint32_t global(std::uint32_t local) const noexcept {
    return local * shards + shard;
  }
};

}  // namespace loadgen
