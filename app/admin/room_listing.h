// Room listing: the rooms of the whole process, by pages, for the server API.
//
// A room is read at its home, its members are counted on every shard. Any thread but a shard's:
// waits for the shards. Bounds: RoomQuery::limit entries, those of a PlaceWalk.
#pragma once

#include <cstdint>
#include <string>

#include "app/admin/control.h"
#include "app/shard_posts.h"

namespace app {

struct RoomQuery {
  std::string tenant{};  // Empty: of every tenant.
  std::string prefix{};
  std::string cursor{};
  std::uint32_t limit = 0;
};

RoomPage list_rooms(const ShardPosts& posts, const RoomQuery& query);

}  // namespace app
