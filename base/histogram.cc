#include "base/histogram.h"

#include <cmath>

#include "base/check.h"

namespace base {

void Histogram::merge(const Histogram& other) noexcept {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  saturated_ += other.saturated_;
  sum_ += other.sum_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

std::uint64_t Histogram::percentile(double percent) const noexcept {
  CHECK(percent >= 0.0);
  CHECK(percent <= 100.0);
  if (count_ == 0) return 0;
  const double rank_exact = std::ceil(percent / 100.0 * static_cast<double>(count_));
  const auto rank = static_cast<std::uint64_t>(rank_exact);
  if (rank <= 1) return min_;
  std::uint64_t passed = 0;
  for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
    passed += counts_[bucket];
    if (passed >= rank) return std::min(detail::latency_bucket_upper_end(bucket), max_);
  }
  return max_;  // The rank was rounded up past a count that a double cannot tell exactly.
}

}  // namespace base
