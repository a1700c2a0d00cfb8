#include "app/rooms/typing.h"

#include <array>
#include <utility>

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
  const base::Instant now = context_.now();
  const EventOptions& options = context_.options().events;
  std::string key = session_key(client.session, room);
  auto found = states_.find(key);
  const bool is_new = found == states_.end();
  if (is_new && client.typing_in >= kTypingPerClientMost) {
    context_.counters.typing_dropped.add();
    return;
  }
  if (is_new) {
    ++client.typing_in;
    found =
        states_
            .emplace(key,
                     State{.client = handle, .room = std::string(room), .serial = ++last_serial_})
            .first;
  }
  State& state = found->second;
  state.until = now + options.typing_expiry;
  if (is_new) deadlines_.push({state.until, state.serial, std::move(key)});
  if (!is_new && now - state.told < options.typing_pace) {
    context_.counters.typing_dropped.add();
    return;
  }
  state.told = now;
  tell(client, room, true);
}

void Typing::on_stop(ClientHandle /*handle*/, Client& client, const Event& event) {
  const std::string_view room = read_room(client, event);
  if (room.empty() || states_.erase(session_key(client.session, room)) == 0) return;
  --client.typing_in;
  tell(client, room, false);
}

void Typing::left(Client& client, std::string_view room) {
  if (client.typing_in == 0) return;
  if (states_.erase(session_key(client.session, room)) > 0) --client.typing_in;
}

void Typing::gone(Client& client) {
  if (client.typing_in == 0) return;
  const std::string prefix = session_key(client.session);
  auto at = states_.lower_bound(prefix);
  while (at != states_.end() && at->first.starts_with(prefix)) {
    tell(client, at->second.room, false);
    --client.typing_in;
    at = states_.erase(at);
  }
  CHECK(client.typing_in == 0);
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
  while (!deadlines_.empty() && deadlines_.top().at <= now) {
    Deadline due = deadlines_.top();
    deadlines_.pop();
    const auto found = states_.find(due.key);
    // It was stopped; what is there instead has a deadline of its own.
    if (found == states_.end() || found->second.serial != due.serial) continue;
    Client* client = context_.clients.find(found->second.client);
    CHECK(client != nullptr);  // When one is gone, so are its states.
    if (found->second.until > now) {
      due.at = found->second.until;
      deadlines_.push(std::move(due));
      continue;
    }
    const State state = std::move(found->second);
    states_.erase(found);
    --client->typing_in;
    tell(*client, state.room, false);
  }
}

}  // namespace app
