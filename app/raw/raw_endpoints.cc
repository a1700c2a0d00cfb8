#include "app/raw/raw_endpoints.h"

#include <fmt/format.h>

#include <string>

#include "app/telemetry/served_paths.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/limits.h"
#include "protocol/http_response.h"

namespace app {

namespace {

using Verdict = engine::Admission::Verdict;

// A session's context: the room that it is in, its record among the members (kHasRecord), or 0
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

bool RawEndpoints::serves(std::string_view path) const noexcept {
  return enabled_ && (path == kEchoPath || path == kRoomPath);
}

engine::Admission RawEndpoints::on_request(engine::SessionId id,
                                           const protocol::HttpRequest& request, bool upgradable) {
  if (request.path == kRoomPath) return enter_rooms(id, request, upgradable);
  return {.verdict = Verdict::accept};
}

engine::Admission RawEndpoints::enter_rooms(engine::SessionId id,
                                            const protocol::HttpRequest& request, bool upgradable) {
  if (!upgradable) return {.verdict = Verdict::accept};  // Is told what its upgrade lacks.
  const base::Result<RoomRequest> parsed = RoomRequest::parse(request.query);
  if (!parsed.ok()) return refuse(protocol::HttpStatus::bad_request, parsed.error().message);
  const RoomRequest& wanted = parsed.value();
  // A room that fits a shard stays on one: nothing it says crosses between cores.
  const std::uint32_t home = rooms_.home_of(wanted.rooms.front());
  if (sessions_.better_on(id, home)) return {.verdict = Verdict::elsewhere, .shard = home};
  Member member{.key = wanted.key, .answers = wanted.answers};
  // From the last to the first: the membership that was added last is the one found first, and the
  // first room is the one that is looked for whenever the session speaks.
  for (auto name = wanted.rooms.rbegin(); name != wanted.rooms.rend(); ++name) {
    const engine::JoinResult result = rooms_.join(id, *name, wanted.echo);
    if (result.status == engine::JoinResult::Status::full) {
      // What it has joined so far it leaves as it ends.
      return refuse(protocol::HttpStatus::service_unavailable, kNoRoom);
    }
    member.room = result.room;
    member.joins_pending += result.status == engine::JoinResult::Status::pending ? 1U : 0U;
  }
  const bool more_than_a_room = wanted.rooms.size() > 1 || member.answers || member.key != 0;
  return {.verdict = member.joins_pending > 0 ? Verdict::pending : Verdict::accept,
          .context = keep_member(member, more_than_a_room)};
}

// Most members need no record: their context is the room itself.
std::uint64_t RawEndpoints::keep_member(const Member& member, bool needed) {
  if (!needed) return as_context(member.room);
  const base::Handle record = members_.try_insert(member);
  CHECK(record);  // There are as many places as descriptors.
  return as_context(record) | kHasRecord;
}

// Null when its context says all.
RawEndpoints::Member* RawEndpoints::member_of(std::uint64_t context) noexcept {
  if ((context & kHasRecord) == 0) return nullptr;
  Member* member = members_.find(as_room(context));
  CHECK(member != nullptr);
  return member;
}

void RawEndpoints::publish(engine::SessionId id, Member& member, protocol::Opcode opcode,
                           std::span<const std::byte> payload) {
  const std::uint64_t ticket = member.answers ? ++member.published : 0;
  static_cast<void>(
      rooms_.publish(id, member.room, opcode, payload, {.key = member.key, .ticket = ticket}));
}

void RawEndpoints::on_message(engine::SessionId id, protocol::Opcode opcode,
                              std::span<std::byte> payload) {
  const std::uint64_t context = sessions_.context(id);
  if (context == 0) {
    // A full queue has consequences already: see Sessions::send().
    static_cast<void>(sessions_.send(id, opcode, payload));
  } else if (Member* member = member_of(context); member != nullptr) {
    publish(id, *member, opcode, payload);
  } else {
    static_cast<void>(rooms_.publish(id, as_room(context), opcode, payload));
  }
}

void RawEndpoints::on_close(engine::SessionId id, const engine::CloseInfo& /*info*/) {
  const std::uint64_t context = sessions_.context(id);
  if ((context & kHasRecord) != 0) members_.erase(as_room(context));
}

void RawEndpoints::on_connect_failed(std::uint64_t /*context*/,
                                     const engine::ConnectFailure& /*failure*/) {}

void RawEndpoints::on_joined(engine::SessionId session, engine::RoomHandle /*room*/) {
  Member* member = member_of(sessions_.context(session));
  if (member != nullptr && --member->joins_pending > 0) return;
  sessions_.admit(session);
}

void RawEndpoints::on_join_failed(engine::SessionId session, std::string_view /*room*/) {
  sessions_.refuse(session,
                   protocol::write_refusal(
                       {.status = protocol::HttpStatus::service_unavailable, .reason = kNoRoom}));
}

void RawEndpoints::on_published(engine::SessionId session, std::uint64_t ticket,
                                const engine::PublishAnswer& answer) {
  const engine::AnswerPart& members = answer.members;
  const std::string text =
      answer.known
          ? fmt::format(R"({{"answer":{{"message":{},"number":{},"matched":{},"queued":{},)"
                        R"("conflated":{},"dropped":{},"remote":{}}}}})",
                        ticket, answer.number, members.matched(), members.queued, members.conflated,
                        members.dropped, answer.remote)
          : fmt::format(R"({{"answer":{{"message":{},"known":false}}}})", ticket);
  static_cast<void>(sessions_.send(session, protocol::Opcode::text, base::as_bytes(text)));
}

}  // namespace app
