// HomeDirectory: the rooms whose home is this shard: their numbering, and which shards subscribe.
//
// The home is a function of the name, so every shard finds it without asking. A room exists here
// while some shard has members in it. Threads: the shard's own. Bound: kRoomsPerShardMost rooms,
// a subscription per shard and room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/slot_map.h"
#include "engine/room/name_index.h"

namespace engine {

struct HomeRoom {
  struct Subscription {
    std::uint32_t shard;
    base::Handle room;  // What that shard calls it.
  };
  std::string name;
  std::uint64_t last_number = 0;
  std::vector<Subscription> subscriptions;
};

class HomeDirectory {
 public:
  HomeDirectory();

  // The shard that is home to rooms of that name.
  static std::uint32_t home_of(std::string_view name, std::uint32_t shards) noexcept;

  // Null when the directory is full.
  base::Handle subscribe(std::string_view name, std::uint32_t shard, base::Handle room);
  void unsubscribe(base::Handle home, std::uint32_t shard, base::Handle room);
  HomeRoom* find(base::Handle home) noexcept { return rooms_.find(home); }
  std::uint32_t size() const noexcept { return rooms_.size(); }

 private:
  base::SlotMap<HomeRoom> rooms_;
  NameIndex names_;
};

}  // namespace engine
