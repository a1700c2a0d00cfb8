#include "engine/shard/shard.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace engine {

namespace {

// How often a shard that has drained looks whether the others have.
constexpr base::Duration kDrainPause = std::chrono::milliseconds{10};

}  // namespace

Shard::Shard(std::uint32_t number, std::unique_ptr<ActiveDriver> driver, Lanes& lanes,
             base::Duration park_after)
    : number_(number),
      driver_(std::move(driver)),
      lanes_(lanes),
      reactor_(*driver_),
      mailbox_(reactor_, lanes, number),
      connections_(reactor_, park_after) {}

Shard::~Shard() = default;

base::Status Shard::start() {
  CHECK(program_ != nullptr);
  if (base::Status status = driver_->start(); !status.ok()) return status;
  connections_.start(driver_->now());
  program_->on_start();
  return {};
}

void Shard::run() {
  while (turn(base::kForever)) {
  }
  reactor_.turn(*this, base::Instant{});  // Submits what the last turn staged: its last closes.
}

bool Shard::turn(base::Instant latest) {
  reactor_.turn(*this, latest);
  if (stop_requested_.load(std::memory_order_relaxed)) return false;
  return !draining_ || !(everybody_left() || reactor_.now() >= drain_deadline_);
}

// Every shard of the group has drained; this one says so for itself the first time that it has.
bool Shard::everybody_left() {
  if (!left_ && program_->drained()) {
    left_ = true;
    lanes_.leave();
  }
  return lanes_.all_left();
}

void Shard::request_drain(base::Duration grace) noexcept {
  drain_grace_.store(grace.count(), std::memory_order_relaxed);
  driver_->wake_from_outside();
}

void Shard::request_stop() noexcept {
  stop_requested_.store(true, std::memory_order_relaxed);
  driver_->wake_from_outside();
}

void Shard::heed_requests(base::Instant now) {
  const std::int64_t grace = drain_grace_.load(std::memory_order_relaxed);
  if (draining_ || grace == kNoDrain) return;
  draining_ = true;
  drain_deadline_ = now + base::Duration{grace};
  program_->begin_drain(now, drain_deadline_);
}

// ---- The steps of a turn, in their order --------------------------------------------------------

void Shard::dispatch(std::span<const Completion> completions) {
  for (const Completion& completion : completions) {
    switch (completion.tag.kind) {
      case OperationKind::wake:
        break;  // To be awake is all that it asks for.
      case OperationKind::ring:
        // The other shard's completion queue was full: it is awake, but ring again to be sure.
        reactor_.submit(submit_ring(completion.tag.slot));
        break;
      case OperationKind::accept:
      case OperationKind::connect:
      case OperationKind::receive:
      case OperationKind::poll:
      case OperationKind::settle:
      case OperationKind::send:
      case OperationKind::cancel:
      case OperationKind::hand_over:
      case OperationKind::arrival:
      case OperationKind::close:
        connections_.dispatch(completion);
        break;
    }
  }
  connections_.settle_sends();
}

StepResult Shard::drain_mailboxes() {
  return mailbox_.drain(
      [this](const ShardMessage& message) { program_->on_shard_message(message); });
}

StepResult Shard::expire_timers(base::Instant now) {
  heed_requests(now);
  const StepResult parking = connections_.expire(now);
  const StepResult result = program_->expire(now);
  return parking == StepResult::more ? parking : result;
}

StepResult Shard::deliver() {
  if (mailbox_.congested()) return StepResult::more;
  const ReceiveAllowance allowed = program_->receives_allowed();
  return allowed.chunks == 0 ? StepResult::more : connections_.deliver(allowed);
}

StepResult Shard::fan_out() { return program_->run_tasks(); }

StepResult Shard::flush() {
  const StepResult result = connections_.flush();
  lanes_.set_population(number_, static_cast<std::uint32_t>(connections_.counters().open.value()));
  mailbox_.flush();  // Behind it: those who hear of a released connection may send messages.
  return mailbox_.congested() ? StepResult::more : result;
}

base::Instant Shard::next_deadline() const {
  // Nobody rings when the last shard has drained.
  const base::Instant look_again = left_ ? reactor_.now() + kDrainPause : base::kForever;
  return std::min(
      {drain_deadline_, look_again, connections_.next_deadline(), program_->next_deadline()});
}

bool Shard::prepare_to_sleep() { return mailbox_.prepare_to_sleep(); }

void Shard::woke_up() { mailbox_.woke_up(); }

}  // namespace engine
