#include "engine/connection/send_queue.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace engine {

namespace {
constexpr std::size_t kSlicesPerChunk = 512;
}

void SlicePool::grow() {
  chunks_.push_back(std::make_unique<Slice[]>(kSlicesPerChunk));
  Slice* chunk = chunks_.back().get();
  in_use_ += kSlicesPerChunk;
  for (std::size_t i = kSlicesPerChunk; i > 0; --i) release(&chunk[i - 1]);
}

std::byte* SendQueue::extend_anew(SendPools& pools, std::uint32_t size, std::uint32_t hint) {
  Payload* payload = pools.payloads.allocate(std::max(size, hint));
  std::byte* at = payload->append(size);
  push(pools, payload, 0, size);
  pools.payloads.release(payload);  // The slice holds the only reference now.
  return at;
}

std::uint32_t SendQueue::take(std::span<iovec> segments) noexcept {
  CHECK(in_flight_ == 0);
  if (first_ == nullptr) return 0;
  std::uint32_t count = 0;
  std::uint64_t bytes = 0;
  const Slice* slice = first_;
  do {
    segments[count++] = {slice->payload->bytes() + slice->offset, slice->size};
    bytes += slice->size;
    slice = slice->next;
  } while (slice != nullptr && count < segments.size() && bytes < base::kSendBytesInFlightMost);
  DCHECK(count <= base::kSendSegmentsMax);
  in_flight_ = count & 0x3FU;
  return count;
}

void SendQueue::complete(SendPools& pools, std::uint32_t sent) noexcept {
  CHECK(in_flight_ > 0);
  CHECK(sent <= bytes_);
  in_flight_ = 0;
  if (sent == 0) return;  // The first slice is as it was.
  begun_ = false;
  bytes_ -= sent;
  do {
    if (sent < first_->size) {
      first_->offset += sent;
      first_->size -= sent;
      begun_ = true;
      return;
    }
    sent -= first_->size;
    pop(pools);
  } while (sent > 0);
}

std::uint32_t SendQueue::complete_all(SendPools& pools) noexcept {
  CHECK(in_flight_ > 0);
  std::uint32_t sent = 0;
  for (; in_flight_ > 0; --in_flight_) {
    sent += first_->size;
    pop(pools);
  }
  begun_ = false;
  bytes_ -= sent;
  return sent;
}

void SendQueue::clear(SendPools& pools) noexcept {
  CHECK(in_flight_ == 0);
  while (first_ != nullptr) pop(pools);
  bytes_ = 0;
  begun_ = false;
}

// ---- Control frames -----------------------------------------------------------------------------

// Null when everything may be overtaken.
Slice* SendQueue::last_overtaken_by_none() const noexcept {
  std::uint32_t fixed = in_flight_ > 0 ? in_flight_ : begun_;
  DCHECK(fixed <= slices_);
  if (fixed == 0) return nullptr;
  Slice* slice = first_;
  while (--fixed > 0) slice = slice->next;
  return slice;
}

void SendQueue::drop_waiting(SendPools& pools) noexcept {
  Slice* kept = last_overtaken_by_none();
  Slice* slice = kept == nullptr ? first_ : kept->next;
  while (slice != nullptr) {
    Slice* next = slice->next;
    bytes_ -= slice->size;
    --slices_;
    pools.payloads.release(slice->payload);
    pools.slices.release(slice);
    slice = next;
  }
  last_ = kept;
  (kept == nullptr ? first_ : kept->next) = nullptr;
}

std::uint32_t SendQueue::push_control(SendPools& pools, std::span<const std::byte> frame) {
  DCHECK(!frame.empty());
  DCHECK(frame.size() <= base::kControlFrameBytesMax);
  const auto size = static_cast<std::uint32_t>(frame.size());
  Slice* behind = last_overtaken_by_none();
  Slice* next = behind == nullptr ? first_ : behind->next;
  std::uint64_t waiting = 0;
  for (; next != nullptr && next->payload->sealed(); next = next->next) {
    waiting += next->size + sizeof(Slice);
    behind = next;
  }
  if (waiting == 0) {
    insert_control(pools, behind, frame);
    return 0;
  }
  const bool fits = behind->payload->room() >= size;
  if (waiting + size <= base::kControlQueueBytesMax) {
    if (!fits) {
      insert_control(pools, behind, frame);
    } else {
      append_control(*behind, frame);
    }
    return 0;
  }
  if (behind->payload->bytes()[behind->offset] != frame.front()) {
    insert_control(pools, behind, frame);
    return 0;
  }
  const std::uint32_t replaced = behind->size;
  bytes_ -= replaced;
  behind->payload->unseal();
  behind->payload->clear();
  behind->payload->seal();
  behind->offset = 0;
  behind->size = 0;
  append_control(*behind, frame);
  return replaced;
}

// Makes a slice for control frames behind that one, or in front of all.
void SendQueue::insert_control(SendPools& pools, Slice* behind, std::span<const std::byte> frame) {
  Payload* payload = pools.payloads.allocate(base::kControlFrameBytesMax + 1);  // For the seal.
  payload->seal();
  Slice* slice = pools.slices.allocate();
  *slice = {payload, behind == nullptr ? first_ : behind->next, 0, 0};
  (behind == nullptr ? first_ : behind->next) = slice;
  if (last_ == behind) last_ = slice;
  ++slices_;
  append_control(*slice, frame);
}

void SendQueue::append_control(Slice& slice, std::span<const std::byte> frame) noexcept {
  const auto size = static_cast<std::uint32_t>(frame.size());
  slice.payload->unseal();
  std::memcpy(slice.payload->append(size), frame.data(), size);
  slice.payload->seal();
  slice.size += size;
  bytes_ += size;
}

void SendQueue::pop(SendPools& pools) noexcept {
  Slice* slice = first_;
  first_ = slice->next;
  if (first_ == nullptr) last_ = nullptr;
  --slices_;
  pools.payloads.release(slice->payload);
  pools.slices.release(slice);
}

}  // namespace engine
