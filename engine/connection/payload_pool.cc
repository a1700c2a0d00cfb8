#include "engine/connection/payload_pool.h"

#include <cstdlib>
#include <new>

#include "base/limits.h"

namespace engine {

PayloadPool::~PayloadPool() {
  for (FreeList& list : free_) {
    while (list.first != nullptr) {
      Payload* payload = list.first;
      list.first = payload->next_free_;
      std::free(payload);
    }
  }
}

Payload* PayloadPool::allocate(std::uint32_t size) {
  const std::uint32_t needed = size + static_cast<std::uint32_t>(sizeof(Payload));
  std::uint16_t size_class = 0;
  while (size_class < kBlockBytes.size() && kBlockBytes[size_class] < needed) ++size_class;
  if (size_class == kUnpooled) return make(needed, kUnpooled);
  FreeList& list = free_[size_class];
  if (list.first == nullptr) return make(kBlockBytes[size_class], size_class);
  Payload* payload = list.first;
  list.first = payload->next_free_;
  __builtin_prefetch(list.first, 1);
  --list.count;
  payload->references_ = 1;
  payload->used_ = 0;
  payload->sealed_ = false;
  bytes_in_use_.add(kBlockBytes[size_class]);
  return payload;
}

Payload* PayloadPool::make(std::uint32_t block_bytes, std::uint16_t size_class) {
  void* memory = std::malloc(block_bytes);
  CHECK(memory != nullptr);  // With overcommit the kernel says no elsewhere.
  auto* payload = new (memory) Payload;
  payload->capacity_ = block_bytes - static_cast<std::uint32_t>(sizeof(Payload));
  payload->size_class_ = size_class;
  bytes_in_use_.add(block_bytes);
  return payload;
}

std::uint32_t PayloadPool::block_bytes(const Payload& payload) noexcept {
  return payload.capacity_ + static_cast<std::uint32_t>(sizeof(Payload));
}

void PayloadPool::recycle(Payload* payload) noexcept {
  const std::uint32_t bytes = block_bytes(*payload);
  bytes_in_use_.subtract(bytes);
  const bool pooled = payload->size_class_ != kUnpooled;
  if (!pooled ||
      std::uint64_t{free_[payload->size_class_].count} * bytes >= base::kPayloadIdleBytesMax) {
    std::free(payload);
    return;
  }
  FreeList& list = free_[payload->size_class_];
  payload->next_free_ = list.first;
  list.first = payload;
  ++list.count;
}

}  // namespace engine
