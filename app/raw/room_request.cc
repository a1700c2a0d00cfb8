#include "app/raw/room_request.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/limits.h"
#include "engine/room/name_index.h"
#include "protocol/http_request.h"

namespace app {

namespace {

// "on" or "off", if it is there; nothing when it is something else.
std::optional<bool> read_switch(std::string_view query, std::string_view name, bool otherwise) {
  const std::optional<std::string> text = protocol::query_parameter(query, name);
  if (!text) return otherwise;
  if (*text != "on" && *text != "off") return std::nullopt;
  return *text == "on";
}

base::Error error(std::string_view text) { return base::Error{std::string(text)}; }

}  // namespace

base::Result<RoomRequest> RoomRequest::parse(std::string_view query) {
  RoomRequest request;
  std::optional<std::vector<std::string>> names = protocol::query_parameters(query, "room");
  if (!names) return error("an escape in a room's name is not % and two hex digits");
  for (std::string& name : *names) {
    if (name.empty()) return error("a room's name is empty; name a room: /room?room=NAME");
    if (name.size() > base::kRoomNameBytesMax) {
      return error("a room's name has at most " + std::to_string(base::kRoomNameBytesMax) +
                   " bytes");
    }
    if (std::ranges::find(request.rooms, name) != request.rooms.end()) continue;
    if (request.rooms.size() == base::kRoomsPerRequestMost) {
      return error("at most " + std::to_string(base::kRoomsPerRequestMost) +
                   " rooms for one connection");
    }
    request.rooms.push_back(std::move(name));
  }
  if (request.rooms.empty()) return error("name a room: /room?room=NAME");
  const std::optional<bool> echo = read_switch(query, "echo", true);
  if (!echo) return error("echo is on or off");
  const std::optional<bool> answers = read_switch(query, "answers", false);
  if (!answers) return error("answers is on or off");
  request.echo = *echo;
  request.answers = *answers;
  if (const auto key = protocol::query_parameter(query, "key"); key && !key->empty()) {
    request.key = engine::hash_name(*key);
  }
  return request;
}

}  // namespace app
