#include "app/admin/recent_octaves.h"

namespace app {

void RecentOctaves::look(base::Instant now, const Totals& totals) {
  newest_ = totals;
  if (now - looks_.back().at < kLookEvery) return;
  looks_.push_back({.at = now, .totals = totals});
  if (looks_.size() > kLooksKept) looks_.pop_front();
}

std::optional<double> RecentOctaves::percentile(double part) const noexcept {
  const Totals& oldest = looks_.front().totals;
  std::uint64_t all = 0;
  for (std::size_t octave = 0; octave < newest_.size(); ++octave) {
    all += newest_[octave] - oldest[octave];
  }
  if (all == 0) return std::nullopt;
  const double wanted = part * static_cast<double>(all);
  double below = 0;
  for (std::size_t octave = 0; octave < newest_.size(); ++octave) {
    const auto inside = static_cast<double>(newest_[octave] - oldest[octave]);
    if (inside > 0 && below + inside >= wanted) {
      if (octave == 0) return 0.0;
      const auto begin = static_cast<double>(std::uint64_t{1} << (octave - 1));
      return begin + begin * (wanted - below) / inside;  // An octave is as long as its begin.
    }
    below += inside;
  }
  return std::nullopt;  // Only by rounding, when `part` is 1.
}

}  // namespace app
