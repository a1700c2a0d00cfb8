#include "app/upstream/circuit_breaker.h"

#include <algorithm>

namespace app {

std::optional<CircuitBreaker::Pass> CircuitBreaker::enter(base::Instant now) {
  if (state_ == State::open && now >= probe_at_) {
    change(State::half_open);
    return Pass{period_};
  }
  if (state_ == State::closed) return Pass{period_};
  return std::nullopt;
}

void CircuitBreaker::succeeded(Pass pass) {
  if (pass.period != period_) return;
  failures_in_a_row_ = 0;
  if (state_ == State::closed) return remember(false);
  pause_ = options_.pause_first;
  change(State::closed);
}

void CircuitBreaker::failed(Pass pass, base::Instant now) {
  if (pass.period != period_) return;
  if (state_ == State::half_open) {
    pause_ = std::min(2 * pause_, options_.pause_most);
    return open(now);
  }
  ++failures_in_a_row_;
  remember(true);
  if (failures_in_a_row_ >= options_.failures_in_a_row || too_many_failed()) open(now);
}

void CircuitBreaker::abandoned(Pass pass) {
  // A probe that was none: the next call may be it, at once.
  if (pass.period == period_ && state_ == State::half_open) change(State::open);
}

void CircuitBreaker::change(State state) {
  state_ = state;
  ++period_;
}

void CircuitBreaker::open(base::Instant now) {
  probe_at_ = now + pause_;
  failures_in_a_row_ = 0;
  failures_.reset();
  remembered_ = 0;
  change(State::open);
}

void CircuitBreaker::remember(bool failure) {
  failures_[remembered_ % kBreakerWindow] = failure;
  ++remembered_;
}

bool CircuitBreaker::too_many_failed() const noexcept {
  return remembered_ >= kBreakerWindow && 2 * failures_.count() > kBreakerWindow;
}

}  // namespace app
