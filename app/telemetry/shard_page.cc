#include "app/telemetry/shard_page.h"

#include <limits>

#include "engine/room/websocket_shard.h"

namespace app {

namespace {

constexpr double kNanosecondsPerSecond = 1e9;
constexpr std::size_t kFirstOctave = 10;  // About a microsecond.
constexpr std::size_t kLastOctave = 30;   // About a second.

}  // namespace

void ShardPage::octaves(std::string name, std::string help, const ReadOctaves& read,
                        MetricPage::Labels labels) {
  durations(std::move(name), std::move(help), kNanosecondsPerSecond, kFirstOctave, kLastOctave,
            read, std::move(labels));
}

void ShardPage::durations(std::string name, std::string help, double per_second, std::size_t first,
                          std::size_t last, const ReadOctaves& read, MetricPage::Labels labels) {
  MetricPage::Histogram histogram;
  std::uint64_t cumulative = 0;
  for (std::size_t octave = 0; octave < base::OctaveCounts::kOctaves; ++octave) {
    cumulative += sum([&](const Parts& parts) { return read(parts).bucket(octave); });
    if (octave < first || octave > last) continue;
    const double bound = static_cast<double>(std::uint64_t{1} << octave);
    histogram.bucket.push_back({cumulative, bound / per_second});
  }
  histogram.sample_count = cumulative;
  histogram.sample_sum =
      static_cast<double>(sum([&](const Parts& parts) { return read(parts).sum(); })) / per_second;
  page_.histogram(std::move(name), std::move(help), std::move(histogram), std::move(labels));
}

void ShardPage::room_sizes(std::string name, std::string help) {
  const auto of = [](const Parts& parts) -> const engine::RoomCounters& {
    return parts.program->room_counters();
  };
  MetricPage::Histogram histogram;
  std::uint64_t cumulative = 0;
  for (std::size_t octave = 1; octave < base::kRoomSizeOctaves; ++octave) {
    cumulative += sum([&](const Parts& parts) { return of(parts).rooms_of_size[octave].value(); });
    const double most = static_cast<double>((std::uint64_t{1} << octave) - 1);
    histogram.bucket.push_back({cumulative, most});
  }
  histogram.bucket.back().upper_bound = std::numeric_limits<double>::infinity();
  histogram.sample_count = cumulative;
  histogram.sample_sum =
      static_cast<double>(sum([&](const Parts& parts) { return of(parts).memberships.value(); }));
  page_.histogram(std::move(name), std::move(help), std::move(histogram));
}

}  // namespace app
