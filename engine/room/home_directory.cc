#include "engine/room/home_directory.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"

namespace engine {

HomeDirectory::HomeDirectory() : rooms_(base::kRoomsPerShardMost) {}

std::uint32_t HomeDirectory::home_of(std::string_view name, std::uint32_t shards) noexcept {
  const std::uint64_t hash = hash_name(name);
  return static_cast<std::uint32_t>((hash ^ (hash >> 32U)) % shards);
}

base::Handle HomeDirectory::subscribe(std::string_view name, std::uint32_t shard,
                                      base::Handle room) {
  base::Handle handle{};
  if (const auto found = names_.find(name); found != names_.end()) {
    handle = found->second;
  } else {
    handle = rooms_.try_insert();
    if (!handle) return handle;
    rooms_.find(handle)->name = name;
    names_.emplace(std::string(name), handle);
  }
  rooms_.find(handle)->subscriptions.push_back({shard, room});
  return handle;
}

void HomeDirectory::unsubscribe(base::Handle home, std::uint32_t shard, base::Handle room) {
  HomeRoom* found = rooms_.find(home);
  if (found == nullptr) return;
  std::erase_if(found->subscriptions, [&](const HomeRoom::Subscription& subscription) {
    return subscription.shard == shard && subscription.room == room;
  });
  if (!found->subscriptions.empty()) return;
  names_.erase(found->name);
  rooms_.erase(home);
}

}  // namespace engine
