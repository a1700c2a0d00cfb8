// RampSearch: which rate to try next, to find the highest that holds.
//
// From the first rate on it grows by a factor for as long as the rates hold; then it halves the
// interval between the highest that held and the lowest that did not, until they are as near as
// asked for. Plain value, one thread. Bound: kRampStepsMost rates.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"

namespace loadgen {

inline constexpr std::uint32_t kRampStepsMost = 200;

struct RampOptions {
  double from = 0;  // Messages per second.
  double to = 0;    // Nothing above is tried.
  double growth = 2;
  double precision = 0.05;  // The answer is at most so much too low, of itself.
  base::Duration step{};    // Measured at each rate.
};

class RampSearch {
 public:
  explicit RampSearch(const RampOptions& options) : options_(options) {}

  // None: the search is over.
  std::optional<double> next() const;
  // What became of the rate that next() named.
  void tell(bool held);

  // The highest rate that held; none when not even the first did.
  std::optional<double> highest() const noexcept { return held_; }
  // The lowest that did not.
  std::optional<double> lowest_failed() const noexcept { return failed_; }

 private:
  RampOptions options_;
  std::uint32_t steps_ = 0;
  std::optional<double> held_;
  std::optional<double> failed_;
};

}  // namespace loadgen
