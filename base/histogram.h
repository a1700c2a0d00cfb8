// Histogram: how long things took, in nanoseconds, with a relative error of at most 1/128.
//
// Log-linear buckets: exact below 256 ns, then 128 equal buckets for each power of two. A
// percentile is answered with the upper end of its bucket, never above the largest value recorded:
// reports may overstate a latency by 1/128 but never flatter it.
//
// Threads:    one writer; histograms of several threads are merged when the threads are done.
// Limits:     36 KiB in the object itself, so place it with care; record() never allocates.
// When full:  values above one hour are recorded as one hour and counted in saturated(); zero is
//             recorded as one nanosecond. Counts have 64 bits and do not fill.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/limits.h"

namespace base {

namespace detail {

inline constexpr std::uint32_t kLatencyBucketBits = 7;
inline constexpr std::uint64_t kLatencyBucketsPerOctave = std::uint64_t{1} << kLatencyBucketBits;

// Below 256 a value is its own bucket. Above, the position of the highest bit chooses the octave,
// and the seven bits below it the bucket in the octave.
constexpr std::size_t latency_bucket_of(std::uint64_t value) noexcept {
  const auto width = static_cast<std::uint32_t>(std::bit_width(value));
  const std::uint32_t shift = width > kLatencyBucketBits ? width - kLatencyBucketBits - 1 : 0;
  return static_cast<std::size_t>(shift * kLatencyBucketsPerOctave + (value >> shift));
}

// The largest value that latency_bucket_of() puts into the bucket.
constexpr std::uint64_t latency_bucket_upper_end(std::size_t bucket) noexcept {
  if (bucket < 2 * kLatencyBucketsPerOctave) return bucket;
  const std::uint64_t shift = bucket / kLatencyBucketsPerOctave - 1;
  const std::uint64_t leading = bucket % kLatencyBucketsPerOctave + kLatencyBucketsPerOctave;
  return ((leading + 1) << shift) - 1;
}

inline constexpr std::size_t kLatencyBuckets = latency_bucket_of(kHistogramNanosecondsMax) + 1;

static_assert(latency_bucket_of(255) == 255 && latency_bucket_upper_end(255) == 255);
static_assert(latency_bucket_of(256) == 256 && latency_bucket_of(257) == 256);
static_assert(latency_bucket_of(258) == 257 && latency_bucket_upper_end(256) == 257);

}  // namespace detail

class Histogram {
 public:
  void record(std::uint64_t nanoseconds, std::uint64_t count = 1) noexcept {
    if (count == 0) return;
    if (nanoseconds > kHistogramNanosecondsMax) saturated_ += count;
    const std::uint64_t value = std::clamp<std::uint64_t>(nanoseconds, 1, kHistogramNanosecondsMax);
    counts_[detail::latency_bucket_of(value)] += count;
    count_ += count;
    sum_ += Sum{value} * count;
    min_ = std::min(min_, value);
    max_ = std::max(max_, value);
  }

  // Adds what another histogram has recorded, as if it had been recorded here.
  void merge(const Histogram& other) noexcept;

  void clear() noexcept { *this = Histogram(); }

  // The value that `percent` of the recorded values do not exceed, percent of [0, 100].
  // Zero when nothing was recorded.
  std::uint64_t percentile(double percent) const noexcept;

  // Calls `visit(upper_end, count)` for each bucket that holds anything, from the least on.
  template <typename Visit>
  void for_each_bucket(Visit&& visit) const {
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
      if (counts_[bucket] > 0) visit(detail::latency_bucket_upper_end(bucket), counts_[bucket]);
    }
  }

  std::uint64_t count() const noexcept { return count_; }
  std::uint64_t saturated() const noexcept { return saturated_; }
  std::uint64_t min() const noexcept { return count_ == 0 ? 0 : min_; }
  std::uint64_t max() const noexcept { return max_; }
  double mean() const noexcept {
    return count_ == 0 ? 0.0 : static_cast<double>(sum_) / static_cast<double>(count_);
  }

 private:
  __extension__ using Sum = unsigned __int128;  // 2^64 counts of one hour do not fit 64 bits.

  std::uint64_t count_ = 0;
  std::uint64_t saturated_ = 0;
  std::uint64_t min_ = UINT64_MAX;
  std::uint64_t max_ = 0;
  Sum sum_ = 0;
  std::array<std::uint64_t, detail::kLatencyBuckets> counts_{};
};

}  // namespace base
