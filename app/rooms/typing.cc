#include "app/rooms/typing.h"

#include <algorithm>
#include <array>

#include "app/clients/session_key.h"
#include "app/rooms/room_names.h"
#include "app/rooms/room_rule.h"
#include "base/bytes.h"
#include "base/check.h"

namespace app {

namespace {

constexpr std::array<FieldRule, 1> kRules{kRoomRule};
constexpr Schema kSchema(kRules);

}  // namespace

std::string_view Typing::read_room(Client& client, const Event& event) {
  if (const EventFault* fault = checker_.check(event, kSchema); fault != nullptr) {
    context_.fail(client, event, *fault);
    return {};
  }
  const std::string_view room = checker_.found()[0]->text;
  if (is_room_name(room) && !is_reserved(room) &&
      context_.admits(client, RoomOperation::send, room)) {
    return room;
  }
  context_.fail(client, event, ErrorCode::room_access_denied, "no right to send to this room");
  return {};
}

void Typing::on_start(ClientHandle handle, Client& client, const Event& event) {
  const std::string_view room = read_room(client, event);
  if (room.empty()) return;
  const std::string key = session_key(client.session, room);
  auto found = states_.find(key);
  if (found == states_.end()) {
    if (client.typing_in >= kTypingPerClientMost) {
      context_.counters.typing_dropped.add();
      return;
    }
    ++client.typing_in;
    found = states_.emplace(key, State{.client = handle, .room = std::string(room)}).first;
  }
  const base::Instant now = context_.now();
  State& state = found->second;
  state.typing = true;
  state.until = now + context_.options().events.typing_expiry;
  if (state.start_from <= now) state.told = false;  // Who goes on is told of again.
  if (!settle(found, client, now)) context_.counters.typing_dropped.add();
}

void Typing::on_stop(ClientHandle /*handle*/, Client& client, const Event& event) {
  const std::string_view room = read_room(client, event);
  if (room.empty()) return;
  const auto found = states_.find(session_key(client.session, room));
  if (found == states_.end() || !found->second.typing) return;
  found->second.typing = false;
  if (!settle(found, client, context_.now())) context_.counters.typing_dropped.add();
}

void Typing::left(Client& client, std::string_view room) {
  if (client.typing_in == 0) return;
  const auto found = states_.find(session_key(client.session, room));
  if (found == states_.end()) return;
  found->second.typing = found->second.told = false;
  settle(found, client, context_.now());
}

void Typing::gone(Client& client) {
  if (client.typing_in == 0) return;
  const std::string prefix = session_key(client.session);
  auto at = states_.lower_bound(prefix);
  while (at != states_.end() && at->first.starts_with(prefix)) {
    if (at->second.told) tell(client, at->second.room, false);
    at = erase(at, client);
  }
  CHECK(client.typing_in == 0);
}

bool Typing::settle(States::iterator at, Client& client, base::Instant now) {
  State& state = at->second;
  base::Instant& from = state.typing ? state.start_from : state.end_from;
  const bool tells = state.typing != state.told && from <= now;
  if (tells) {
    state.told = state.typing;
    from = now + context_.options().events.typing_pace;
    tell(client, state.room, state.typing);
  }
  const base::Instant next = next_of(state);
  if (!state.typing && !state.told && next <= now) {
    erase(at, client);
  } else if (next != state.deadline) {
    deadlines_.erase({state.deadline, at->first});
    deadlines_.emplace(state.deadline = next, at->first);
  }
  return tells;
}

// When there is something to do about it.
base::Instant Typing::next_of(const State& state) noexcept {
  if (state.typing) {
    return state.told ? state.until : std::min(state.until, state.start_from);
  }
  // Until then another start, or another end, would be too soon.
  return state.told ? state.end_from : std::max(state.start_from, state.end_from);
}

Typing::States::iterator Typing::erase(States::iterator at, Client& client) {
  deadlines_.erase({at->second.deadline, at->first});
  --client.typing_in;
  return states_.erase(at);
}

void Typing::tell(const Client& client, std::string_view room, bool typing) {
  std::string& text = context_.text;
  text.clear();
  context_.writer.append_head(text, "chat:user:typing");
  text += R"({"roomId":)";
  append_json_string(text, room);
  text += R"(,"userId":)";
  append_json_string(text, client.user);
  text += typing ? R"(,"typing":true})" : R"(,"typing":false})";
  context_.writer.append_tail(text);
  set_engine_name(context_.room_name, room, client.grants->tenant);
  context_.rooms.publish_to(context_.room_name, client.session, protocol::Opcode::text,
                            base::as_bytes(text), {.echo = false});
}

void Typing::expire(base::Instant now) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    const auto found = states_.find(deadlines_.begin()->second);
    CHECK(found != states_.end());  // Its deadline goes with it.
    Client* client = context_.clients.find(found->second.client);
    CHECK(client != nullptr);  // When one is gone, so are its states.
    if (found->second.until <= now) found->second.typing = false;
    settle(found, *client, now);
  }
}

}  // namespace app
