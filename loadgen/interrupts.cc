#include "loadgen/interrupts.h"

#include <cerrno>
#include <ctime>

#include "loadgen/clock.h"

namespace loadgen {

Interrupts::Interrupts() noexcept {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

bool Interrupts::wait_until(base::Instant instant) noexcept {
  while (!interrupted_) {
    const base::Duration left = instant - monotonic_now();
    if (left <= base::Duration::zero()) return false;
    const timespec timeout{.tv_sec = left / std::chrono::seconds{1},
                           .tv_nsec = (left % std::chrono::seconds{1}).count()};
    if (sigtimedwait(&signals_, nullptr, &timeout) < 0) continue;
    interrupted_ = true;
    // What is left is only to report; whoever does not want that either may say so again.
    pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
  }
  return true;
}

}  // namespace loadgen
