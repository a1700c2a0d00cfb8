// BoundedSeries: looks at something over time, at equal intervals, in a bounded number of samples.
//
// Samples hold totals since the start, not differences, so leaving one out loses nothing but
// resolution: when the series is full, every second sample is dropped and the interval doubles. A
// series thus covers a run of any length with between half and all of its capacity.
// Threads: one. Bound: `capacity` samples, reserved by begin(); add() never allocates.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/check.h"
#include "base/time.h"

namespace loadgen {

template <typename Sample>  // With a member `at`: base::Duration since the series began.
class BoundedSeries {
 public:
  void begin(base::Instant now, base::Duration interval, std::size_t capacity) {
    CHECK(interval > base::Duration::zero());
    CHECK(capacity >= 2);
    began_ = now;
    next_ = now;
    interval_ = interval;
    capacity_ = capacity;
    samples_.clear();
    samples_.reserve(capacity);
  }

  // When the next sample should be taken: forever before begin().
  base::Instant next() const noexcept { return next_; }
  base::Instant began() const noexcept { return began_; }
  base::Duration interval() const noexcept { return interval_; }
  const std::vector<Sample>& samples() const noexcept { return samples_; }

  // Takes a sample of `now` (`sample.at` is set here), not earlier than the one before.
  void add(base::Instant now, Sample sample) {
    CHECK(capacity_ > 0);
    sample.at = now - began_;
    CHECK(samples_.empty() || sample.at >= samples_.back().at);
    if (samples_.size() == capacity_) halve();
    samples_.push_back(sample);
    // Looks that came too late are not made up for.
    while (next_ <= now) next_ += interval_;
  }

 private:
  void halve() {
    for (std::size_t i = 0; 2 * i < samples_.size(); ++i) samples_[i] = samples_[2 * i];
    samples_.resize((samples_.size() + 1) / 2);
    interval_ *= 2;
  }

  base::Instant began_{};
  base::Instant next_ = base::kForever;
  base::Duration interval_{};
  std::size_t capacity_ = 0;
  std::vector<Sample> samples_;
};

}  // namespace loadgen
