// SpscRing: the one-way lane from one shard to another.
//
// Shards share no state; they pass messages. Every ordered pair of shards owns one ring, so a lane
// has exactly one producer and one consumer and needs neither a lock nor a read-modify-write. Each
// side keeps its last sight of the other side's index, and reads the shared cache line again only
// when that sight is not enough: "full" for the producer, "less than asked for" for the consumer.
//
// Threads:    try_push() on the producer shard only, drain() on the consumer shard only.
// Limits:     exactly `capacity` elements, held in the object itself; nothing is allocated. A ring
// of
//             zero bytes is an empty ring, so a mapping of fresh pages is an array of them.
// When full:  try_push() returns false and the caller still owns the element. Full is not an
//             error: it is the backpressure that Mailbox turns into a paused producer.
//
// Invariants:
//   (1) tail_ - head_ <= capacity. Both indices run freely and wrap at 2^32; only slot() masks.
//   (2) Slots [head_, tail_) belong to the consumer, every other slot to the producer.
//   (3) tail_ is stored only by the producer, head_ only by the consumer.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <type_traits>

#include "base/check.h"

namespace engine {

template <typename Element, std::uint32_t capacity>
class SpscRing {
  static_assert(std::has_single_bit(capacity), "slot() masks the index instead of dividing it");
  static_assert(std::is_trivially_copyable_v<Element>, "an element crosses shards as plain bytes");

 public:
  // Producer. Returns false when the ring is full.
  [[nodiscard]] bool try_push(const Element& element) noexcept {
    const std::uint32_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - head_seen_ == capacity) head_seen_ = head_.load(std::memory_order_acquire);
    CHECK(tail - head_seen_ <= capacity);
    if (tail - head_seen_ == capacity) return false;
    slot(tail) = element;
    tail_.store(tail + 1, std::memory_order_release);  // Publishes the slot: invariant (2).
    return true;
  }

  // Consumer. Calls `sink(element)`, oldest first, for at most `limit` elements; returns how many.
  // The limit keeps one busy lane from starving the others within a turn of the loop.
  template <typename Sink>
  std::uint32_t drain(std::uint32_t limit, Sink&& sink) {
    const std::uint32_t head = head_.load(std::memory_order_relaxed);
    if (tail_seen_ - head < limit) tail_seen_ = tail_.load(std::memory_order_acquire);
    CHECK(tail_seen_ - head <= capacity);
    const std::uint32_t count = std::min(tail_seen_ - head, limit);
    for (std::uint32_t i = 0; i < count; ++i) sink(slot(head + i));
    head_.store(head + count, std::memory_order_release);  // Hands the slots back: invariant (2).
    return count;
  }

  // Consumer. Looks at the producer's line: for the last look before sleeping.
  bool empty() const noexcept {
    return tail_.load(std::memory_order_acquire) == head_.load(std::memory_order_relaxed);
  }

 private:
  Element& slot(std::uint32_t index) noexcept { return slots_[index & (capacity - 1)]; }

  alignas(64) std::atomic<std::uint32_t> tail_{0};  // The producer's line: its index,
  std::uint32_t head_seen_ = 0;                     // and its last sight of head_.
  alignas(64) std::atomic<std::uint32_t> head_{0};  // The consumer's line: its index,
  std::uint32_t tail_seen_ = 0;                     // and its last sight of tail_.
  alignas(64) std::array<Element, capacity> slots_;
};

}  // namespace engine
