// Parcel: the bytes of one message on its way between shards, shared by those that it is sent to.
//
// The sending shard fills it, then it is read-only. Each receiving shard releases it once, when it
// has copied the bytes into payloads of its own: only whole shards touch the count, never single
// subscribers. The last one puts it on its pool's return stack, without a lock; the pool belongs to
// the sending shard and takes the returned ones back when it needs memory.
// Threads: ParcelPool::allocate() on the owner, release() anywhere. Bound: the lanes' capacity.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/check.h"

namespace engine {

class Parcel {
 public:
  std::span<std::byte> bytes() noexcept { return {reinterpret_cast<std::byte*>(this + 1), size_}; }
  std::span<const std::byte> bytes() const noexcept {
    return {reinterpret_cast<const std::byte*>(this + 1), size_};
  }
  // Adds readers before the parcel is sent to them; only while the caller itself still holds it.
  void retain(std::uint32_t readers) noexcept {
    readers_.fetch_add(readers, std::memory_order_relaxed);
  }
  // Ends the caller's reading.
  void release() noexcept;

 private:
  friend class ParcelPool;

  class ParcelPool* owner_ = nullptr;
  Parcel* next_ = nullptr;
  std::atomic<std::uint32_t> readers_{1};
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
};

class ParcelPool {
 public:
  ParcelPool() = default;
  ParcelPool(const ParcelPool&) = delete;
  ParcelPool& operator=(const ParcelPool&) = delete;
  ~ParcelPool();

  // A parcel of exactly `size` bytes with one reader: the caller.
  Parcel* allocate(std::uint32_t size);
  // Parcels that exist: in use, returned or kept. For the owner.
  std::uint64_t existing() const noexcept { return existing_; }
  std::uint64_t bytes() const noexcept { return bytes_; }
  // Takes back what other shards have returned, and frees what is not worth keeping.
  void reclaim() noexcept { take_returned(); }

 private:
  friend class Parcel;

  static constexpr std::array<std::uint32_t, 4> kCapacities{256, 2048, 16384, 65536};

  void take_returned() noexcept;
  void keep_or_free(Parcel* parcel) noexcept;

  std::array<Parcel*, kCapacities.size()> free_{};
  std::array<std::uint32_t, kCapacities.size()> free_count_{};
  std::uint64_t existing_ = 0;
  std::uint64_t bytes_ = 0;  // Of those that exist.
  std::atomic<Parcel*> returned_{nullptr};
};

}  // namespace engine
