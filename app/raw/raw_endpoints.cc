#include "app/raw/raw_endpoints.h"

#include <optional>
#include <string>

#include "base/check.h"
#include "base/limits.h"
#include "protocol/http_response.h"

namespace app {

namespace {

using Verdict = engine::Admission::Verdict;

// A session's context: the room that it is in, its record among the publishers (kHasRecord), or 0
// for an echo. A handle is never 0.
constexpr std::uint64_t kHasRecord = std::uint64_t{1} << 31U;

static_assert(base::kRoomsPerShardMost <= kHasRecord);
static_assert(base::kDescriptorsPerShardMost <= kHasRecord);

std::uint64_t as_context(engine::RoomHandle room) noexcept {
  return std::uint64_t{room.generation} << 32U | room.index;
}

engine::RoomHandle as_room(std::uint64_t context) noexcept {
  return {.index = static_cast<std::uint32_t>(context & (kHasRecord - 1)),
          .generation = static_cast<std::uint32_t>(context >> 32U)};
}

engine::Admission refuse(protocol::HttpStatus status, std::string_view reason) {
  return {.verdict = Verdict::respond,
          .response = protocol::write_refusal({.status = status, .reason = reason})};
}

constexpr std::string_view kNoRoom = "no place for another room; try again later";

}  // namespace

engine::Admission RawEndpoints::on_request(engine::SessionId id,
                                           const protocol::HttpRequest& request, bool upgradable) {
  if (request.method != "GET") {
    return refuse(protocol::HttpStatus::method_not_allowed, "only GET is served here");
  }
  if (enabled_ && request.path == "/echo") return {.verdict = Verdict::accept};
  if (enabled_ && request.path == "/room") return enter_room(id, request, upgradable);
  if (std::optional<std::string> page = pages_.find(request.path)) {
    return {.verdict = Verdict::respond, .response = *std::move(page)};
  }
  return refuse(protocol::HttpStatus::not_found, "nothing is served at this path");
}

engine::Admission RawEndpoints::enter_room(engine::SessionId id,
                                           const protocol::HttpRequest& request, bool upgradable) {
  if (!upgradable) return {.verdict = Verdict::accept};  // Is told what its upgrade lacks.
  const std::optional<std::string> name = protocol::query_parameter(request.query, "room");
  if (!name || name->empty()) {
    return refuse(protocol::HttpStatus::bad_request, "name a room: /room?room=NAME");
  }
  if (name->size() > base::kRoomNameBytesMax) {
    return refuse(protocol::HttpStatus::bad_request, "a room's name has at most 255 bytes");
  }
  const std::string echo = protocol::query_parameter(request.query, "echo").value_or("on");
  if (echo != "on" && echo != "off") {
    return refuse(protocol::HttpStatus::bad_request, "echo is on or off");
  }
  // A room that fits a shard stays on one: nothing it says crosses between cores.
  if (const std::uint32_t home = rooms_.home_of(*name); sessions_.better_on(id, home)) {
    return {.verdict = Verdict::elsewhere, .shard = home};
  }
  Publisher publisher;
  if (const auto key = protocol::query_parameter(request.query, "key"); key && !key->empty()) {
    publisher.how.key = engine::hash_name(*key);
  }
  const engine::JoinResult result = rooms_.join(id, *name, echo == "on");
  publisher.room = result.room;
  switch (result.status) {
    case engine::JoinResult::Status::joined:
      return {.verdict = Verdict::accept, .context = keep_publisher(publisher)};
    case engine::JoinResult::Status::pending:
      return {.verdict = Verdict::pending, .context = keep_publisher(publisher)};
    case engine::JoinResult::Status::full:
      break;
  }
  return refuse(protocol::HttpStatus::service_unavailable, kNoRoom);
}

// Most members need no record: their context is the room itself.
std::uint64_t RawEndpoints::keep_publisher(const Publisher& publisher) {
  if (publisher.how.key == 0) return as_context(publisher.room);
  const base::Handle record = publishers_.try_insert(publisher);
  CHECK(record);  // There are as many places as descriptors.
  return as_context(record) | kHasRecord;
}

void RawEndpoints::publish(engine::SessionId id, std::uint64_t context, protocol::Opcode opcode,
                           std::span<const std::byte> payload) {
  const Publisher* publisher = publishers_.find(as_room(context));
  CHECK(publisher != nullptr);
  static_cast<void>(rooms_.publish(id, publisher->room, opcode, payload, publisher->how));
}

void RawEndpoints::on_message(engine::SessionId id, protocol::Opcode opcode,
                              std::span<std::byte> payload) {
  const std::uint64_t context = sessions_.context(id);
  if (context == 0) {
    // A full queue has consequences already: see Sessions::send().
    static_cast<void>(sessions_.send(id, opcode, payload));
  } else if ((context & kHasRecord) != 0) {
    publish(id, context, opcode, payload);
  } else {
    static_cast<void>(rooms_.publish(id, as_room(context), opcode, payload));
  }
}

void RawEndpoints::on_close(engine::SessionId id, const engine::CloseInfo& /*info*/) {
  const std::uint64_t context = sessions_.context(id);
  if ((context & kHasRecord) != 0) publishers_.erase(as_room(context));
}

void RawEndpoints::on_connect_failed(std::uint64_t /*context*/,
                                     const engine::ConnectFailure& /*failure*/) {}

void RawEndpoints::on_joined(engine::SessionId session, engine::RoomHandle /*room*/) {
  sessions_.admit(session);
}

void RawEndpoints::on_join_failed(engine::SessionId session) {
  sessions_.refuse(session,
                   protocol::write_refusal(
                       {.status = protocol::HttpStatus::service_unavailable, .reason = kNoRoom}));
}

}  // namespace app
