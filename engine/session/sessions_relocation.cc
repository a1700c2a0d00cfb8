// To another shard and from one, in the middle of the opening handshake.
#include <algorithm>
#include <string>

#include "base/bytes.h"
#include "base/check.h"
#include "engine/session/sessions.h"

namespace engine {

namespace {

// Where a session that moves is going: kept in its context.
std::uint64_t as_context(std::uint32_t shard, std::uint32_t ticket) noexcept {
  return std::uint64_t{shard} << 32U | ticket;
}

}  // namespace

bool Sessions::better_on(SessionId id, std::uint32_t shard) const noexcept {
  const Session& session = table_[id.slot];
  return session.state == SessionState::requesting && !session.moved && !session.client &&
         !draining_ && relocation_.better_on(shard) && connections_.may_hand_over(id);
}

void Sessions::move_to(SessionId id, Session& session, std::uint32_t shard) {
  CHECK(session.state == SessionState::requesting && !session.moved);
  const std::uint32_t ticket = relocation_.next_ticket();
  session.state = SessionState::moving;
  session.context = as_context(shard, ticket);
  connections_.hand_over(id, shard, ticket);
}

void Sessions::on_handed_over(ConnectionId id, bool done) {
  Session& session = table_[id.slot];
  const bool moving = session.state == SessionState::moving;
  if (!done) {
    if (!moving) return;
    session.state = SessionState::requesting;
    session.moved = true;
    receive_request(id, session);
    connections_.start_receiving(id);
    return;
  }
  // Its place within the gate goes with it.
  if (session.counted) counters_.open.subtract();
  session.counted = false;
  const auto shard = static_cast<std::uint32_t>(session.context >> 32U);
  const auto ticket = static_cast<std::uint32_t>(session.context);
  relocation_.tell(shard, ticket, moving ? session.partial.handshake : nullptr);
  if (!moving) return;  // It ended here meanwhile, and so it does there.
  drop_handshake(session);
  session.state = SessionState::ending;
  session.close_reason = CloseReason::relocated;
  connections_.abort(id);
}

void Sessions::on_arrived(ConnectionId id, std::uint32_t from, std::uint32_t ticket) {
  Session& session = begin(id, SessionState::requesting, false);
  session.moved = true;
  session.counted = true;
  counters_.open.add();
  if (const auto letter = relocation_.arrived(id, from, ticket)) take_over(id, letter->parcel);
}

void Sessions::on_shard_message(const ShardMessage& message) {
  const std::optional<SessionId> id = relocation_.told(message);
  if (id) take_over(*id, message.parcel);
}

// The connection and the letter that says what its peer has asked for are both here.
void Sessions::take_over(SessionId id, Parcel* request) {
  Session& session = table_[id.slot];
  const bool awaited = connections_.alive(id) && session.state == SessionState::requesting;
  if (awaited && request == nullptr) {
    end(id, session, CloseReason::connection_failed);
    connections_.abort(id);
  } else if (awaited) {
    session.partial.handshake = Relocation::read(*request).release();
    count_handshake(*session.partial.handshake);
    receive_request(id, session);
    connections_.start_receiving(id);
  }
  if (request != nullptr) request->release();
}

}  // namespace engine
