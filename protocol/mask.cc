#include "protocol/mask.h"

#include "base/check.h"
#include "protocol/cpu_features.h"

#if defined(__x86_64__)
#define MILLRACE_TARGET_AVX2 [[gnu::target("avx2")]]
#else
#define MILLRACE_TARGET_AVX2
#endif

namespace protocol::detail {

namespace {

using WideMaskBlock [[gnu::vector_size(32)]] = std::uint64_t;

// Below this the wider vectors save nothing.
constexpr std::size_t kWideBytesLeast = 128;

}  // namespace

void apply_mask_scalar(std::span<std::byte> data, std::array<std::byte, 4> key,
                       std::uint64_t offset) noexcept {
  for (std::size_t i = 0; i < data.size(); ++i) data[i] ^= key[(offset + i) % 4];
}

void apply_mask_baseline(std::span<std::byte> data, std::uint32_t key) noexcept {
  CHECK(data.size() >= sizeof(MaskBlock));
  apply_mask_blocks(data.data(), data.size(), key);
}

// The same as apply_mask_blocks(), written out again because a vector type of this width must not
// cross into code that is compiled without the instructions for it.
MILLRACE_TARGET_AVX2 void apply_mask_avx2(std::span<std::byte> data, std::uint32_t key) noexcept {
  CHECK(data.size() >= sizeof(WideMaskBlock));
  std::byte* const begin = data.data();
  const std::size_t last = data.size() - sizeof(WideMaskBlock);
  const std::uint64_t front = doubled(key);
  const std::uint64_t back = doubled(turned(key, data.size()));
  const WideMaskBlock front_key = {front, front, front, front};
  WideMaskBlock tail;
  std::memcpy(&tail, begin + last, sizeof(tail));
  tail ^= WideMaskBlock{back, back, back, back};
  std::size_t at = 0;
  for (; at + 4 * sizeof(WideMaskBlock) <= data.size(); at += 4 * sizeof(WideMaskBlock)) {
    WideMaskBlock blocks[4];
    std::memcpy(blocks, begin + at, sizeof(blocks));
    for (WideMaskBlock& block : blocks) block ^= front_key;
    std::memcpy(begin + at, blocks, sizeof(blocks));
  }
  for (; at < last; at += sizeof(WideMaskBlock)) {
    WideMaskBlock block;
    std::memcpy(&block, begin + at, sizeof(block));
    block ^= front_key;
    std::memcpy(begin + at, &block, sizeof(block));
  }
  std::memcpy(begin + last, &tail, sizeof(tail));
}

void apply_mask_long(std::span<std::byte> data, std::uint32_t key) noexcept {
  if (kCpuHasAvx2 && data.size() >= kWideBytesLeast) return apply_mask_avx2(data, key);
  apply_mask_baseline(data, key);
}

}  // namespace protocol::detail
