#include "app/admin/room_listing.h"

#include <utility>
#include <vector>

#include "app/admin/shard_questions.h"
#include "app/native/native_gateway.h"
#include "app/rooms/place_cursor.h"
#include "app/rooms/room_names.h"
#include "engine/room/room_name.h"

namespace app {

namespace {

// What one shard has found of a page.
struct Found {
  std::vector<std::string> names{};  // The engine's.
  std::vector<std::uint64_t> numbers{};
  std::uint32_t next_place = 0;
  bool more = false;
};

bool fits(const RoomQuery& query, std::string_view engine_name) {
  const std::string_view tenant = tenant_of(engine_name);
  if (tenant.empty() || (!query.tenant.empty() && tenant != query.tenant)) return false;
  return engine_name.starts_with(query.prefix);
}

// Looks at no more than kRoomsLookedAt rooms, however few of them fit.
Found find_rooms(const engine::HomeDirectory& homes, engine::Rooms& rooms, const RoomQuery& query,
                 std::uint32_t place, std::size_t most) {
  Found found;
  std::uint32_t looked_at = 0;
  for (; place < homes.touched(); ++place) {
    if (found.names.size() == most || looked_at++ == kRoomsLookedAt) {
      found.more = true;
      break;
    }
    const base::Handle handle = homes.handle_at(place);
    if (!handle) continue;
    const engine::HomeRoom& room = *rooms.home_room(handle);
    if (!fits(query, room.name)) continue;
    found.names.push_back(room.name);
    found.numbers.push_back(room.last_number);
  }
  found.next_place = place;
  return found;
}

using Counts = std::vector<std::uint64_t>;

void add_members(const ShardPosts& posts, const std::vector<std::string>& names, RoomPage& page) {
  const std::vector<Counts> all = ask_all_shards<Counts>(posts, [names](NativeGateway& gateway) {
    Counts counts;
    const engine::Rooms& rooms = gateway.context().rooms;
    for (const std::string& name : names) {
      const engine::Room* room = rooms.find(rooms.find(name));
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
  RoomPage page;
  std::vector<std::string> names;
  PlaceCursor cursor = PlaceCursor::parse(query.cursor);
  for (; cursor.shard < posts.shards(); cursor = {cursor.shard + 1, 0}) {
    const std::size_t left = query.limit - names.size();
    auto found = ask_shard<Found>(
        posts, cursor.shard, [=](NativeGateway& gateway, const Telling<Found>& tell) {
          engine::Rooms& rooms = gateway.context().rooms;
          tell(find_rooms(rooms.homes(), rooms, query, cursor.place, left));
        });
    page.complete = page.complete && found.has_value();
    if (!found) continue;
    for (std::size_t i = 0; i < found->names.size(); ++i) {
      const std::string& name = found->names[i];
      page.rooms.push_back({.tenant = std::string(tenant_of(name)),
                            .name = std::string(engine::without_tag(name)),
                            .number = found->numbers[i]});
      names.push_back(name);
    }
    if (!found->more) continue;
    page.next = PlaceCursor{cursor.shard, found->next_place}.text();
    break;
  }
  add_members(posts, names, page);
  return page;
}

}  // namespace app
