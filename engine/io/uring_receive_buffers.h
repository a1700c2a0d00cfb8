// UringReceiveBuffers: the memory that the kernel receives into, lent to completions one by one.
//
// One provided-buffer ring; an io_uring has one for each size of buffers. The kernel takes buffers
// from its head; publish() offers it those given back last, which are still in the cache, and only
// as many as bursts have needed: twice as many once all were taken, half when a period needed few,
// and where much comes in each no more than a core's own cache holds. What it is not offered is not
// touched, or is returned to the host, so that a ring may have many and yet cost little. Threads:
// the shard's own. Bound: `count` buffers of `bytes` each, mapped at construction. When empty:
// receives end with Outcome::no_buffers and are armed again later. Nothing is lost, because the
// bytes stay in the socket. Invariant: a buffer is offered, on loan or free, and only one of them;
// give_back() CHECKs the count.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "engine/io/uring_abi.h"

namespace engine {

// A buffer's number within its io_uring; the driver makes a BufferId of it.
using RingBuffer = std::uint16_t;

struct ReceiveBuffersOptions {
  std::uint16_t group;  // By which receives name it.
  RingBuffer first;     // The number of its first buffer.
  std::uint32_t count;  // A power of two.
  std::uint32_t bytes;  // Of each.
};

class UringReceiveBuffers {
 public:
  UringReceiveBuffers() = default;
  UringReceiveBuffers(const UringReceiveBuffers&) = delete;
  UringReceiveBuffers& operator=(const UringReceiveBuffers&) = delete;
  ~UringReceiveBuffers();

  // Maps the memory and registers it with `ring`.
  base::Status open(io_uring& ring, const ReceiveBuffersOptions& options);

  // The kernel filled `buffer` with so many bytes: it is on loan from here on.
  std::byte* lend(RingBuffer buffer, std::uint32_t filled) noexcept;
  void give_back(RingBuffer buffer) noexcept;
  // Offers what is wanted, visible to the kernel with one store. Each time before it is entered.
  void publish() noexcept;

  std::uint32_t lent() const noexcept { return lent_; }
  std::uint32_t bytes() const noexcept { return bytes_; }
  // How many bursts have needed: publish() offers so many, or fewer where much comes in each.
  std::uint32_t wanted() const noexcept { return wanted_; }

 private:
  // By its place, which is its number less `first`.
  std::byte* at(std::uint32_t place) const noexcept {
    return memory_ + std::size_t{place} * bytes_;
  }
  std::uint32_t offers_most() const noexcept;
  void end_period() noexcept;
  void return_to_host() noexcept;

  io_uring_buf_ring* ring_ = nullptr;
  std::byte* memory_ = nullptr;
  RingBuffer first_ = 0;
  std::uint32_t count_ = 0;
  std::uint32_t bytes_ = 0;
  std::uint32_t lent_ = 0;
  std::uint32_t offered_ = 0;      // That the kernel has, as far as completions have told.
  std::uint32_t wanted_ = 0;       // That it should have, if they are to hold little.
  std::uint32_t usual_bytes_ = 0;  // That came in one lately: a moving average.
  std::uint32_t lent_most_ = 0;    // At once, in this period.
  std::uint32_t offers_left_ = 0;  // Of the period.
  std::vector<RingBuffer> free_;   // Places; the last is the one that was used last.
  std::vector<char> has_memory_;   // By place: was written to since its memory was returned.
};

}  // namespace engine
