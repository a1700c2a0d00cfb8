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

base::Handle HomeDirectory::find(std::string_view name) const noexcept {
  return names_.find_in(rooms_, name);
}

base::Handle HomeDirectory::find_or_create(std::string_view name) {
  if (const base::Handle found = find(name)) return found;
  const base::Handle handle = rooms_.try_insert();
  if (!handle) return handle;
  rooms_.find(handle)->name = name;
  names_.add(name, handle.index);
  return handle;
}

base::Handle HomeDirectory::subscribe(std::string_view name, std::uint32_t shard,
                                      base::Handle room) {
  const base::Handle handle = find_or_create(name);
  if (handle) rooms_.find(handle)->subscriptions.push_back({shard, room});
  return handle;
}

void HomeDirectory::unsubscribe(base::Handle home, std::uint32_t shard, base::Handle room) {
  HomeRoom* found = rooms_.find(home);
  if (found == nullptr) return;
  std::erase_if(found->subscriptions, [&](const HomeRoom::Subscription& subscription) {
    return subscription.shard == shard && subscription.room == room;
  });
  drop_if_unused(home);
}

void HomeDirectory::drop_if_unused(base::Handle home) {
  const HomeRoom* room = rooms_.find(home);
  if (room == nullptr || !room->subscriptions.empty()) return;
  if (room->history != nullptr && !room->history->empty()) return;
  names_.remove(room->name, home.index);
  rooms_.erase(home);
}

}  // namespace engine
