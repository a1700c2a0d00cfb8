// The public close reasons are the engine's, in the same order: checked here, once.
#include "engine/session/session.h"
#include "engine/session/session_counters.h"
#include "millrace/session.h"

namespace millrace {

namespace {

constexpr bool same(CloseReason mine, engine::CloseReason engines) noexcept {
  return static_cast<std::uint8_t>(mine) == static_cast<std::uint8_t>(engines);
}

static_assert(kCloseReasons == engine::kCloseReasonCount);
static_assert(same(CloseReason::none, engine::CloseReason::none));
static_assert(same(CloseReason::peer_closed, engine::CloseReason::peer_closed));
static_assert(same(CloseReason::peer_left, engine::CloseReason::peer_left));
static_assert(same(CloseReason::connection_failed, engine::CloseReason::connection_failed));
static_assert(same(CloseReason::violation, engine::CloseReason::violation));
static_assert(same(CloseReason::refused, engine::CloseReason::refused));
static_assert(same(CloseReason::served, engine::CloseReason::served));
static_assert(same(CloseReason::limit_reached, engine::CloseReason::limit_reached));
static_assert(same(CloseReason::too_many_handshakes, engine::CloseReason::too_many_handshakes));
static_assert(same(CloseReason::memory_full, engine::CloseReason::memory_full));
static_assert(same(CloseReason::handshake_timeout, engine::CloseReason::handshake_timeout));
static_assert(same(CloseReason::heartbeat_timeout, engine::CloseReason::heartbeat_timeout));
static_assert(same(CloseReason::idle_timeout, engine::CloseReason::idle_timeout));
static_assert(same(CloseReason::send_queue_full, engine::CloseReason::send_queue_full));
static_assert(same(CloseReason::draining, engine::CloseReason::draining));
static_assert(same(CloseReason::application, engine::CloseReason::application));
static_assert(same(CloseReason::relocated, engine::CloseReason::relocated));

}  // namespace

std::string_view name(CloseReason reason) noexcept {
  return engine::name(static_cast<engine::CloseReason>(reason));
}

}  // namespace millrace
