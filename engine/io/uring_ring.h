// UringRing: one io_uring with its table of sockets and the buffers, of two sizes, that these
// receive into.
//
// It knows how to submit, wait and reap, and nothing of what the operations mean: that is
// UringDriver's, which has one ring or, where the open-file limit keeps tables small, several on
// the same thread. Only the first of these is waited on; the others ring the driver's bell.
// Threads: open() on the starting thread, start() and the rest on the shard's, fd() on any.
// Bounds: UringRingOptions, all taken at open().
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"
#include "engine/io/submission.h"
#include "engine/io/uring_abi.h"
#include "engine/io/uring_receive_buffers.h"

namespace engine {

struct UringRingOptions {
  std::uint32_t number = 0;   // Among the driver's rings.
  std::uint32_t submissions;  // Entries of the queues, powers of two.
  std::uint32_t completions;
  Descriptor first_descriptor;    // What the driver calls the table's first socket,
  std::uint32_t descriptors;      // and how many there may be.
  std::uint32_t receive_buffers;  // Of each size.
  std::uint32_t small_buffer_bytes;
  std::uint32_t large_buffer_bytes;
  int bell = -1;  // An eventfd that becomes readable when work waits here; -1: it is waited on.
};

class UringRing {
 public:
  // Waits without a deadline.
  static constexpr base::Duration kNoEnd = base::Duration::max();

  UringRing() = default;
  ~UringRing();
  UringRing(const UringRing&) = delete;
  UringRing& operator=(const UringRing&) = delete;

  // Errors say which limit of the host is too low and what to set.
  base::Status open(const UringRingOptions& options);
  base::Status start();
  int fd() const noexcept { return ring_.ring_fd; }
  std::uint32_t number() const noexcept { return options_.number; }

  // ---- Submitting -------------------------------------------------------------------------------

  // An entry to fill. A full queue is submitted first; null when the kernel takes no more now.
  io_uring_sqe* next_entry() noexcept;
  // The message header that belongs to an entry: the kernel reads it when it takes the entry.
  msghdr& header_of(const io_uring_sqe& entry) noexcept {
    return headers_[static_cast<std::size_t>(&entry - ring_.sq.sqes)];
  }
  // Shows the kernel what is staged. Returns how much of it the kernel has not taken yet.
  std::uint32_t flush_entries() noexcept;
  // Submits, runs the kernel's deferred work, and waits for `wait_for` completions until patience
  // is over. A negated errno when the kernel could not: what is staged then stays so.
  int enter(std::uint32_t wait_for, base::Duration patience) noexcept;

  // ---- Completions ------------------------------------------------------------------------------

  // True when enter() or reap() would bring something.
  bool work_waits() const noexcept;
  // From now on work that comes rings the bell; work_waits() is to be asked once more.
  void ring_on_work() noexcept;
  void keep_quiet() noexcept;
  // The kernel put completions aside because the queue was full.
  bool overflowed() const noexcept;
  // Hands each completion that is there to `take(cqe)`, which returns false when it wants no more
  // after it. Returns how many were taken.
  template <typename Take>
  std::uint32_t reap(Take&& take) noexcept;
  bool anything_completed() const noexcept { return io_uring_cq_ready(&ring_) > 0; }
  // The last enter() brought so much that the kernel may hold more back, of which no flag tells.
  bool may_hold_more() const noexcept { return helping_ >= kHelpingLeast; }

  // ---- Receive buffers --------------------------------------------------------------------------

  static std::uint16_t group_of(BufferSize size) noexcept {
    return static_cast<std::uint16_t>(size);
  }
  static BufferSize size_of(RingBuffer buffer) noexcept {
    return buffer < kFirstLarge ? BufferSize::small : BufferSize::large;
  }
  UringReceiveBuffers& buffers(BufferSize size) noexcept { return buffers_[group_of(size)]; }
  UringReceiveBuffers& buffers_of(RingBuffer buffer) noexcept { return buffers(size_of(buffer)); }
  // Before the kernel is entered.
  void publish_buffers() noexcept {
    for (UringReceiveBuffers& buffers : buffers_) buffers.publish();
  }

  // ---- The table --------------------------------------------------------------------------------

  Descriptor global(std::int32_t index) const noexcept {
    return options_.first_descriptor + static_cast<Descriptor>(index);
  }
  int local(Descriptor descriptor) const noexcept {
    return static_cast<int>(descriptor - options_.first_descriptor);
  }
  // Places of the table that hold a socket or are promised to one.
  std::uint32_t taken() const noexcept { return taken_; }
  std::uint32_t free_places() const noexcept {
    return taken_ < options_.descriptors ? options_.descriptors - taken_ : 0;
  }
  void take_place() noexcept { ++taken_; }
  void leave_place() noexcept {
    if (taken_ > 0) --taken_;
  }

 private:
  UringRingOptions options_{};
  io_uring ring_{};
  bool open_ = false;
  bool registered_ = false;
  bool no_iowait_ = false;
  std::uint32_t helping_ = 0;  // Completions taken since the last enter().
  std::uint32_t taken_ = 0;
  std::array<UringReceiveBuffers, 2> buffers_;  // By size.
  std::vector<msghdr> headers_;

  static constexpr RingBuffer kFirstLarge = base::kReceiveBuffersMost;

  // Who reaps so many may have left some: since Linux 6.13 a call runs only 20 pieces of deferred
  // work, of which nearly every one completes something.
  static constexpr std::uint32_t kHelpingLeast = 16;
};

template <typename Take>
std::uint32_t UringRing::reap(Take&& take) noexcept {
  io_uring_cq& queue = ring_.cq;
  const std::uint32_t mask = *queue.kring_mask;
  const std::uint32_t tail = std::atomic_ref(*queue.ktail).load(std::memory_order_acquire);
  const std::uint32_t first = *queue.khead;
  std::uint32_t head = first;
  bool wants_more = true;
  while (head != tail && wants_more) wants_more = take(queue.cqes[head++ & mask]);
  std::atomic_ref(*queue.khead).store(head, std::memory_order_release);
  helping_ += head - first;
  return head - first;
}

}  // namespace engine
