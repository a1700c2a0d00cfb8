// LatencyCounts: how many latencies fell into each of some hundred ranges, for a picture over time.
//
// Four ranges to each power of two, from about 1 us to about a minute, and one more at either end
// for what lies outside: an error of at most a quarter, where base/histogram.h has 1/128. In return
// any thread may read it while its one writer counts, so that somebody else can look at it every so
// often and tell by the difference what came in between. Bound: 848 bytes; record() is a few
// instructions and never allocates.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/counter.h"

namespace loadgen {

inline constexpr std::uint32_t kLatencyOctaveFirst = 10;  // 2^10 ns; all below is one range.
inline constexpr std::uint32_t kLatencyOctaveEnd = 36;    // 2^36 ns; so is all from there on.
inline constexpr std::uint32_t kLatencyRangeBits = 2;
inline constexpr std::size_t kLatencyRangesPerOctave = std::size_t{1} << kLatencyRangeBits;
inline constexpr std::size_t kLatencyRanges =
    (kLatencyOctaveEnd - kLatencyOctaveFirst) * kLatencyRangesPerOctave + 2;

// The range that a latency belongs to: the highest bit chooses the octave, the two below it the
// quarter.
constexpr std::size_t latency_range_of(std::uint64_t nanoseconds) noexcept {
  const auto width = static_cast<std::uint32_t>(std::bit_width(nanoseconds));
  if (width <= kLatencyOctaveFirst) return 0;
  if (width > kLatencyOctaveEnd) return kLatencyRanges - 1;
  const std::uint32_t octave = width - 1;
  const std::uint64_t quarter =
      nanoseconds >> (octave - kLatencyRangeBits) & (kLatencyRangesPerOctave - 1);
  return 1 + (octave - kLatencyOctaveFirst) * kLatencyRangesPerOctave + quarter;
}

// The least latency of a range; that of kLatencyRanges, which is none, is the end of the last.
constexpr std::uint64_t latency_range_begin(std::size_t range) noexcept {
  if (range == 0) return 0;
  const std::uint64_t octave = kLatencyOctaveFirst + (range - 1) / kLatencyRangesPerOctave;
  const std::uint64_t quarter = (range - 1) % kLatencyRangesPerOctave;
  return (kLatencyRangesPerOctave + quarter) << (octave - kLatencyRangeBits);
}

static_assert(latency_range_of(1023) == 0 && latency_range_of(1024) == 1);
static_assert(latency_range_begin(1) == 1024 && latency_range_begin(2) == 1280);
static_assert(latency_range_begin(kLatencyRanges - 1) == std::uint64_t{1} << kLatencyOctaveEnd);

using LatencyRangeCounts = std::array<std::uint64_t, kLatencyRanges>;

class LatencyCounts {
 public:
  void record(std::uint64_t nanoseconds) noexcept { counts_[latency_range_of(nanoseconds)].add(); }

  void add_to(LatencyRangeCounts& counts) const noexcept {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts[i] += counts_[i].value();
  }

 private:
  std::array<base::Counter, kLatencyRanges> counts_;
};

}  // namespace loadgen
