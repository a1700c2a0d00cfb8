// SharedCalls: the questions that a service is being asked, each once: who asks what is asked
// already waits for the same answer; a circuit breaker leaves a service alone that is down.
//
// It keeps who waits and says whether to call; the caller calls, and lands the flight when the
// service has answered. One thread at a time: its owner keeps it under a lock. Bound:
// `waiting_most` who wait.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/upstream/circuit_breaker.h"
#include "app/upstream/http_call.h"
#include "base/time.h"

namespace app {

enum class Boarding : std::uint8_t {
  waits,       // For a call that is under way.
  must_call,   // The first who asks this.
  full,        // As many wait as may; nothing was taken.
  left_alone,  // The service is down; nothing was taken.
};

// What a call says of the service, for the breaker.
enum class ServiceHealth : std::uint8_t { well, failing, unknown };

// Not of the service's making: the call was never made, or its turn never came.
constexpr bool is_our_own(HttpOutcome outcome) noexcept {
  return outcome == HttpOutcome::overloaded || outcome == HttpOutcome::ended;
}
// `failed`: the answer is not what the service should say.
constexpr ServiceHealth health_after(HttpOutcome outcome, bool failed) noexcept {
  if (is_our_own(outcome)) return ServiceHealth::unknown;
  return failed ? ServiceHealth::failing : ServiceHealth::well;
}

template <typename Key, typename Answer, typename Hash>
class SharedCalls {
 public:
  // Who waited for a call, now to be answered, and what it has made of the breaker.
  struct Landing {
    std::vector<Answer> answers{};
    CircuitBreaker::State before{};
    CircuitBreaker::State after{};
  };

  SharedCalls(std::size_t waiting_most, const BreakerOptions& breaker)
      : waiting_most_(waiting_most), breaker_(breaker) {}

  // `answer` is taken unless `full` or `left_alone`.
  Boarding board(const Key& key, Answer& answer, base::Instant now) {
    if (waiting_ >= waiting_most_) return Boarding::full;
    auto flight = flights_.find(key);
    const bool is_new = flight == flights_.end();
    if (is_new) {
      const std::optional<CircuitBreaker::Pass> pass = breaker_.enter(now);
      if (!pass) return Boarding::left_alone;
      flight = flights_.emplace(key, Flight{.pass = *pass}).first;
    }
    ++waiting_;
    flight->second.answers.push_back(std::move(answer));
    return is_new ? Boarding::must_call : Boarding::waits;
  }
  Landing land(const Key& key, ServiceHealth health, base::Instant now) {
    Flight flight = std::move(flights_.extract(key).mapped());
    waiting_ -= flight.answers.size();
    const CircuitBreaker::State before = breaker_.state();
    switch (health) {
      case ServiceHealth::well:
        breaker_.succeeded(flight.pass);
        break;
      case ServiceHealth::failing:
        breaker_.failed(flight.pass, now);
        break;
      case ServiceHealth::unknown:
        breaker_.abandoned(flight.pass);
        break;
    }
    return {std::move(flight.answers), before, breaker_.state()};
  }

  std::size_t waiting() const noexcept { return waiting_; }
  CircuitBreaker::State state() const noexcept { return breaker_.state(); }

 private:
  struct Flight {
    CircuitBreaker::Pass pass{};
    std::vector<Answer> answers{};
  };

  const std::size_t waiting_most_;
  std::size_t waiting_ = 0;
  std::unordered_map<Key, Flight, Hash> flights_;
  CircuitBreaker breaker_;
};

// Tells the operator that the service, such as "the auth service", is left alone from now on, or
// answers again. Any thread.
void log_service_state(std::string_view service, CircuitBreaker::State before,
                       CircuitBreaker::State after, std::string_view failure);

}  // namespace app
