// StreamAudit: whether the messages of one publisher reach one receiver once each and in order.
//
// A stream is a receiver and a publisher; its messages are numbered from 0. A receiver that joins
// later is owed those from some number on, and whatever follows the first that it does get. What is
// missing is only judged when no more can come: missing_of(sent) then says how many were lost.
// Threads: the receiver's shard. Bound: 24 bytes a stream; of a gap, the last kRemembered numbers
// are told apart from repetitions for certain. Older ones count as late while any is missing.
#pragma once

#include <cstdint>

namespace loadgen {

class StreamAudit {
 public:
  static constexpr std::uint64_t kRemembered = 64;

  enum class Verdict : std::uint8_t {
    in_order,
    ahead,      // After a gap, which may still fill.
    late,       // Filled a gap: out of order.
    duplicate,  // Had been here before.
  };

  // Starts anew, for a receiver that is owed `sequence` and all that follow.
  void start_at(std::uint64_t sequence) noexcept {
    next_ = sequence;
    missing_ = 0;
    seen_ = 0;
  }

  Verdict accept(std::uint64_t sequence) noexcept {
    if (sequence == next_) [[likely]] {
      ++next_;
      seen_ = seen_ << 1U | 1U;
      return Verdict::in_order;
    }
    return sequence > next_ ? accept_ahead(sequence) : accept_behind(sequence);
  }

  // The number after the highest that came.
  std::uint64_t next() const noexcept { return next_; }
  // How many of `sent` messages did not come, of those that it was owed.
  std::uint64_t missing_of(std::uint64_t sent) const noexcept {
    return missing_ + (sent > next_ ? sent - next_ : 0);
  }
  // Nothing below `mark` is still to come, but for what it has skipped.
  bool is_past(std::uint64_t mark) const noexcept { return next_ >= mark; }

 private:
  Verdict accept_ahead(std::uint64_t sequence) noexcept {
    const std::uint64_t gap = sequence - next_;
    missing_ += gap;
    seen_ = gap + 1 < kRemembered ? seen_ << (gap + 1) | 1U : 1U;
    next_ = sequence + 1;
    return Verdict::ahead;
  }

  Verdict accept_behind(std::uint64_t sequence) noexcept {
    if (seen_ == 0) {
      // The first, from before what it was owed: it was let in a little earlier than it knew.
      next_ = sequence + 1;
      seen_ = 1;
      return Verdict::in_order;
    }
    // Nothing is missing since the first: this one came twice, or before its time.
    if (missing_ == 0) return Verdict::duplicate;
    const std::uint64_t back = next_ - 1 - sequence;
    if (back < kRemembered) {
      const std::uint64_t bit = std::uint64_t{1} << back;
      if ((seen_ & bit) != 0) return Verdict::duplicate;
      seen_ |= bit;
    }
    --missing_;
    return Verdict::late;
  }

  std::uint64_t next_ = 0;
  std::uint64_t missing_ = 0;  // Below next_, of what it was owed.
  std::uint64_t seen_ = 0;     // Bit i: next_ - 1 - i came; 0: nothing has.
};

static_assert(sizeof(StreamAudit) == 24);

}  // namespace loadgen
