#include "protocol/mask.h"

#include "base/check.h"
#include "protocol/cpu_features.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace protocol::detail {

namespace {

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

#if defined(__x86_64__)

// Intrinsics and not the compiler's own vector types, because g++ 12 makes scalar code of those
// where the type is wider than what the translation unit is compiled for.
[[gnu::target("avx2")]] void apply_mask_avx2(std::span<std::byte> data,
                                             std::uint32_t key) noexcept {
  constexpr std::size_t kWidth = sizeof(__m256i);
  CHECK(data.size() >= kWidth);
  const auto at = [begin = data.data()](std::size_t position) {
    return static_cast<__m256i*>(static_cast<void*>(begin + position));
  };
  const std::size_t last = data.size() - kWidth;
  const __m256i front_key = _mm256_set1_epi32(static_cast<int>(key));
  const __m256i back_key = _mm256_set1_epi32(static_cast<int>(turned(key, data.size())));
  const __m256i back = _mm256_xor_si256(_mm256_loadu_si256(at(last)), back_key);
  std::size_t position = 0;
  for (; position + 4 * kWidth <= data.size(); position += 4 * kWidth) {
    const __m256i block0 = _mm256_xor_si256(_mm256_loadu_si256(at(position)), front_key);
    const __m256i block1 = _mm256_xor_si256(_mm256_loadu_si256(at(position + kWidth)), front_key);
    const __m256i block2 =
        _mm256_xor_si256(_mm256_loadu_si256(at(position + 2 * kWidth)), front_key);
    const __m256i block3 =
        _mm256_xor_si256(_mm256_loadu_si256(at(position + 3 * kWidth)), front_key);
    _mm256_storeu_si256(at(position), block0);
    _mm256_storeu_si256(at(position + kWidth), block1);
    _mm256_storeu_si256(at(position + 2 * kWidth), block2);
    _mm256_storeu_si256(at(position + 3 * kWidth), block3);
  }
  for (; position < last; position += kWidth) {
    const __m256i block = _mm256_xor_si256(_mm256_loadu_si256(at(position)), front_key);
    _mm256_storeu_si256(at(position), block);
  }
  _mm256_storeu_si256(at(last), back);
}

#else

void apply_mask_avx2(std::span<std::byte> data, std::uint32_t key) noexcept {
  apply_mask_baseline(data, key);
}

#endif

void apply_mask_long(std::span<std::byte> data, std::uint32_t key) noexcept {
  if (kCpuHasAvx2 && data.size() >= kWideBytesLeast) return apply_mask_avx2(data, key);
  apply_mask_baseline(data, key);
}

}  // namespace protocol::detail
