#include "millrace/shard.h"

#include "base/bytes.h"
#include "base/limits.h"
#include "millrace/embedded_shard.h"
#include "protocol/close_code.h"
#include "protocol/utf8.h"

namespace millrace {

namespace {

protocol::Opcode opcode_of(Kind kind) noexcept {
  return kind == Kind::text ? protocol::Opcode::text : protocol::Opcode::binary;
}

engine::RoomHandle engine_room(RoomId room) noexcept {
  return {.index = room.index, .generation = room.generation};
}

SendResult public_result(engine::SendResult result) noexcept {
  switch (result) {
    case engine::SendResult::queued:
      return SendResult::queued;
    case engine::SendResult::full:
      return SendResult::full;
    case engine::SendResult::gone:
      break;
  }
  return SendResult::gone;
}

JoinStatus public_status(engine::JoinResult::Status status) noexcept {
  switch (status) {
    case engine::JoinResult::Status::joined:
      return JoinStatus::joined;
    case engine::JoinResult::Status::pending:
      return JoinStatus::pending;
    case engine::JoinResult::Status::full:
      break;
  }
  return JoinStatus::full;
}

}  // namespace

std::uint32_t Shard::number() const noexcept { return self_.shard().number(); }
std::uint32_t Shard::shards() const noexcept { return self_.shard().shards(); }

// ---- One session --------------------------------------------------------------------------------

bool Shard::is_open(SessionId id) const noexcept {
  return self_.owns(id) && self_.sessions().is_open(EmbeddedShard::engine_id(id));
}

std::uint64_t Shard::context(SessionId id) const noexcept {
  if (!self_.owns(id)) return 0;
  const engine::SessionId session = EmbeddedShard::engine_id(id);
  return self_.sessions().is_alive(session) ? self_.sessions().context(session) : 0;
}

SendResult Shard::send(SessionId id, Kind kind, std::span<const std::byte> bytes) {
  if (!self_.owns(id)) return SendResult::gone;
  return public_result(self_.sessions().send(EmbeddedShard::engine_id(id), opcode_of(kind), bytes));
}

SendResult Shard::send_text(SessionId id, std::string_view text) {
  return send(id, Kind::text, base::as_bytes(text));
}

bool Shard::close(SessionId id, std::uint16_t code, std::string_view reason) {
  if (!protocol::is_valid_on_wire(code) || reason.size() > base::kCloseReasonBytesMax) return false;
  if (!protocol::is_valid_utf8(base::as_bytes(reason)) || !is_open(id)) return false;
  self_.sessions().close(EmbeddedShard::engine_id(id), static_cast<protocol::CloseCode>(code),
                         reason);
  return true;
}

void Shard::abort(SessionId id) {
  if (self_.owns(id)) self_.sessions().abort(EmbeddedShard::engine_id(id));
}

void Shard::admit(SessionId id) {
  if (self_.owns(id)) self_.sessions().admit(EmbeddedShard::engine_id(id));
}

void Shard::refuse(SessionId id, std::uint16_t status, std::string_view reason) {
  if (!self_.owns(id)) return;
  const Answer answer = Answer::refuse(status, std::string(reason));
  self_.sessions().refuse(EmbeddedShard::engine_id(id), write_response(answer.response));
}

// ---- Rooms --------------------------------------------------------------------------------------

JoinResult Shard::join(SessionId id, std::string_view room, Echo echo) {
  if (room.empty() || room.size() > base::kRoomNameBytesMax) {
    return {.status = JoinStatus::invalid_name};
  }
  if (!self_.owns(id)) return {};
  const engine::JoinResult result =
      self_.rooms().join(EmbeddedShard::engine_id(id), room, echo == Echo::on);
  return {.status = public_status(result.status),
          .room = {.index = result.room.index, .generation = result.room.generation}};
}

void Shard::leave(SessionId id, RoomId room) {
  if (self_.owns(id)) self_.rooms().leave(EmbeddedShard::engine_id(id), engine_room(room));
}

bool Shard::publish(SessionId id, RoomId room, Kind kind, std::span<const std::byte> bytes,
                    std::uint64_t key, std::uint64_t ticket) {
  if (!self_.owns(id)) return false;
  return self_.rooms().publish(EmbeddedShard::engine_id(id), engine_room(room), opcode_of(kind),
                               bytes, {.key = key, .ticket = ticket});
}

}  // namespace millrace
