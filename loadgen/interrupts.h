// Interrupts: waiting for an instant or for somebody to press Ctrl-C, whichever comes first.
//
// Construct it before any other thread exists: it blocks SIGINT and SIGTERM, which all threads
// inherit, so that only wait_until() takes them. Main thread only. A second one ends the process.
#pragma once

#include <csignal>

#include "base/time.h"

namespace loadgen {

class Interrupts {
 public:
  Interrupts() noexcept;
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  // True when interrupted, now or earlier.
  bool wait_until(base::Instant instant) noexcept;
  bool interrupted() const noexcept { return interrupted_; }

 private:
  sigset_t signals_{};
  bool interrupted_ = false;
};

}  // namespace loadgen
