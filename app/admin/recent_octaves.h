// RecentOctaves: how what was counted in the last seconds is spread, of counts that only grow.
//
// Whoever looks hands in the totals and the time; kept are the totals of the last looks. After a
// long time without a look the first answer is about all of that time. Not for several threads at
// once. Bound: kLooksKept looks of at least kLookEvery from each other.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "base/counter.h"
#include "base/time.h"

namespace app {

class RecentOctaves {
 public:
  // By octave: see base::OctaveCounts.
  using Totals = std::array<std::uint64_t, base::OctaveCounts::kOctaves>;

  static constexpr std::size_t kLooksKept = 11;
  static constexpr base::Duration kLookEvery = std::chrono::seconds{1};

  void look(base::Instant now, const Totals& totals);
  // Below which that part of the values is, with an octave's values taken to be spread evenly.
  // Nothing where nothing was counted.
  std::optional<double> percentile(double part) const noexcept;

 private:
  struct Look {
    base::Instant at{};
    Totals totals{};
  };

  std::deque<Look> looks_{Look{}};  // Never empty, the oldest first.
  Totals newest_{};
};

}  // namespace app
