// Receiving: what arrives, who gets it, and in which of its two forms a receive is armed.
#include <algorithm>

#include "base/check.h"
#include "base/limits.h"
#include "engine/connection/connections.h"

namespace engine {

// ---- What receiving yields ----------------------------------------------------------------------

void Connections::dispatch_receive(const Completion& completion) {
  Connection* connection = find(completion.tag);
  if (connection == nullptr) {
    if (completion.has_buffer) reactor_.give_back(completion.buffer);
    return;
  }
  if (!completion.more) connection->receiving = false;
  if (completion.has_buffer) {
    ++buffers_held_;
    const bool small = completion.result <= std::int32_t{base::kSmallReceiveBufferBytes};
    if (completion.cramped || !small) [[unlikely]]
      note_bulk(completion, *connection);
    // Its first and last line, which lie in an outer cache by now; the processor sees to the rest.
    __builtin_prefetch(completion.data, 1);
    __builtin_prefetch(completion.data + std::max(completion.result - 1, 0), 1);
  }
  received_.push_back({.id = {completion.tag.slot, completion.tag.generation},
                       .result = completion.result,
                       .buffer = completion.buffer,
                       .data = completion.data});
  if (connection->state == ConnectionState::closing) {
    release_if_quiet(completion.tag.slot, *connection);
  }
}

// Who fills small buffers gets large ones, from the end of the receive that is armed on.
void Connections::note_bulk(const Completion& completion, Connection& connection) {
  connection.bulky = true;
  if (completion.cramped && !connection.large && connection.state != ConnectionState::closing) {
    connection.large = true;
    counters_.widened.add();
    if (connection.receiving) end_receive(completion.tag.slot, connection);
  }
}

// A parked connection has something to receive, or failed, which the receive will tell.
void Connections::dispatch_poll(const Completion& completion) {
  Connection* connection = find(completion.tag);
  if (connection == nullptr) return;
  connection->receiving = false;
  if (connection->state == ConnectionState::closing) {
    release_if_quiet(completion.tag.slot, *connection);
  } else if (!connection->paused) {
    const bool behind =
        !starved_.empty() || received_.size() - received_done_ >= base::kReceivesAhead;
    if (behind) {
      wait_to_receive(completion.tag.slot, *connection);
    } else {
      arm_once(completion.tag.slot, *connection);
    }
  }
}

// What was to end could not be ended. Of a receive the next sweep tries again, or, where it is to
// have larger buffers, the next time that it fills one; a connection that is being closed waits for
// nothing. This may come when the connection is gone already: nobody waits for it.
void Connections::dispatch_settle(const Completion& completion) {
  if (completion.tag.slot >= table_.size()) return;
  Connection& connection = table_[completion.tag.slot];
  if (connection.generation != completion.tag.generation) return;
  if (connection.state == ConnectionState::closing) {
    const bool in_flight = connection.receiving || connection.send_waits();
    if (in_flight && !connection.canceling) cancel_all(completion.tag.slot, connection);
  } else if (connection.receiving && !connection.polling) {
    set_warm(connection, true);
    connection.large = false;
  }
}

void Connections::set_warm(Connection& connection, bool warm) noexcept {
  if (connection.warm == warm) return;
  connection.warm = warm;
  if (warm) {
    counters_.warm.add();
  } else {
    counters_.warm.subtract();
  }
}

// ---- Delivery -----------------------------------------------------------------------------------

StepResult Connections::deliver(const ReceiveAllowance& most) {
  const std::size_t end = std::min(received_.size(), received_done_ + most.chunks);
  std::uint64_t left = most.bytes;
  std::uint32_t ends = 0;
  while (received_done_ < end && ends < base::kEndsPerTurn && left > 0) {
    Received& received = received_[received_done_];
    const std::uint64_t bytes = received.bytes();
    if (bytes > left && reads(received.id)) {
      deliver_part(received, left);
      break;
    }
    left -= std::min(left, bytes);
    ++received_done_;
    ends += deliver_one(received) ? 1U : 0U;
  }
  if (received_done_ < received_.size()) return StepResult::more;
  received_.clear();
  received_done_ = 0;
  return StepResult::done;
}

// The first `most` bytes of a chunk that has more.
void Connections::deliver_part(Received& received, std::uint64_t most) {
  const std::span part{received.data, static_cast<std::size_t>(most)};
  received.data += part.size();
  received.result -= static_cast<std::int32_t>(part.size());
  pass_on(received.id, part);
}

void Connections::pass_on(ConnectionId id, std::span<std::byte> bytes) {
  table_[id.slot].active = true;
  counters_.received_bytes.add(bytes.size());
  handler_->on_received(id, bytes);
}

// True when the connection ended.
bool Connections::deliver_one(const Received& received) {
  const ConnectionId id = received.id;
  Connection& connection = table_[id.slot];
  if (const std::uint64_t bytes = received.bytes(); bytes > 0 && reads(id)) {
    counters_.receives.add();
    pass_on(id, {received.data, static_cast<std::size_t>(bytes)});
  }
  if (received.buffer != kNoBuffer) {
    reactor_.give_back(received.buffer);
    --buffers_held_;
    ++buffers_came_back_;
  }
  const bool goes_on = connection.receiving && !connection.paused;
  if (received.result > 0 && goes_on) [[likely]]
    return false;
  return reads(id) && receive_stopped(id, connection, received.result);
}

// What follows a receive that ended, or that should. True when the connection did.
bool Connections::receive_stopped(ConnectionId id, Connection& connection, std::int32_t result) {
  const Outcome outcome = outcome_of(result);
  if (outcome == Outcome::no_buffers) {
    counters_.receive_buffers_exhausted.add();
    starved_anew_ = true;
    wait_to_receive(id.slot, connection);
    return false;
  }
  if (result <= 0 && outcome != Outcome::interrupted && outcome != Outcome::canceled) {
    receive_ended(id, result);
    return true;
  }
  const bool ended = !connection.receiving && !connection.starved && !connection.leaving;
  if (ended) {
    arm_after(id.slot, connection, result > 0);
  } else if (connection.paused && connection.receiving) {
    pause(id);  // It goes on: what should end it missed it.
  }
  return false;
}

// True while what arrives for `id` still matters.
bool Connections::reads(ConnectionId id) const noexcept {
  const Connection& connection = table_[id.slot];
  return connection.generation == id.generation && (connection.state == ConnectionState::open ||
                                                    connection.state == ConnectionState::finishing);
}

// The peer's orderly end (result 0) lets out what is queued; a failure ends the connection now.
void Connections::receive_ended(ConnectionId id, std::int32_t result) {
  const Outcome outcome = outcome_of(result);
  Connection& connection = table_[id.slot];
  if (!connection.ended) {  // A send may fail after the peer's orderly end.
    connection.ended = true;
    counters_.ended[static_cast<std::size_t>(outcome)].add();
    handler_->on_ended(id, outcome);
  }
  if (result == 0) {
    finish(id);
  } else {
    abort(id);
  }
}

// ---- Arming and parking -------------------------------------------------------------------------

void Connections::arm(std::uint32_t slot, Connection& connection) {
  if (connection.warm) {
    arm_receive(slot, connection);
  } else {
    arm_once(slot, connection);
  }
}

void Connections::arm_receive(std::uint32_t slot, Connection& connection) {
  connection.receiving = true;
  connection.polling = false;
  connection.single = false;
  reactor_.submit(submit_receive(slot, connection.generation, buffers_for(connection)));
}

void Connections::arm_once(std::uint32_t slot, Connection& connection) {
  connection.receiving = true;
  connection.polling = false;
  connection.single = true;
  reactor_.submit(submit_receive_once(slot, connection.generation, buffers_for(connection)));
}

void Connections::arm_poll(std::uint32_t slot, Connection& connection) {
  connection.receiving = true;
  connection.polling = true;
  reactor_.submit(submit_poll(slot, connection.generation));
}

// Nothing is armed, since a receive ended. A single message, such as a pong, does not yet warm a
// connection up; the second since it was parked does.
void Connections::arm_after(std::uint32_t slot, Connection& connection, bool received) {
  if (connection.paused) return;
  if (!connection.warm && received && connection.woken) {
    set_warm(connection, true);
    counters_.warmed.add();
  }
  connection.woken |= received;
  if (connection.warm) {
    arm_receive(slot, connection);
  } else {
    arm_poll(slot, connection);
  }
}

// What it has to receive stays in its socket until arm_starved().
void Connections::wait_to_receive(std::uint32_t slot, Connection& connection) {
  connection.starved = true;
  starved_.push_back(slot);
}

// The longest starved first. Each that finds no buffer has cost a receive, so as many try as
// buffers came back, or twice as many as the last time if none of those was in vain; at least one.
void Connections::arm_starved() {
  const bool all_found = buffers_came_back_ > 0 && !starved_anew_;
  starved_tries_ = std::max({buffers_came_back_, all_found ? starved_tries_ * 2 : 0, 1U});
  starved_tries_ = std::min(starved_tries_, static_cast<std::uint32_t>(starved_.size()));
  for (std::uint32_t i = 0; i < starved_tries_; ++i) {
    const std::uint32_t slot = starved_.front();
    starved_.pop_front();
    Connection& connection = table_[slot];
    if (!connection.starved) continue;
    connection.starved = false;
    const bool open =
        connection.state == ConnectionState::open || connection.state == ConnectionState::finishing;
    if (open && !connection.receiving && !connection.paused) arm(slot, connection);
  }
  starved_anew_ = false;
}

// The receive of a connection that was silent for an interval is ended; a poll follows it. One that
// had only what small buffers hold gets those again.
void Connections::park_quiet(std::uint32_t slot) {
  Connection& connection = table_[slot];
  if (connection.state != ConnectionState::open) return;
  const bool parks = !connection.active && connection.warm;
  const bool narrows = connection.large && !connection.bulky;
  connection.active = false;
  connection.woken = false;
  connection.bulky = false;
  if (narrows) connection.large = false;
  if (parks) {
    set_warm(connection, false);
    counters_.parked.add();
  }
  if ((parks || narrows) && connection.receiving) end_receive(slot, connection);
}

// What is armed ends; what follows it is armed as the connection's bits say by then.
void Connections::end_receive(std::uint32_t slot, const Connection& connection) {
  if (connection.polling || connection.paused) return;  // It is none, or being ended already.
  reactor_.submit(submit_settle(slot, connection.generation));
}

// ---- For the session layer ----------------------------------------------------------------------

void Connections::start_receiving(ConnectionId id) {
  if (!alive(id)) return;
  Connection& connection = table_[id.slot];
  if (!connection.receiving && !connection.starved) arm_once(id.slot, connection);
}

void Connections::pause(ConnectionId id) {
  if (!alive(id)) return;
  Connection& connection = table_[id.slot];
  connection.paused = true;
  if (connection.receiving) reactor_.submit(submit_settle(id.slot, id.generation));
}

void Connections::resume(ConnectionId id) {
  if (!alive(id) || !table_[id.slot].paused) return;
  Connection& connection = table_[id.slot];
  connection.paused = false;
  if (!connection.receiving && !connection.starved) arm(id.slot, connection);
}

}  // namespace engine
