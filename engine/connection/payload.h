// Payload: bytes to be sent, encoded once, shared by everyone of a shard who sends them.
//
// A count of references, plain because a payload never leaves its shard, and the bytes right behind
// the header. It grows only while its single owner still appends to it; once a second reference
// exists the bytes are immutable. A sealed one holds control frames: nothing else is written behind
// them, because its used() is one more than what was written. Threads: the shard's own. Bound: its
// capacity, fixed at birth. Invariant: used <= capacity, and references > 0 while anybody may send
// from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/check.h"

namespace engine {

class Payload {
 public:
  std::byte* bytes() noexcept { return reinterpret_cast<std::byte*>(this + 1); }
  const std::byte* bytes() const noexcept { return reinterpret_cast<const std::byte*>(this + 1); }
  std::uint32_t used() const noexcept { return used_; }
  std::uint32_t room() const noexcept { return capacity_ - used_; }
  bool shared() const noexcept { return references_ > 1; }

  // Opens `size` more bytes at the end for the caller to write.
  std::byte* append(std::uint32_t size) noexcept {
    DCHECK(size <= room());
    std::byte* at = bytes() + used_;
    used_ += size;
    return at;
  }
  void retain() noexcept { ++references_; }

  void seal() noexcept {
    DCHECK(!sealed_);
    sealed_ = true;
    append(1);
  }
  void unseal() noexcept {
    DCHECK(sealed_);
    sealed_ = false;
    --used_;
  }
  void clear() noexcept { used_ = 0; }  // While a single owner holds it.
  bool sealed() const noexcept { return sealed_; }

 private:
  friend class PayloadPool;

  Payload* next_free_ = nullptr;
  std::uint32_t references_ = 1;
  std::uint32_t used_ = 0;
  std::uint32_t capacity_ = 0;
  std::uint16_t size_class_ = 0;
  bool sealed_ = false;
};

static_assert(sizeof(Payload) == 24);

}  // namespace engine
