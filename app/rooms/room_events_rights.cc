// Rights: who is in a room may lose the right to it, and the server API puts clients into rooms and
// takes them out.
#include <string>
#include <string_view>
#include <vector>

#include "app/native/native_gateway.h"
#include "app/rooms/room_events.h"
#include "app/rooms/room_names.h"
#include "engine/room/room_name.h"

namespace app {

// Roles or rules may have changed while the room's home was asked. Whom the server API puts into a
// room needs no right.
bool RoomEvents::may_still_join(const Client& client, const PendingJoin& join,
                                const engine::Room& room) const {
  if (join.by == JoinedBy::server) return true;
  const auto may_still = [&](RoomOperation what) {
    return context_.judge(client, what, engine::without_tag(room.name)) != AccessVerdict::no;
  };
  return may_still(RoomOperation::join) &&
         (join.by != JoinedBy::creating || may_still(RoomOperation::create));
}

// So may the right to what was missed.
bool RoomEvents::may_still_read(const Client& client, const engine::Room& room) const {
  return context_.judge(client, RoomOperation::history, engine::without_tag(room.name)) !=
         AccessVerdict::no;
}

std::uint32_t RoomEvents::rules_changed(ClientHandle handle) {
  std::vector<std::string> unsure;
  return leave_lost(handle, unsure);
}

std::uint32_t RoomEvents::grants_changed(ClientHandle handle) {
  std::vector<std::string> unsure;
  const std::uint32_t rooms = leave_lost(handle, unsure);
  const Client& client = *context_.clients.find(handle);
  for (const std::string& room : unsure) ask_again(handle, client, room);
  return rooms;
}

std::uint32_t RoomEvents::leave_lost(ClientHandle handle, std::vector<std::string>& unsure) {
  Client& client = *context_.clients.find(handle);
  std::uint32_t rooms = 0;
  std::vector<engine::RoomHandle> lost;
  context_.rooms.for_rooms_of(
      client.session, [&](engine::RoomHandle each, const engine::Room& room) {
        ++rooms;
        if (is_reserved(room.name) || room.name == kEverybody) return;
        const std::string_view name = engine::without_tag(room.name);
        const AccessVerdict verdict = context_.judge(client, RoomOperation::join, name);
        if (verdict == AccessVerdict::no) lost.push_back(each);
        if (verdict == AccessVerdict::ask) unsure.emplace_back(name);
      });
  for (const engine::RoomHandle each : lost) {
    context_.counters.evictions.add();
    leave(client, each, "no longer admitted", {});
  }
  return rooms;
}

void RoomEvents::ask_again(ClientHandle handle, const Client& client, const std::string& room) {
  const ShardPosts& posts = context_.services.posts;
  const std::uint32_t shard = context_.shard.number();
  context_.policy->authority->ask(
      context_.question(client, RoomOperation::join, room),
      [&posts, shard, handle, room](AccessAnswer answer) {
        if (answer != AccessAnswer::denied) return;  // It stays where it was let in.
        static_cast<void>(posts.post_owed(shard, [handle, room](NativeGateway& gateway) {
          if (gateway.context().clients.find(handle) == nullptr) return;
          if (!gateway.room_events().take_out(handle, room, "no longer admitted")) return;
          gateway.context().counters.evictions.add();
        }));
      });
}

bool RoomEvents::subscribe(ClientHandle handle, std::string_view room) {
  Client& client = *context_.clients.find(handle);
  set_engine_name(context_.room_name, room, client.grants->tenant);
  const engine::RoomHandle known = context_.rooms.find(context_.room_name);
  if (known && context_.rooms.is_member(client.session, known)) return false;
  if (awaits_join(client, context_.room_name)) return false;
  join(client, room, {.client = handle, .by = JoinedBy::server}, nullptr);
  return true;
}

bool RoomEvents::unsubscribe(ClientHandle handle, std::string_view room) {
  return take_out(handle, room, "removed");
}

bool RoomEvents::take_out(ClientHandle handle, std::string_view room, std::string_view reason) {
  Client& client = *context_.clients.find(handle);
  set_engine_name(context_.room_name, room, client.grants->tenant);
  const engine::RoomHandle known = context_.rooms.find(context_.room_name);
  if (!known || !context_.rooms.is_member(client.session, known)) return false;
  leave(client, known, reason, {});
  return true;
}

}  // namespace app
