// MappedArray: a fixed number of zeroed records whose pages cost memory only once they are touched.
//
// The tables of a shard are sized for the most connections it may hold; most hosts hold fewer. The
// record type must be valid when all its bytes are zero. One thread owns it; nothing grows, nothing
// moves. When the host has no address space left, open() says so.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

#include "base/check.h"
#include "base/result.h"

namespace base {

template <typename T>
class MappedArray {
  static_assert(std::is_trivially_destructible_v<T>, "records are unmapped, not destroyed");

 public:
  MappedArray() = default;
  MappedArray(const MappedArray&) = delete;
  MappedArray& operator=(const MappedArray&) = delete;
  ~MappedArray() {
    if (records_ != nullptr) munmap(records_, bytes());
  }

  Status open(std::uint32_t count) {
    CHECK(records_ == nullptr);
    count_ = count;
    void* memory = mmap(nullptr, bytes(), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
      return Error{"no address space for a table of " + std::to_string(bytes()) + " bytes"};
    }
    records_ = static_cast<T*>(memory);
    return {};
  }

  T& operator[](std::uint32_t index) noexcept {
    CHECK(index < count_);
    return records_[index];
  }
  const T& operator[](std::uint32_t index) const noexcept {
    CHECK(index < count_);
    return records_[index];
  }
  std::uint32_t size() const noexcept { return count_; }

 private:
  std::size_t bytes() const noexcept { return std::size_t{count_} * sizeof(T); }

  T* records_ = nullptr;
  std::uint32_t count_ = 0;
};

}  // namespace base
