// UringReceiveBuffers: the memory that the kernel receives into, lent to completions one by one.
//
// One provided-buffer ring per io_uring. The kernel takes buffers from its head; give_back() puts
// them behind its tail, and publish() makes all that came back visible with one store.
// Threads: the shard's own. Bound: `count` buffers of `bytes` each, mapped at construction.
// When empty: receives end with Outcome::no_buffers and are armed again later. Nothing is lost,
// because the bytes stay in the socket.
// Invariant: a buffer is either in the ring or on loan, never both; give_back() CHECKs the count.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "engine/io/uring_abi.h"

namespace engine {

// A buffer's number within its ring; the driver makes a BufferId of it.
using RingBuffer = std::uint16_t;

class UringReceiveBuffers {
 public:
  UringReceiveBuffers() = default;
  UringReceiveBuffers(const UringReceiveBuffers&) = delete;
  UringReceiveBuffers& operator=(const UringReceiveBuffers&) = delete;
  ~UringReceiveBuffers();

  // Maps the memory and registers it as buffer group 0 of `ring`. `count` is a power of two.
  base::Status open(io_uring& ring, std::uint32_t count, std::uint32_t bytes);

  // The kernel filled `buffer`: it is on loan from here on.
  std::byte* lend(RingBuffer buffer) noexcept;
  void give_back(RingBuffer buffer) noexcept;
  void publish() noexcept;

  std::uint32_t lent() const noexcept { return lent_; }

 private:
  std::byte* at(RingBuffer buffer) const noexcept { return memory_ + std::size_t{buffer} * bytes_; }

  io_uring_buf_ring* ring_ = nullptr;
  std::byte* memory_ = nullptr;
  std::uint32_t count_ = 0;
  std::uint32_t bytes_ = 0;
  std::uint32_t lent_ = 0;
  std::uint32_t returned_ = 0;  // Given back, not yet published.
};

}  // namespace engine
