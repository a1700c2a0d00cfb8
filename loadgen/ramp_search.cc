#include "loadgen/ramp_search.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace loadgen {

std::optional<double> RampSearch::next() const {
  if (steps_ == kRampStepsMost) return std::nullopt;
  if (!held_) return failed_ ? std::nullopt : std::optional(options_.from);
  if (!failed_) {
    if (*held_ >= options_.to) return std::nullopt;
    return std::min(*held_ * options_.growth, options_.to);
  }
  if (*failed_ <= *held_ * (1 + options_.precision)) return std::nullopt;
  return std::sqrt(*held_ * *failed_);  // The middle, as it grows.
}

void RampSearch::tell(bool held) {
  const std::optional<double> rate = next();
  CHECK(rate.has_value());
  ++steps_;
  (held ? held_ : failed_) = rate;
}

}  // namespace loadgen
