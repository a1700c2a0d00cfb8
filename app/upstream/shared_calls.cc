#include "app/upstream/shared_calls.h"

#include "base/log.h"

namespace app {

void log_service_state(std::string_view service, CircuitBreaker::State before,
                       CircuitBreaker::State after, std::string_view failure) {
  using State = CircuitBreaker::State;
  if (before == State::closed && after == State::open) {
    base::log_warn("{} fails, and is left alone for a while: {}", service, failure);
  }
  if (before == State::half_open && after == State::closed) {
    base::log_info("{} answers again", service);
  }
}

}  // namespace app
