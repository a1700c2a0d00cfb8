#include "app/admin/room_listing.h"

#include <optional>
#include <utility>
#include <vector>

#include "app/admin/place_walk.h"
#include "app/admin/shard_questions.h"
#include "app/native/native_gateway.h"
#include "app/rooms/room_names.h"
#include "engine/room/room_name.h"

namespace app {

namespace {

bool fits(const RoomQuery& query, std::string_view engine_name) {
  const std::string_view tenant = tenant_of(engine_name);
  if (tenant.empty() || (!query.tenant.empty() && tenant != query.tenant)) return false;
  return engine_name.starts_with(query.prefix);
}

struct HomeEntry {
  std::string name{};  // The engine's.
  std::uint64_t number = 0;
};

using HomeStep = PlaceStep<HomeEntry>;

// Of the rooms that are at home there.
HomeStep look_at_homes(engine::Rooms& rooms, const RoomQuery& query, std::uint32_t place,
                       std::size_t most) {
  const auto entry_at = [&](std::uint32_t at) -> std::optional<HomeEntry> {
    const base::Handle handle = rooms.homes().handle_at(at);
    if (!handle) return std::nullopt;
    const engine::HomeRoom& room = *rooms.home_room(handle);
    // Some are only remembered: what was said in them is.
    if (room.subscriptions.empty() || !fits(query, room.name)) return std::nullopt;
    return HomeEntry{room.name, room.last_number};
  };
  return look_at_places<HomeEntry>(rooms.homes().touched(), place, most, entry_at);
}

using Counts = std::vector<std::uint64_t>;

void add_members(const ShardPosts& posts, const std::vector<HomeEntry>& homes, RoomPage& page) {
  const std::vector<Counts> all = ask_all_shards<Counts>(posts, [homes](NativeGateway& gateway) {
    Counts counts;
    const engine::Rooms& rooms = gateway.context().rooms;
    for (const HomeEntry& home : homes) {
      const engine::Room* room = rooms.find(rooms.find(home.name));
      counts.push_back(room == nullptr ? 0 : room->population());
    }
    return counts;
  });
  page.complete = page.complete && all.size() == posts.shards();
  for (const Counts& counts : all) {
    for (std::size_t i = 0; i < counts.size(); ++i) page.rooms[i].members += counts[i];
  }
}

}  // namespace

RoomPage list_rooms(const ShardPosts& posts, const RoomQuery& query) {
  const auto ask = [&](const PlaceCursor& cursor, std::size_t most) {
    return ask_shard<HomeStep>(
        posts, cursor.shard, [=](NativeGateway& gateway, const Telling<HomeStep>& tell) {
          tell(look_at_homes(gateway.context().rooms, query, cursor.place, most));
        });
  };
  auto walk = walk_places<HomeEntry>(posts.shards(), query.cursor, query.limit, ask);
  RoomPage page{.complete = walk.complete, .rooms = {}, .next = std::move(walk.next)};
  for (const HomeEntry& home : walk.entries) {
    page.rooms.push_back({.tenant = std::string(tenant_of(home.name)),
                          .name = std::string(engine::without_tag(home.name)),
                          .number = home.number});
  }
  add_members(posts, walk.entries, page);
  return page;
}

}  // namespace app
