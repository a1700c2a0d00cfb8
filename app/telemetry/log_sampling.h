// LogSampling: which lines about connections are written, so that a flood of them stays a trickle.
//
// Two sieves. By connection: one in so many is logged at all, and then wholly, so that a story in
// the log has no gaps; which ones is decided by a hash of the id, the same on every node. By kind:
// at most so many lines of a kind a second; what was left out is counted, and told with the next
// line of that kind or by take_suppressed(). Time is handed in. Any thread: a call costs one or two
// atomic operations and never waits. Bound: one figure for each kind.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/time.h"

namespace app {

enum class LogKind : std::uint8_t {
  opened,       // Let in.
  turned_away,  // Not even asked what they want: no place, no memory, no budget for them.
  refused,      // Not let in: limits, a subprotocol that is none of ours.
  auth_failed,  // Not let in for who they are.
  error_event,  // Told that what they sent will not do.
  closed,
};

inline constexpr std::size_t kLogKindCount = 6;

std::string_view name(LogKind kind) noexcept;

struct LogSamplingOptions {
  std::uint32_t lines_per_second = 100;  // Of each kind; 0: no bound.
  std::uint32_t one_connection_in = 1;   // 1: all.
};

struct LogVerdict {
  bool write = false;
  std::uint64_t suppressed = 0;  // Lines of this kind that were left out before this one.
};

class LogSampling {
 public:
  explicit LogSampling(const LogSamplingOptions& options);

  // From now on; 1: all.
  void set_one_connection_in(std::uint32_t count) noexcept;

  // Is this connection one of those that are logged? The hash need not be a good one.
  bool chosen(std::uint64_t connection_hash) const noexcept;
  // May this line be written? A line that is, tells `suppressed`.
  LogVerdict admit(LogKind kind, base::Instant now) noexcept;
  // What was left out and not told yet, for a line of its own once a second.
  std::uint64_t take_suppressed(LogKind kind) noexcept;

 private:
  struct alignas(64) Kind {  // A cache line each: shards write different kinds at once.
    // When the allowance is whole again, in nanoseconds of the caller's time line.
    std::atomic<std::int64_t> whole_at{0};
    std::atomic<std::uint64_t> suppressed{0};
  };

  Kind& of(LogKind kind) noexcept;
  bool take(Kind& kind, base::Instant now) const noexcept;

  std::int64_t interval_;  // Of two lines in the long run; 0: no bound.
  std::atomic<std::uint64_t> chosen_below_;
  std::array<Kind, kLogKindCount> kinds_;
};

}  // namespace app
