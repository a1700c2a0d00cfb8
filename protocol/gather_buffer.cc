#include "protocol/gather_buffer.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/check.h"
#include "base/limits.h"

namespace protocol {

void GatherBuffer::Free::operator()(std::byte* memory) const noexcept { std::free(memory); }

void GatherBuffer::append(std::span<const std::byte> piece, std::uint32_t size_expected) noexcept {
  if (piece.empty()) return;
  const std::uint64_t size_needed = std::uint64_t{size_} + piece.size();
  CHECK(size_needed <= size_expected);
  if (size_needed > capacity_) {
    const std::uint64_t size_wanted = std::max<std::uint64_t>(
        {size_needed, std::uint64_t{capacity_} * 2, base::kGatherBytesLeast});
    grow(static_cast<std::uint32_t>(std::min<std::uint64_t>(size_wanted, size_expected)));
  }
  std::memcpy(memory_.get() + size_, piece.data(), piece.size());
  size_ = static_cast<std::uint32_t>(size_needed);
}

void GatherBuffer::truncate(std::uint32_t size) noexcept {
  CHECK(size <= size_);
  size_ = size;
}

void GatherBuffer::grow(std::uint32_t capacity) noexcept {
  // realloc, because large blocks then move by remapping pages instead of copying bytes.
  void* const grown = std::realloc(memory_.get(), capacity);
  CHECK(grown != nullptr);
  static_cast<void>(memory_.release());  // realloc has freed it, or it is `grown` itself.
  memory_.reset(static_cast<std::byte*>(grown));
  capacity_ = capacity;
}

}  // namespace protocol
