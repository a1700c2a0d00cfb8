// PayloadPool: where a shard's payloads come from and go back to, last in first out.
//
// Blocks of six sizes are kept on free lists, so that the bytes sent now lie where the bytes sent
// a moment ago lay, in the cache; larger payloads come from the allocator each time. Threads: the
// shard's own. Bound: idle blocks hold at most kPayloadIdleBytesMax per size; what is in use is
// bounded by the send queues that hold it. Never empty: it asks the allocator for more.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/counter.h"
#include "engine/connection/payload.h"

namespace engine {

class PayloadPool {
 public:
  PayloadPool() = default;
  PayloadPool(const PayloadPool&) = delete;
  PayloadPool& operator=(const PayloadPool&) = delete;
  ~PayloadPool();

  // A payload with room for at least `size` bytes, none used, one reference.
  Payload* allocate(std::uint32_t size);
  void release(Payload* payload) noexcept {
    DCHECK(payload->references_ > 0);
    if (--payload->references_ == 0) recycle(payload);
  }

  // Bytes of blocks in use, for the memory ledger.
  std::uint64_t bytes_in_use() const noexcept { return bytes_in_use_.value(); }

 private:
  static constexpr std::array<std::uint32_t, 6> kBlockBytes{256, 1024, 4096, 8192, 16384, 65536};
  static constexpr std::uint16_t kUnpooled = kBlockBytes.size();

  struct FreeList {
    Payload* first = nullptr;
    std::uint32_t count = 0;
  };

  Payload* make(std::uint32_t block_bytes, std::uint16_t size_class);
  void recycle(Payload* payload) noexcept;
  static std::uint32_t block_bytes(const Payload& payload) noexcept;

  std::array<FreeList, kBlockBytes.size()> free_{};
  base::Gauge bytes_in_use_;
};

}  // namespace engine
