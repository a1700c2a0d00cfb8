#include "app/clients/user_homes.h"

namespace app {

void UserHomes::left(std::uint64_t user_hash, std::uint32_t shard) {
  const auto [begin, end] = shards_.equal_range(user_hash);
  for (auto at = begin; at != end; ++at) {
    if (at->second != shard) continue;
    shards_.erase(at);
    return;
  }
}

}  // namespace app
