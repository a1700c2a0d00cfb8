#include "protocol/mask.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "base/prng.h"
#include "protocol/cpu_features.h"

namespace protocol {
namespace {

using Key = std::array<std::byte, 4>;
using Masker = std::function<void(std::span<std::byte>, Key, std::uint64_t)>;

constexpr Key kKey = {std::byte{0x37}, std::byte{0xFA}, std::byte{0x21}, std::byte{0x3D}};

// Random octets; the data under test is somewhere in the middle, so that a write beside it shows.
std::vector<std::byte> random_bytes(std::size_t size) {
  base::Prng prng(size);
  std::vector<std::byte> bytes(size);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(prng.next());
  return bytes;
}

void expect_same_as_scalar(std::size_t size, std::uint64_t offset, std::size_t alignment,
                           const Masker& masker) {
  std::vector<std::byte> expected = random_bytes(size + 64);
  std::vector<std::byte> actual = expected;
  detail::apply_mask_scalar(std::span(expected).subspan(alignment, size), kKey, offset);
  masker(std::span(actual).subspan(alignment, size), kKey, offset);
  ASSERT_EQ(actual, expected) << "size " << size << ", offset " << offset << ", alignment "
                              << alignment;
}

void expect_same_everywhere(std::size_t least, const Masker& masker) {
  for (std::size_t size = least; size <= 300; ++size) {
    for (std::uint64_t offset = 0; offset < 8; ++offset) {
      for (std::size_t alignment = 0; alignment < 33; alignment += 1 + alignment / 8 * 7) {
        ASSERT_NO_FATAL_FAILURE(expect_same_as_scalar(size, offset, alignment, masker));
      }
    }
  }
}

TEST(Mask, ScalarIsTheDefinition) {
  std::array<std::byte, 5> data = {std::byte{0x48}, std::byte{0x65}, std::byte{0x6C},
                                   std::byte{0x6C}, std::byte{0x6F}};
  detail::apply_mask_scalar(data, kKey, 0);
  // The masked "Hello" of RFC 6455 5.7.
  const std::array<std::byte, 5> masked = {std::byte{0x7F}, std::byte{0x9F}, std::byte{0x4D},
                                           std::byte{0x51}, std::byte{0x58}};
  EXPECT_EQ(data, masked);
}

TEST(Mask, DispatchedIsTheSameAsScalar) { expect_same_everywhere(0, apply_mask); }

TEST(Mask, BaselineIsTheSameAsScalar) {
  expect_same_everywhere(16, [](std::span<std::byte> data, Key key, std::uint64_t offset) {
    detail::apply_mask_baseline(data, detail::turned(detail::key_word(key), offset));
  });
}

TEST(Mask, Avx2IsTheSameAsScalar) {
  if (!detail::kCpuHasAvx2) GTEST_SKIP() << "this processor has no AVX2";
  expect_same_everywhere(32, [](std::span<std::byte> data, Key key, std::uint64_t offset) {
    detail::apply_mask_avx2(data, detail::turned(detail::key_word(key), offset));
  });
}

TEST(Mask, LargePayloadsAndLateOffsets) {
  for (const std::size_t size : {4095u, 4096u, 65'537u, 1'000'003u}) {
    expect_same_as_scalar(size, (std::uint64_t{1} << 40) + size % 4, 5, apply_mask);
  }
}

TEST(Mask, TwiceIsNothing) {
  const std::vector<std::byte> original = random_bytes(1000);
  std::vector<std::byte> data = original;
  apply_mask(data, kKey, 3);
  EXPECT_NE(data, original);
  apply_mask(data, kKey, 3);
  EXPECT_EQ(data, original);
}

}  // namespace
}  // namespace protocol
