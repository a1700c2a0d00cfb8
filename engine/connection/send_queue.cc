#include "engine/connection/send_queue.h"

#include <algorithm>

#include "base/check.h"

namespace engine {

namespace {
constexpr std::size_t kSlicesPerChunk = 512;
}

void SlicePool::grow() {
  chunks_.push_back(std::make_unique<Slice[]>(kSlicesPerChunk));
  Slice* chunk = chunks_.back().get();
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
  std::uint32_t count = 0;
  for (Slice* slice = first_; slice != nullptr && count < segments.size(); slice = slice->next) {
    segments[count++] = {slice->payload->bytes() + slice->offset, slice->size};
  }
  in_flight_ = count & 0x7FU;
  return count;
}

void SendQueue::complete(SendPools& pools, std::uint32_t sent) noexcept {
  CHECK(in_flight_ > 0);
  CHECK(sent <= bytes_);
  in_flight_ = 0;
  bytes_ -= sent;
  while (sent > 0) {
    if (sent < first_->size) {
      first_->offset += sent;
      first_->size -= sent;
      return;
    }
    sent -= first_->size;
    pop(pools);
  }
}

void SendQueue::clear(SendPools& pools) noexcept {
  CHECK(in_flight_ == 0);
  while (first_ != nullptr) pop(pools);
  bytes_ = 0;
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
