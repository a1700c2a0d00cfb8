#include "engine/reactor/reactor.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"

namespace engine {

Reactor::Reactor(ActiveDriver& driver) : driver_(driver), completions_(base::kCompletionsPerTurn) {}

void Reactor::turn(TurnSteps& steps, base::Instant latest) {
  CHECK(!in_turn_);
  in_turn_ = true;
  submit_deferred();
  const bool may_wait = !work_left_ && deferred_.empty() && steps.prepare_to_sleep();
  const base::Instant deadline =
      may_wait ? std::min(latest, steps.next_deadline()) : base::Instant{};
  const std::uint32_t count = driver_.turn(completions_, deadline);
  if (may_wait) {
    steps.woke_up();
    counters_.waits.add();
  }
  counters_.turns.add();
  counters_.completions.add(count);
  counters_.turn_nanoseconds.record(static_cast<std::uint64_t>(driver_.worked().count()));
  steps.dispatch({completions_.data(), count});
  work_left_ = run_steps(steps) || count == completions_.size();
  in_turn_ = false;
}

// True when some step has work left.
bool Reactor::run_steps(TurnSteps& steps) {
  bool more = steps.drain_mailboxes() == StepResult::more;
  more |= steps.expire_timers(driver_.now()) == StepResult::more;
  more |= steps.deliver() == StepResult::more;
  more |= steps.fan_out() == StepResult::more;
  more |= steps.flush() == StepResult::more;
  return more;
}

void Reactor::submit(const Submission& submission) {
  if (deferred_.empty() && driver_.stage(submission)) return;
  counters_.submissions_deferred.add();
  deferred_.push_back(submission);
}

bool Reactor::try_submit(const Submission& submission) {
  return deferred_.empty() && driver_.stage(submission);
}

void Reactor::submit_deferred() {
  while (!deferred_.empty() && driver_.stage(deferred_.front())) deferred_.pop_front();
}

}  // namespace engine
