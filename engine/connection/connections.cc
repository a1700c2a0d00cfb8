#include "engine/connection/connections.h"

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "base/limits.h"

namespace engine {

namespace {

// How long accepting rests when the host has no descriptor or memory for another connection, or
// fails in any way that is not the fault of one peer: at once it would only fail again.
constexpr base::Duration kAcceptRest = std::chrono::milliseconds{100};

// Prompt sends are known to be over when the next turn has settled; with nothing else to do it
// comes so soon, because what was sent is memory until then.
constexpr base::Duration kSettleWithin = std::chrono::milliseconds{1};

constexpr std::size_t kPrefetchAhead = 4;

std::size_t index_of(Outcome outcome) noexcept { return static_cast<std::size_t>(outcome); }

}  // namespace

Connections::Connections(Reactor& reactor, base::Duration park_after)
    : reactor_(reactor), parks_(park_after > base::Duration{}), park_sweep_(park_after) {
  segments_.resize(base::kSendSegmentsPerTurn);
  received_.reserve(base::kCompletionsPerTurn);
}

Connections::~Connections() {
  for (std::uint32_t slot = 0; slot < slots_used_; ++slot) {
    SendQueue& queue = table_[slot].queue;
    if (queue.in_flight()) queue.complete(pools_, 0);
    queue.clear(pools_);
  }
}

base::Status Connections::open(std::uint32_t descriptors) {
  flush_list_.reserve(descriptors);
  return table_.open(descriptors);
}

// ---- What the session layer asks for ------------------------------------------------------------

void Connections::accept_on(std::uint32_t listener) {
  if (listener >= listeners_.size()) listeners_.resize(listener + 1);
  listeners_[listener].wanted = true;
  arm_accepts();
}

void Connections::stop_accepting(std::uint32_t listener) {
  CHECK(listener < listeners_.size());
  listeners_[listener].wanted = false;
  reactor_.stop_listening(listener);
}

void Connections::connect(const Address& address, std::uint32_t token) {
  reactor_.submit(submit_connect(address, token));
}

bool Connections::send_control(std::uint32_t slot, std::span<const std::byte> frame) {
  Connection& connection = table_[slot];
  DCHECK(connection.state == ConnectionState::open);
  const std::uint32_t replaced = connection.queue.push_control(pools_, frame);
  queued_bytes_ += frame.size();
  queued_bytes_ -= replaced;
  list_for_flush(slot, connection);
  return replaced == 0;
}

void Connections::drop_waiting(std::uint32_t slot) noexcept {
  SendQueue& queue = table_[slot].queue;
  queued_bytes_ -= queue.bytes();
  queue.drop_waiting(pools_);
  queued_bytes_ += queue.bytes();
}

void Connections::finish(ConnectionId id) {
  if (!alive(id)) return;
  Connection& connection = table_[id.slot];
  connection.state = ConnectionState::finishing;
  if (connection.queue.empty()) begin_closing(id.slot, connection);
}

void Connections::abort(ConnectionId id) {
  Connection& connection = table_[id.slot];
  if (connection.generation != id.generation) return;
  if (connection.state == ConnectionState::open || connection.state == ConnectionState::finishing) {
    begin_closing(id.slot, connection);
  }
}

bool Connections::may_hand_over(ConnectionId id) const noexcept {
  const Connection& connection = table_[id.slot];
  // Behind what a multishot yields there may be more that waits to be delivered.
  return connection.open_as(id.generation) && connection.quiet() && connection.single &&
         !connection.starved && connection.queue.empty();
}

void Connections::hand_over(ConnectionId id, std::uint32_t shard, std::uint32_t ticket) {
  CHECK(may_hand_over(id));
  table_[id.slot].leaving = true;
  reactor_.submit(submit_hand_over(id.slot, id.generation, shard, ticket));
}

// ---- Completions: only marks --------------------------------------------------------------------

void Connections::dispatch(const Completion& completion) {
  switch (completion.tag.kind) {
    case OperationKind::accept:
      dispatch_accept(completion);
      break;
    case OperationKind::connect:
      dispatch_connect(completion);
      break;
    case OperationKind::receive:
      dispatch_receive(completion);
      break;
    case OperationKind::poll:
      dispatch_poll(completion);
      break;
    case OperationKind::settle:
      dispatch_settle(completion);
      break;
    case OperationKind::send:
      dispatch_send(completion);
      break;
    case OperationKind::cancel:
      dispatch_cancel(completion);
      break;
    case OperationKind::hand_over:
      dispatch_hand_over(completion);
      break;
    case OperationKind::arrival:
      dispatch_arrival(completion);
      break;
    case OperationKind::close:
      counters_.close_failures.add();
      break;
    case OperationKind::wake:
    case OperationKind::ring:
      break;  // The shard's own.
  }
}

Connection* Connections::find(const Tag& tag) noexcept {
  if (tag.slot < table_.size()) {
    Connection& connection = table_[tag.slot];
    if (connection.state != ConnectionState::free && connection.generation == tag.generation) {
      return &connection;
    }
  }
  counters_.stale_completions.add();
  return nullptr;
}

void Connections::dispatch_accept(const Completion& completion) {
  CHECK(completion.tag.slot < listeners_.size());
  Listening& listening = listeners_[completion.tag.slot];
  CHECK(!completion.more);
  const std::uint32_t number = completion.tag.generation;
  CHECK(number < listening.peers.size() && (listening.armed >> number & 1U) != 0);
  listening.armed &= ~(1U << number);
  if (completion.result >= 0) {
    accepts_ahead_ = std::min(accepts_ahead_ + 1, base::kAcceptsPerTurn);
    counters_.accepted.add();
    const auto slot = static_cast<std::uint32_t>(completion.result);
    open_slot(slot, false);
    arm_once(slot, table_[slot]);
    handler_->on_accepted({slot, table_[slot].generation}, listening.peers[number].address());
  } else if (listening.wanted) {
    const Outcome outcome = outcome_of(completion.result);
    counters_.accept_failures[index_of(outcome)].add();
    const bool passing = outcome == Outcome::aborted_in_backlog || outcome == Outcome::interrupted;
    if (!passing) {
      accept_again_at_ = reactor_.now() + kAcceptRest;
      accepts_ahead_ = 1;  // Each that fails so may have cost somebody the connection.
    }
  }
  if (accept_again_at_ == base::kForever) arm_accepts();
}

void Connections::dispatch_connect(const Completion& completion) {
  const std::uint32_t token = completion.tag.generation;
  if (completion.result < 0) {
    const Outcome outcome = outcome_of(completion.result);
    counters_.connect_failures[index_of(outcome)].add();
    handler_->on_connect_failed(token, outcome);
    return;
  }
  counters_.connected.add();
  const auto slot = static_cast<std::uint32_t>(completion.result);
  open_slot(slot, true);
  arm_once(slot, table_[slot]);
  handler_->on_connected({slot, table_[slot].generation}, token);
}

void Connections::dispatch_send(const Completion& completion) {
  Connection* connection = find(completion.tag);
  if (connection == nullptr) return;
  const bool full = connection->prompt && (completion.result > 0 || completion.result == -EAGAIN);
  connection->sending = false;
  connection->prompt = false;
  connection->blocked = full;
  const auto bytes = static_cast<std::uint32_t>(std::max(completion.result, 0));
  connection->queue.complete(pools_, bytes);
  queued_bytes_ -= bytes;
  counters_.sent_bytes.add(bytes);
  if (full) counters_.sends_blocked.add();
  if (completion.result > 0 || full || connection->state == ConnectionState::closing) {
    sent(completion.tag.slot, *connection);
  } else {
    const ConnectionId id{completion.tag.slot, completion.tag.generation};
    receive_ended(id, completion.result < 0 ? completion.result : -ECONNRESET);
  }
}

// The kernel has what it took of the queue: what comes next.
void Connections::sent(std::uint32_t slot, Connection& connection) {
  if (connection.state == ConnectionState::closing) {
    release_if_quiet(slot, connection);
  } else if (!connection.queue.empty()) {
    list_for_flush(slot, connection);
  } else if (connection.state == ConnectionState::finishing) {
    begin_closing(slot, connection);
  }
  if (connection.watched) [[unlikely]] {
    tell_if_drained({slot, connection.generation}, connection);
  }
}

void Connections::settle_sends() {
  if (prompt_.empty() || !reactor_.settled()) return;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < prompt_.size(); ++i) {
    prefetch_prompt(i);
    Connection& connection = table_[prompt_[i]];
    if (!connection.prompt) continue;  // It said that it could not send everything.
    connection.sending = false;
    connection.prompt = false;
    bytes += connection.queue.complete_all(pools_);
    const bool rests = connection.state == ConnectionState::open && connection.queue.empty();
    if (rests && !connection.watched) [[likely]]
      continue;
    sent(prompt_[i], connection);
  }
  queued_bytes_ -= bytes;
  counters_.sent_bytes.add(bytes);
  prompt_.clear();
  settle_at_ = base::kForever;
}

// From a record to its slice to its payload: each link is fetched before the next is asked for.
void Connections::prefetch_prompt(std::size_t at) const noexcept {
  const std::uint32_t* const ahead = prompt_.data() + at;
  if (at + 3 * kPrefetchAhead >= prompt_.size()) return;  // The last few are soon asked for.
  prefetch(ahead[3 * kPrefetchAhead]);
  table_[ahead[2 * kPrefetchAhead]].queue.prefetch_slice();
  table_[ahead[kPrefetchAhead]].queue.prefetch_payload();
}

void Connections::tell_if_drained(ConnectionId id, Connection& connection) {
  if (connection.state != ConnectionState::open || connection.queue.cost() > drained_mark_) return;
  connection.watched = false;
  handler_->on_drained(id);
}

void Connections::dispatch_cancel(const Completion& completion) {
  Connection* connection = find(completion.tag);
  if (connection == nullptr) return;
  connection->canceling = false;
  release_if_quiet(completion.tag.slot, *connection);
}

void Connections::dispatch_hand_over(const Completion& completion) {
  Connection* connection = find(completion.tag);
  if (connection == nullptr) return;
  connection->leaving = false;
  const bool done = completion.result >= 0;
  (done ? counters_.handed_over : counters_.hand_over_failures).add();
  handler_->on_handed_over({completion.tag.slot, completion.tag.generation}, done);
  release_if_quiet(completion.tag.slot, *connection);
}

void Connections::dispatch_arrival(const Completion& completion) {
  const auto slot = static_cast<std::uint32_t>(completion.result);
  if (completion.result < 0 || table_[slot].state != ConnectionState::free) {
    counters_.stale_completions.add();  // A kernel that does not say where it put it.
    return;
  }
  counters_.arrived.add();
  open_slot(slot, false);
  handler_->on_arrived({slot, table_[slot].generation}, completion.tag.generation,
                       completion.tag.slot);
}

// ---- Flushing -----------------------------------------------------------------------------------

StepResult Connections::flush() {
  segments_used_ = 0;
  sends_follow_ = false;
  std::size_t done = 0;
  while (done < flush_list_.size() && flush_one(flush_list_[done])) ++done;
  flush_list_.erase(flush_list_.begin(), flush_list_.begin() + static_cast<std::ptrdiff_t>(done));
  const bool released = release_quiet();
  counters_.queued_bytes.set(queued_bytes_);
  // Who starved after the last buffer came back must not wait for another one to do so.
  if (!starved_.empty() && (buffers_came_back_ > 0 || buffers_held_ == 0)) arm_starved();
  buffers_came_back_ = 0;
  // What the handler did about those released may be work for the steps before this one.
  if (!prompt_.empty()) settle_at_ = reactor_.now() + kSettleWithin;
  const bool more = !flush_list_.empty() || released || sends_follow_;
  return more ? StepResult::more : StepResult::done;
}

// False when the driver takes no more in this turn.
bool Connections::flush_one(std::uint32_t slot) {
  Connection& connection = table_[slot];
  connection.listed = false;
  const bool sendable =
      connection.state == ConnectionState::open || connection.state == ConnectionState::finishing;
  if (!sendable || connection.sending || connection.queue.empty()) return true;
  connection.sending = stage_send(slot, connection);
  connection.listed = !connection.sending;
  if (!connection.sending) return false;
  counters_.sends.add();
  if (connection.prompt) {
    prompt_.push_back(slot);
    sends_follow_ |= connection.queue.waits() || connection.watched ||
                     connection.state == ConnectionState::finishing;
  }
  return true;
}

bool Connections::stage_send(std::uint32_t slot, Connection& connection) {
  if (segments_used_ + base::kSendSegmentsMax > segments_.size()) return false;
  const std::span<iovec> room{&segments_[segments_used_], base::kSendSegmentsMax};
  const std::uint32_t count = connection.queue.take(room);
  const std::span bytes{static_cast<const std::byte*>(room[0].iov_base), room[0].iov_len};
  Submission send = count == 1 ? submit_send(slot, connection.generation, bytes)
                               : submit_send(slot, connection.generation, room.first(count));
  if (count > 1) segments_used_ += count;
  connection.prompt = !connection.blocked;
  if (connection.prompt) send = promptly(send);
  if (reactor_.try_submit(send)) return true;
  connection.prompt = false;
  connection.queue.complete(pools_, 0);  // All of it waits for the next turn.
  return false;
}

// ---- Opening and closing ------------------------------------------------------------------------

void Connections::arm_accepts() {
  accept_again_at_ = base::kForever;
  if (accepting_rests_) return;
  for (std::uint32_t i = 0; i < listeners_.size(); ++i) {
    Listening& listening = listeners_[i];
    while (listening.wanted && std::popcount(listening.armed) < static_cast<int>(accepts_ahead_)) {
      const auto number = static_cast<std::uint32_t>(std::countr_one(listening.armed));
      listening.armed |= 1U << number;
      reactor_.submit(submit_accept_once(i, number, &listening.peers[number]));
    }
  }
}

StepResult Connections::expire(base::Instant now) {
  if (now >= accept_again_at_) arm_accepts();
  if (now < next_sweep_) return StepResult::done;
  const Sweep::Range range = park_sweep_.step(now, slots_used_);
  for (std::uint32_t slot = range.begin; slot < range.end; ++slot) park_quiet(slot);
  next_sweep_ = range.behind ? now : park_sweep_.next(now);
  return range.behind ? StepResult::more : StepResult::done;
}

void Connections::open_slot(std::uint32_t slot, bool outgoing) {
  Connection& connection = table_[slot];
  CHECK(connection.state == ConnectionState::free);
  CHECK(connection.quiet());
  slots_used_ = std::max(slots_used_, slot + 1);
  connection.state = ConnectionState::open;
  connection.outgoing = outgoing;
  connection.starved = false;
  set_warm(connection, !parks_);
  connection.woken = false;
  connection.large = false;
  connection.bulky = false;
  connection.active = true;
  connection.paused = false;
  counters_.open.add();
}

void Connections::begin_closing(std::uint32_t slot, Connection& connection) {
  connection.state = ConnectionState::closing;
  if (connection.send_waits()) {
    reactor_.submit(submit_settle(slot, connection.generation, OperationKind::send));
  }
  if (connection.receiving) {
    const OperationKind armed = connection.polling ? OperationKind::poll : OperationKind::receive;
    reactor_.submit(submit_settle(slot, connection.generation, armed));
  } else if (!connection.sending) {
    quiet_.push_back({slot, connection.generation});  // Not now: the caller may be using it.
  }
}

void Connections::cancel_all(std::uint32_t slot, Connection& connection) {
  connection.canceling = true;
  reactor_.submit(submit_cancel(slot, connection.generation));
}

// True when the handler heard of any. It may have ended others, which then join the list.
bool Connections::release_quiet() {
  for (std::size_t i = 0; i < quiet_.size(); ++i) {
    const ConnectionId id = quiet_[i];
    Connection& connection = table_[id.slot];
    if (connection.generation == id.generation) release_if_quiet(id.slot, connection);
  }
  const bool any = !quiet_.empty();
  quiet_.clear();
  return any;
}

void Connections::release_if_quiet(std::uint32_t slot, Connection& connection) {
  if (connection.state != ConnectionState::closing || !connection.quiet()) return;
  queued_bytes_ -= connection.queue.bytes();
  connection.queue.clear(pools_);
  const ConnectionId id{slot, connection.generation};
  reactor_.submit(submit_close(slot, connection.generation));
  connection.generation = (connection.generation + 1) & kGenerationMask;
  connection.state = ConnectionState::free;
  set_warm(connection, false);
  connection.starved = false;
  connection.ended = false;
  connection.watched = false;
  counters_.released.add();
  counters_.open.subtract();
  handler_->on_released(id);
}

}  // namespace engine
