#include "app/clients/user_homes.h"

namespace app {

std::uint32_t UserHomes::arrived(std::uint64_t user_hash, std::uint32_t shard) {
  std::uint32_t total = 1;
  Part* part = nullptr;
  const auto [begin, end] = shards_.equal_range(user_hash);
  for (auto at = begin; at != end; ++at) {
    total += at->second.connections;
    if (at->second.shard == shard) part = &at->second;
  }
  if (part != nullptr) {
    ++part->connections;
  } else {
    shards_.emplace(user_hash, Part{shard, 1});
  }
  return total;
}

void UserHomes::left(std::uint64_t user_hash, std::uint32_t shard) {
  const auto [begin, end] = shards_.equal_range(user_hash);
  for (auto at = begin; at != end; ++at) {
    if (at->second.shard != shard) continue;
    if (--at->second.connections == 0) shards_.erase(at);
    return;
  }
}

}  // namespace app
