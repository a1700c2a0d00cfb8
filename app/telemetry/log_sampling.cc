#include "app/telemetry/log_sampling.h"

#include <algorithm>
#include <limits>

#include "base/check.h"

namespace app {

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();

// Spreads ids that are counted up over all 64 bits: a step of SplitMix64's kind, with the mixing of
// MurmurHash3, which alone would leave a zero what it is.
std::uint64_t spread(std::uint64_t hash) noexcept {
  hash += 0x9E3779B97F4A7C15ULL;
  hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCDULL;
  hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53ULL;
  return hash ^ (hash >> 33);
}

}  // namespace

std::string_view name(LogKind kind) noexcept {
  switch (kind) {
    case LogKind::opened:
      return "opened";
    case LogKind::turned_away:
      return "turned_away";
    case LogKind::refused:
      return "refused";
    case LogKind::auth_failed:
      return "auth_failed";
    case LogKind::error_event:
      return "error_event";
    case LogKind::closed:
      return "closed";
  }
  return "";
}

LogSampling::LogSampling(const LogSamplingOptions& options)
    : interval_(options.lines_per_second == 0 ? 0 : kSecond / options.lines_per_second),
      chosen_below_(kAll) {
  set_one_connection_in(options.one_connection_in);
}

void LogSampling::set_one_connection_in(std::uint32_t count) noexcept {
  chosen_below_.store(count <= 1 ? kAll : kAll / count, std::memory_order_relaxed);
}

bool LogSampling::chosen(std::uint64_t connection_hash) const noexcept {
  const std::uint64_t below = chosen_below_.load(std::memory_order_relaxed);
  return below == kAll || spread(connection_hash) < below;
}

LogVerdict LogSampling::admit(LogKind kind, base::Instant now) noexcept {
  if (!take(of(kind), now)) {
    of(kind).suppressed.fetch_add(1, std::memory_order_relaxed);
    return {};
  }
  return {.write = true, .suppressed = take_suppressed(kind)};
}

std::uint64_t LogSampling::take_suppressed(LogKind kind) noexcept {
  std::atomic<std::uint64_t>& suppressed = of(kind).suppressed;
  // Mostly there is nothing, and a load keeps the line shared.
  if (suppressed.load(std::memory_order_relaxed) == 0) return 0;
  return suppressed.exchange(0, std::memory_order_relaxed);
}

LogSampling::Kind& LogSampling::of(LogKind kind) noexcept {
  const auto index = static_cast<std::size_t>(kind);
  CHECK(index < kLogKindCount);
  return kinds_[index];
}

// A bucket that holds a second's worth of lines, as the time at which it will be full again.
bool LogSampling::take(Kind& kind, base::Instant now) const noexcept {
  if (interval_ == 0) return true;
  const std::int64_t present = now.time_since_epoch().count();
  std::int64_t whole_at = kind.whole_at.load(std::memory_order_relaxed);
  for (;;) {
    const std::int64_t next = std::max(whole_at, present) + interval_;
    if (next > present + kSecond) return false;
    if (kind.whole_at.compare_exchange_weak(whole_at, next, std::memory_order_relaxed)) return true;
  }
}

}  // namespace app
