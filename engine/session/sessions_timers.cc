// What time does to sessions: handshakes and closes that take too long, heartbeats, idleness,
// drain.
#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "engine/session/sessions.h"
#include "protocol/frame_encoder.h"

namespace engine {

namespace {

// The waves of a drain take this part of its grace; the rest is for the close handshakes.
constexpr int kDrainWavesPart = 2;
// A session remembers when it was pinged in this part of the heartbeat interval, modulo 256.
constexpr int kHeartbeatTicks = 16;

}  // namespace

StepResult Sessions::expire(base::Instant now) {
  seconds_ = static_cast<std::uint32_t>((now - started_) / std::chrono::seconds{1});
  if (now < next_deadline_) return StepResult::done;
  if (now - next_deadline_ > base::kShardStall) excuse_all(now);
  expire_closes(now);
  StepResult heartbeats = StepResult::done;
  StepResult idle = StepResult::done;
  if (now >= excused_until_) {
    expire_handshakes(now);
    heartbeats = sweep_heartbeats(now);
    idle = sweep_idle(now);
  }
  const StepResult drain = sweep_drain(now);
  set_next_deadline(now);
  const bool more =
      heartbeats == StepResult::more || idle == StepResult::more || drain == StepResult::more;
  if (more) next_deadline_ = now;
  return more ? StepResult::more : StepResult::done;
}

// The shard did not run: its host was stopped, or had no cpu for it. What peers said meanwhile is
// unread, so nobody is late yet.
void Sessions::excuse_all(base::Instant now) {
  counters_.stalls.add();
  excused_until_ = now + base::kStallExcuse;
}

void Sessions::expire_handshakes(base::Instant now) {
  while (const auto id = handshakes_.pop_due(now)) {
    if (!connections_.alive(*id)) continue;
    Session& session = table_[id->slot];
    if (session.state >= SessionState::open) continue;
    if (session.client) {
      fail_connect(*id, session, {.outcome = Outcome::timed_out}, CloseReason::handshake_timeout);
    } else {
      end(*id, session,
          session.counted ? CloseReason::handshake_timeout : CloseReason::limit_reached);
    }
  }
}

void Sessions::expire_closes(base::Instant now) {
  while (const auto id = closes_.pop_due(now)) {
    if (!connections_.current(*id)) continue;
    Session& session = table_[id->slot];
    if (session.state == SessionState::closing) counters_.close_timeouts.add();
    connections_.abort(*id);
  }
  while (const auto id = early_lingers_.pop_due(now)) {
    if (connections_.alive(*id)) end(*id, table_[id->slot], table_[id->slot].close_reason);
  }
  while (const auto id = lingers_.pop_due(now)) {
    if (connections_.alive(*id)) end(*id, table_[id->slot], table_[id->slot].close_reason);
  }
}

StepResult Sessions::sweep_heartbeats(base::Instant now) {
  const Sweep::Range range = heartbeat_.step(now, slots_used_);
  if (range.begin == range.end) return StepResult::done;
  const auto tick =
      static_cast<std::uint8_t>((now - started_) / (options_.heartbeat_interval / kHeartbeatTicks));
  for (std::uint32_t slot = range.begin; slot < range.end; ++slot) {
    if (is_open(slot)) sweep_one(slot, tick);
  }
  return range.behind ? StepResult::more : StepResult::done;
}

void Sessions::sweep_one(std::uint32_t slot, std::uint8_t tick) {
  Session& session = table_[slot];
  const SessionId id = connections_.id_of(slot);
  // While the table grows the sweep comes sooner than after an interval: the pong has its time.
  const auto waited = static_cast<std::uint8_t>(tick - session.pinged_tick);
  if (session.heard) {
    session.ping_pending = false;
  } else if (!session.ping_pending) {
    session.ping_pending = true;
    session.pinged_tick = tick;
    counters_.pings_sent.add();
    std::array<std::byte, sizeof(std::uint64_t)> sent;
    base::store_big64(sent.data(), static_cast<std::uint64_t>((reactor_.now() - started_).count()));
    send_control(slot, session, protocol::Opcode::ping, sent);
  } else if (waited >= kHeartbeatTicks - 1) {
    end(id, session, CloseReason::heartbeat_timeout);
    connections_.abort(id);
  }
  session.heard = false;
}

// Whole seconds are counted, so that a session is never closed before its time.
StepResult Sessions::sweep_idle(base::Instant now) {
  const Sweep::Range range = idle_.step(now, slots_used_);
  const auto limit = std::chrono::ceil<std::chrono::seconds>(options_.idle_timeout).count();
  for (std::uint32_t slot = range.begin; slot < range.end; ++slot) {
    Session& session = table_[slot];
    if (!is_open(slot) || seconds_ - session.active_at <= limit) continue;
    start_closing(connections_.id_of(slot), session, SessionState::closing,
                  protocol::CloseCode::normal, "idle", CloseReason::idle_timeout);
  }
  return range.behind ? StepResult::more : StepResult::done;
}

void Sessions::begin_drain(base::Instant now, base::Instant deadline) {
  draining_ = true;
  drain_ = Sweep((deadline - now) / kDrainWavesPart);
  drain_.start(now);
  set_next_deadline(now);
}

bool Sessions::drained() const noexcept {
  return draining_ && connections_.counters().open.value() == 0;
}

StepResult Sessions::sweep_drain(base::Instant now) {
  if (!draining_) return StepResult::done;
  const Sweep::Range range = drain_.step(now, slots_used_);
  for (std::uint32_t slot = range.begin; slot < range.end; ++slot) drain_one(slot);
  return range.behind ? StepResult::more : StepResult::done;
}

void Sessions::drain_one(std::uint32_t slot) {
  Session& session = table_[slot];
  const SessionId id = connections_.id_of(slot);
  if (session.state == SessionState::open) {
    handler_->on_draining(id);
    if (session.state != SessionState::open) return;
    start_closing(id, session, SessionState::closing, protocol::CloseCode::going_away, "going away",
                  CloseReason::draining);
  } else if (session.state != SessionState::none && session.state < SessionState::open) {
    end(id, session, CloseReason::draining);
  }
}

void Sessions::set_next_deadline(base::Instant now) {
  const base::Instant silence =
      std::min({handshakes_.next(), heartbeat_.next(now), idle_.next(now)});
  next_deadline_ = std::min({std::max(silence, excused_until_), closes_.next(), lingers_.next(),
                             early_lingers_.next(), drain_.next(now)});
}

}  // namespace engine
