// Rights: who is in a room may lose the right to it, and the server API puts clients into rooms and
// takes them out.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/clients/session_key.h"
#include "app/native/native_gateway.h"
#include "app/rooms/room_events.h"
#include "app/rooms/room_names.h"
#include "engine/room/room_name.h"

namespace app {

// Roles or rules may have changed while the room's home was asked. Whom the server API puts into a
// room needs no right.
bool RoomEvents::may_still_join(const Client& client, const JoinRequest& request,
                                const engine::Room& room) const {
  if (request.is_given) return true;
  const auto may_still = [&](RoomOperation what) {
    return context_.judge(client, what, engine::without_tag(room.name)) != AccessVerdict::no;
  };
  return may_still(RoomOperation::join) && (!request.creates || may_still(RoomOperation::create));
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
        if (is_given(client.session, room.name)) return;
        const std::string_view name = engine::without_tag(room.name);
        const AccessVerdict verdict = context_.judge(client, RoomOperation::join, name);
        if (verdict == AccessVerdict::no) lost.push_back(each);
        if (verdict == AccessVerdict::ask) unsure.emplace_back(name);
      });
  for (const engine::RoomHandle each : lost) {
    context_.counters.evictions.add();
    leave(handle, each, "no longer admitted", {});
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
          gateway.room_events().on_denied(handle, room);
        }));
      });
}

void RoomEvents::on_denied(ClientHandle handle, std::string_view room) {
  const Client* client = context_.clients.find(handle);
  if (client == nullptr) return;
  set_engine_name(context_.room_name, room, client->grants->tenant);
  if (is_given(client->session, context_.room_name)) return;  // Since it was asked about.
  if (take_out(handle, room, "no longer admitted")) context_.counters.evictions.add();
}

// ---- By the server ------------------------------------------------------------------------------

bool RoomEvents::is_given(engine::SessionId session, std::string_view engine_name) const {
  return !given_.empty() && given_.contains(session_key(session, engine_name));
}

// The membership ends.
void RoomEvents::take_back(engine::SessionId session, std::string_view engine_name) {
  if (!given_.empty()) given_.erase(session_key(session, engine_name));
}

bool RoomEvents::subscribe(ClientHandle handle, std::string_view room) {
  Client& client = *context_.clients.find(handle);
  set_engine_name(context_.room_name, room, client.grants->tenant);
  const engine::RoomHandle known = context_.rooms.find(context_.room_name);
  std::string key = session_key(client.session, context_.room_name);
  if (known && context_.rooms.is_member(client.session, known)) {
    given_.insert(std::move(key));
    return false;
  }
  if (const auto waiting = pending_.find(key); waiting != pending_.end()) {
    std::vector<NextStep>& next = waiting->second.next;
    const bool leaves = !next.empty() && !next.back().leaves.empty();
    if (leaves) {
      next.push_back({.request = {.is_given = true}});
    } else {
      (next.empty() ? waiting->second.request : next.back().request).is_given = true;
    }
    return leaves;
  }
  join(client, room, {.client = handle, .request = {.is_given = true}}, nullptr);
  return true;
}

bool RoomEvents::unsubscribe(ClientHandle handle, std::string_view room) {
  PendingJoin* const join = find_join(*context_.clients.find(handle), room);
  if (join == nullptr) return take_out(handle, room, "removed");
  if (!join->next.empty() && !join->next.back().leaves.empty()) return false;
  join->next.push_back({.leaves = "removed"});
  return true;
}

bool RoomEvents::take_out(ClientHandle handle, std::string_view room, std::string_view reason,
                          std::string_view request_id_raw) {
  Client& client = *context_.clients.find(handle);
  set_engine_name(context_.room_name, room, client.grants->tenant);
  const engine::RoomHandle known = context_.rooms.find(context_.room_name);
  if (!known || !context_.rooms.is_member(client.session, known)) return false;
  leave(handle, known, reason, request_id_raw);
  return true;
}

}  // namespace app
