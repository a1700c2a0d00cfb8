// HomeDirectory: the rooms whose home is this shard: their numbering, and which shards subscribe.
//
// The home is a function of the name, so every shard finds it without asking. A room exists here
// while some shard has members in it or something of it is remembered. Threads: the shard's own.
// Bound: kRoomsPerShardMost rooms, a subscription per shard and room.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/slot_map.h"
#include "engine/room/name_index.h"
#include "engine/room/room_history.h"

namespace engine {

struct HomeRoom {
  struct Subscription {
    std::uint32_t shard;
    base::Handle room;  // What that shard calls it.
  };
  std::string name;
  std::uint64_t last_number = 0;
  std::vector<Subscription> subscriptions;
  std::uint32_t tally = 0;                 // The application's: of what, it alone knows.
  std::uint8_t mark = 0;                   // The application's too; every subscriber has it.
  std::unique_ptr<RoomHistory> history{};  // Once something was kept.
};

class HomeDirectory {
 public:
  HomeDirectory();

  // The shard that is home to rooms of that name.
  static std::uint32_t home_of(std::string_view name, std::uint32_t shards) noexcept;

  // Null when there is no such room.
  base::Handle find(std::string_view name) const noexcept;
  // Null when the directory is full.
  base::Handle find_or_create(std::string_view name);
  base::Handle subscribe(std::string_view name, std::uint32_t shard, base::Handle room);
  void unsubscribe(base::Handle home, std::uint32_t shard, base::Handle room);
  // Forgets a room that nobody is in and of which nothing is remembered.
  void drop_if_unused(base::Handle home);
  HomeRoom* find(base::Handle home) noexcept { return rooms_.find(home); }
  // For listings: the rooms in [from, touched()), by place.
  base::Handle handle_at(std::uint32_t place) const noexcept { return rooms_.handle_at(place); }
  std::uint32_t touched() const noexcept { return rooms_.touched(); }
  std::uint32_t size() const noexcept { return rooms_.size(); }

 private:
  base::SlotMap<HomeRoom> rooms_;
  NameIndex names_;
};

}  // namespace engine
