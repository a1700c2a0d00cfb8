// Presence: who is in a room: told as members come and go, and listed by pages.
//
// A page is gathered from shard to shard, each looking at as many members as the page has left, so
// a page of a room of 100,000 costs what a page of a small one does. Who comes and goes is told to
// the others while the room is small: its home counts the members of all shards, and the room's
// mark says on each of them whether it is. A membership's note says what was told of it, so that
// going is told exactly where coming was. Threads: the shard's own.
// Bounds: RoomSettings::presence_members, beyond which nobody's coming is told, until a quarter of
// so many are gone; kPageEntriesMost.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/native/native_context.h"
#include "app/rooms/member_page.h"
#include "app/rooms/place_cursor.h"
#include "app/rooms/typing.h"
#include "engine/room/room.h"
#include "engine/shard/shard_message.h"

namespace app {

class Presence {
 public:
  using Done = std::function<void(NativeGateway&, MemberPage)>;

  Presence(NativeContext& context, Typing& typing) : context_(context), typing_(typing) {}

  // The client, a member now, has asked to be, or was put in.
  void joined(const Client& client, engine::RoomHandle handle);
  // The same for one that is about to be no member any more, however it came into the room.
  void left(Client& client, engine::RoomHandle handle);
  // Those of NativeMessage that are about members.
  void on_shard_message(const engine::ShardMessage& message);

  // A page of the room's members from `cursor` on (none: from the start). `done` is called on this
  // shard; it is not called where a shard has ended meanwhile. False when there is too much to do.
  bool list(std::string engine_name, std::string_view cursor, std::uint32_t limit, Done done);

 private:
  // On its way from shard to shard.
  struct Query {
    std::string room{};
    std::uint32_t asker = 0;
    std::uint32_t limit = 0;
    PlaceCursor from{};  // Where the page begins.
    MemberPage page{};
    Done done{};
  };

  void count(const engine::Room& room, bool joins);
  void count_at_home(base::Handle home, bool joins);
  void tell(const Client& client, const engine::Room& room, std::string_view action);
  void look(std::uint32_t shard, std::shared_ptr<Query> query);
  void add_members(Query& query, const engine::Room& room);

  NativeContext& context_;
  Typing& typing_;
};

}  // namespace app
