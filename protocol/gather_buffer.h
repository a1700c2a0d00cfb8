// GatherBuffer: bytes on the heap that grow as they arrive, for what one receive did not bring
// whole.
//
// Growing at least doubles, so appending costs O(1) a byte, but never exceeds what the caller
// expects in all: memory follows what a peer has sent, not what it has announced. Nothing is
// allocated until the first append. One thread: its owner's.
//
// Limits: `size_expected` of each append; the owner bounds it. An allocation that fails ends the
// process, as it does everywhere else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace protocol {

class GatherBuffer {
 public:
  GatherBuffer() = default;
  GatherBuffer(GatherBuffer&& other) noexcept
      : memory_(std::move(other.memory_)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  GatherBuffer& operator=(GatherBuffer&& other) noexcept {
    memory_ = std::move(other.memory_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }
  GatherBuffer(const GatherBuffer&) = delete;
  GatherBuffer& operator=(const GatherBuffer&) = delete;
  ~GatherBuffer() = default;

  // Adds the piece at the end. `size_expected` is the most that the buffer will hold after this and
  // later appends, as far as is known: at least the size after this one.
  void append(std::span<const std::byte> piece, std::uint32_t size_expected) noexcept;

  // Drops bytes from the end, keeps the memory; the dropped bytes stay readable until the next
  // append.
  void truncate(std::uint32_t size) noexcept;

  // Drops all bytes and frees the memory.
  void release() noexcept { *this = GatherBuffer(); }

  std::span<std::byte> bytes() noexcept { return {memory_.get(), size_}; }
  std::uint32_t size() const noexcept { return size_; }
  std::uint32_t capacity() const noexcept { return capacity_; }

 private:
  struct Free {
    void operator()(std::byte* memory) const noexcept;
  };

  void grow(std::uint32_t capacity) noexcept;

  std::unique_ptr<std::byte[], Free> memory_;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
};

}  // namespace protocol
