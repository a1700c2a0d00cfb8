// Schedule: when an open loop is to send, laid down in advance, whatever the server does meanwhile.
//
// Constant: evenly spaced, computed from the start each time, so that nothing drifts. Poisson:
// independent arrivals of the same mean rate, from the seed. Plain value, one thread. The instants
// never decrease; a rate of zero never sends.
#pragma once

#include <cstdint>

#include "base/prng.h"
#include "base/time.h"

namespace loadgen {

enum class Arrivals : std::uint8_t { constant, poisson };

struct ScheduleOptions {
  double rate = 0;  // Per second.
  Arrivals arrivals = Arrivals::constant;
  std::uint64_t seed = 1;
  // Where in the first interval a constant schedule begins, of [0, 1): keeps shards apart.
  double phase = 0;
};

class Schedule {
 public:
  explicit Schedule(const ScheduleOptions& options);

  void start(base::Instant at);
  // When the next one is to be sent; kForever before start() and without a rate.
  base::Instant next() const noexcept { return next_; }
  // Goes on to the one after.
  void advance();

 private:
  base::Instant at(double intervals) const;
  double gap();

  ScheduleOptions options_;
  base::Prng prng_;
  base::Instant started_{};
  double position_ = 0;  // In intervals since the start.
  base::Instant next_ = base::kForever;
};

}  // namespace loadgen
