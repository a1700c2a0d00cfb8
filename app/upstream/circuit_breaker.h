// CircuitBreaker: stops asking a service that does not answer, and finds out when it does again.
//
// Closed, every call passes. After kBreakerFailuresInARow failures, or when more than half of the
// last kBreakerWindow calls failed, it opens: none passes. After a pause one call passes as a
// probe: if it succeeds the breaker closes, if not it opens again for twice as long, up to the
// longest pause. What a call says that passed before the state last changed is not heard any more.
// Pure: time is passed in. One thread at a time.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "app/gateway_limits.h"
#include "base/time.h"

namespace app {

struct BreakerOptions {
  std::uint32_t failures_in_a_row = kBreakerFailuresInARow;
  base::Duration pause_first = kBreakerPauseFirst;
  base::Duration pause_most = kBreakerPauseMost;
};

class CircuitBreaker {
 public:
  // half_open: one probe is under way.
  enum class State : std::uint8_t { closed, open, half_open };
  // What a call must show when it reports how it went.
  struct Pass {
    std::uint64_t period = 0;
  };

  explicit CircuitBreaker(const BreakerOptions& options = {})
      : options_(options), pause_(options.pause_first) {}

  // Nothing: do not call. Whoever gets a pass reports once, by one of the three below.
  std::optional<Pass> enter(base::Instant now);
  void succeeded(Pass pass);
  void failed(Pass pass, base::Instant now);
  // The call was never made, or says nothing of the service.
  void abandoned(Pass pass);

  State state() const noexcept { return state_; }

 private:
  void change(State state);
  void open(base::Instant now);
  void remember(bool failure);
  bool too_many_failed() const noexcept;

  BreakerOptions options_;
  State state_ = State::closed;
  std::uint64_t period_ = 0;  // Counts changes of the state.
  std::uint32_t failures_in_a_row_ = 0;
  std::bitset<kBreakerWindow> failures_;  // Of the last calls, a ring.
  std::size_t remembered_ = 0;            // Calls since it closed.
  base::Duration pause_;                  // Before the next probe.
  base::Instant probe_at_{};
};

}  // namespace app
