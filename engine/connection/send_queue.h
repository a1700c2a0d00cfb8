// SendQueue: what one connection still has to send, oldest first, as slices of shared payloads.
//
// The front `in_flight` slices are the kernel's until their one send completes; nothing in front of
// them changes meanwhile. Each slice holds whole frames, so that control frames can go between:
// they overtake all that no send has begun to carry, and no send carries much more than
// kSendBytesInFlightMost, so a control frame waits for no more than that. Slices come from a pool
// that the shard's connections share, so an idle queue is two null pointers. Threads: the shard's
// own. Bound: the caller's, in bytes; a queue only counts, but for control frames, which it bounds
// itself. Invariants: in_flight <= slices; bytes is the sum of the slices' sizes; slices of sealed
// payloads, and no others, are control frames.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/limits.h"
#include "engine/connection/payload.h"
#include "engine/connection/payload_pool.h"

namespace engine {

struct Slice {
  Payload* payload;
  Slice* next;
  std::uint32_t offset;
  std::uint32_t size;
};

class SlicePool {
 public:
  Slice* allocate() {
    if (free_ == nullptr) grow();
    Slice* slice = free_;
    free_ = slice->next;
    __builtin_prefetch(free_, 1);
    ++in_use_;
    return slice;
  }
  void release(Slice* slice) noexcept {
    slice->next = free_;
    free_ = slice;
    --in_use_;
  }
  std::uint64_t bytes_in_use() const noexcept { return in_use_ * sizeof(Slice); }

 private:
  void grow();

  Slice* free_ = nullptr;
  std::uint64_t in_use_ = 0;
  std::vector<std::unique_ptr<Slice[]>> chunks_;
};

// What the queues of a shard draw from.
struct SendPools {
  PayloadPool payloads;
  SlicePool slices;
};

class SendQueue {
 public:
  bool empty() const noexcept { return first_ == nullptr; }
  // Bytes that wait, and what it costs to remember them: the figure that a limit is held to.
  std::uint32_t bytes() const noexcept { return bytes_; }
  std::uint64_t cost() const noexcept { return bytes_ + std::uint64_t{slices_} * sizeof(Slice); }
  bool in_flight() const noexcept { return in_flight_ > 0; }
  // Something is queued that no send carries yet.
  bool waits() const noexcept { return slices_ > in_flight_; }
  // The next send carries all that is queued, and what is added now.
  bool next_send_takes_all() const noexcept {
    return in_flight_ == 0 && bytes_ < base::kSendBytesInFlightMost &&
           slices_ < base::kSendSegmentsMax;
  }

  // Adds a slice of `payload` and a reference to it.
  void push(SendPools& pools, Payload* payload, std::uint32_t offset, std::uint32_t size);

  // Opens `size` bytes at the end of the queue for the caller to write: behind what this turn has
  // already written where there is room, in a new payload of at least `hint` bytes where not.
  std::byte* extend(SendPools& pools, std::uint32_t size, std::uint32_t hint) {
    std::byte* at = extend_last(size);
    return at != nullptr ? at : extend_anew(pools, size, hint);
  }

  // Queues a control frame in front of all data that no send has begun to carry, behind earlier
  // control frames. Those may take kControlQueueBytesMax; of more of the same kind (the same first
  // byte) only the newest stays. Returns the bytes that it took the place of.
  std::uint32_t push_control(SendPools& pools, std::span<const std::byte> frame);
  // Nothing may overtake what is first in the queue: it is no frame.
  void pin_first() noexcept { begun_ = true; }

  // The next send: fills `segments` from the front, oldest first, and marks them in flight.
  std::uint32_t take(std::span<iovec> segments) noexcept;
  // The send completed with `sent` bytes: drops them; what was not sent waits for the next take().
  void complete(SendPools& pools, std::uint32_t sent) noexcept;
  // All that is in flight was sent. Returns how many bytes that were.
  std::uint32_t complete_all(SendPools& pools) noexcept;
  // For who will complete it soon: the second asks for what the first has fetched.
  void prefetch_slice() const noexcept { __builtin_prefetch(first_); }
  void prefetch_payload() const noexcept {
    if (first_ != nullptr) __builtin_prefetch(first_->payload, 1);
  }
  // Drops what no send has begun to carry.
  void drop_waiting(SendPools& pools) noexcept;
  // Drops everything. Nothing may be in flight.
  void clear(SendPools& pools) noexcept;

 private:
  std::byte* extend_last(std::uint32_t size) noexcept;
  [[gnu::noinline]] std::byte* extend_anew(SendPools& pools, std::uint32_t size,
                                           std::uint32_t hint);
  void pop(SendPools& pools) noexcept;
  Slice* last_overtaken_by_none() const noexcept;
  void insert_control(SendPools& pools, Slice* behind, std::span<const std::byte> frame);
  void append_control(Slice& slice, std::span<const std::byte> frame) noexcept;

  Slice* first_ = nullptr;
  Slice* last_ = nullptr;
  std::uint32_t bytes_ = 0;
  std::uint32_t slices_ : 25 = 0;
  std::uint32_t begun_ : 1 = 0;  // A part of the first slice was sent, or it is pinned.
  std::uint32_t in_flight_ : 6 = 0;
};

inline void SendQueue::push(SendPools& pools, Payload* payload, std::uint32_t offset,
                            std::uint32_t size) {
  DCHECK(size > 0);
  DCHECK(offset + size <= payload->used());
  payload->retain();
  Slice* slice = pools.slices.allocate();
  *slice = {payload, nullptr, offset, size};
  if (last_ == nullptr) {
    first_ = slice;
  } else {
    last_->next = slice;
  }
  last_ = slice;
  bytes_ += size;
  ++slices_;
}

// The common case, inline: room behind what is queued already. Null when there is none.
inline std::byte* SendQueue::extend_last(std::uint32_t size) noexcept {
  DCHECK(size > 0);
  if (slices_ == in_flight_) return nullptr;
  Payload& tail = *last_->payload;
  if (tail.shared() || tail.room() < size || last_->offset + last_->size != tail.used()) {
    return nullptr;
  }
  last_->size += size;
  bytes_ += size;
  return tail.append(size);
}

static_assert(sizeof(SendQueue) == 24);
static_assert(base::kSendSegmentsMax < 1U << 6, "in_flight_ has six bits");
static_assert(base::kSendQueueBytesMost / sizeof(Slice) < 1U << 25, "slices_ has 25 bits");

}  // namespace engine
