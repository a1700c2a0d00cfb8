#include "loadgen/schedule.h"

#include <cmath>

#include "base/check.h"

namespace loadgen {

namespace {

constexpr double kNanosecondsPerSecond = 1e9;

}  // namespace

Schedule::Schedule(const ScheduleOptions& options) : options_(options), prng_(options.seed) {
  CHECK(options.rate >= 0);
  CHECK(options.phase >= 0);
  CHECK(options.phase < 1);
}

void Schedule::start(base::Instant at) {
  started_ = at;
  if (options_.rate <= 0) return;
  position_ = options_.arrivals == Arrivals::constant ? options_.phase : gap();
  next_ = this->at(position_);
}

void Schedule::advance() {
  position_ += gap();
  next_ = at(position_);
}

// A double counts nanoseconds exactly for a hundred days.
base::Instant Schedule::at(double intervals) const {
  return started_ + base::Duration{std::llround(intervals * kNanosecondsPerSecond / options_.rate)};
}

double Schedule::gap() {
  return options_.arrivals == Arrivals::constant ? 1.0 : -std::log(1.0 - prng_.unit());
}

}  // namespace loadgen
