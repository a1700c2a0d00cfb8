#include "protocol/utf8.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/prng.h"
#include "protocol/cpu_features.h"
#include "tests/protocol/utf8_reference.h"
#include "tests/support/for_each_split.h"

namespace protocol {
namespace {

using base::as_bytes;
using tests::encode_code_point;
using tests::reference_is_valid_utf8;

bool incremental(std::span<const std::byte> text) {
  Utf8Validator validator;
  return validator.feed(text) && validator.complete();
}

// All implementations, on the text itself and with ASCII around it, so that it meets the vector
// code at different places in a block.
void expect_verdict(std::string_view text, bool expected) {
  const auto bytes = as_bytes(text);
  ASSERT_EQ(is_valid_utf8(bytes), expected) << testing::PrintToString(text);
  ASSERT_EQ(detail::is_valid_utf8_scalar(bytes), expected) << testing::PrintToString(text);
  ASSERT_EQ(incremental(bytes), expected) << testing::PrintToString(text);
  if (detail::kCpuHasAvx2) {
    ASSERT_EQ(detail::is_valid_utf8_avx2(bytes), expected) << testing::PrintToString(text);
  }
}

void expect_verdict_anywhere(std::string_view text, bool expected) {
  for (std::size_t before = 0; before <= 66; ++before) {
    for (const std::size_t after : {0u, 1u, 40u}) {
      const std::string padded =
          std::string(before, 'a') + std::string(text) + std::string(after, 'z');
      ASSERT_NO_FATAL_FAILURE(expect_verdict(padded, expected));
    }
  }
}

TEST(Utf8, EveryNumberInEveryLength) {
  // 2^21 numbers fit four bytes; of these a code point in its shortest form is valid, no other is.
  for (std::size_t size = 1; size <= 4; ++size) {
    const std::uint32_t end = size == 1 ? 0x100 : 1u << (size * 5 + 1);
    for (std::uint32_t number = 0; number < end; ++number) {
      const std::string text = encode_code_point(number, size);
      const auto bytes = as_bytes(text);
      const bool expected = reference_is_valid_utf8(bytes);
      ASSERT_EQ(is_valid_utf8(bytes), expected) << number << " in " << size;
      ASSERT_EQ(incremental(bytes), expected) << number << " in " << size;
    }
  }
}

TEST(Utf8, EveryCodePointThroughTheVectors) {
  if (!detail::kCpuHasAvx2) GTEST_SKIP() << "this processor has no AVX2";
  for (std::uint32_t number = 0; number < 1u << 21; ++number) {
    const std::string text = std::string(number % 33, 'x') + encode_code_point(number, 4) +
                             encode_code_point(number & 0xFFFF, 3);
    const auto bytes = as_bytes(text);
    ASSERT_EQ(detail::is_valid_utf8_avx2(bytes), reference_is_valid_utf8(bytes)) << number;
  }
}

TEST(Utf8, EveryTwoBytes) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string text = {static_cast<char>(first), static_cast<char>(second)};
      const bool expected = reference_is_valid_utf8(as_bytes(text));
      ASSERT_NO_FATAL_FAILURE(expect_verdict(text, expected));
      const std::string padded = std::string(31, 'a') + text + std::string(31, 'a');
      ASSERT_NO_FATAL_FAILURE(expect_verdict(padded, expected));
    }
  }
}

TEST(Utf8, TheEdgesOfTheTableAnywhereInABlock) {
  for (const std::string_view valid :
       {"\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    ASSERT_NO_FATAL_FAILURE(expect_verdict_anywhere(valid, true));
  }
  for (const std::string_view invalid :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\xC0", "\xE0\x9F\xBF", "\xED\xA0\x80",
        "\xE1\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF1\x80\x80",
        "\xFE", "\xFF", "\xF8\x88\x80\x80\x80"}) {
    ASSERT_NO_FATAL_FAILURE(expect_verdict_anywhere(invalid, false));
  }
}

// Mostly valid text with the odd mutation, so that both verdicts are common.
std::string random_text(base::Prng& prng) {
  std::string text;
  const std::uint64_t characters = prng.below(100);
  for (std::uint64_t i = 0; i < characters; ++i) {
    const std::size_t size = prng.chance(0.5) ? 1 : prng.below(4) + 1;
    constexpr std::uint32_t kEnds[] = {0, 0x80, 0x800, 0xD800, 0x110000};
    constexpr std::uint32_t kBegins[] = {0, 0, 0x80, 0x800, 0x10000};
    const auto range = kEnds[size] - kBegins[size];
    text += encode_code_point(kBegins[size] + static_cast<std::uint32_t>(prng.below(range)), size);
  }
  if (prng.chance(0.5) && !text.empty()) {
    text[prng.below(text.size())] = static_cast<char>(prng.below(256));
  }
  return text;
}

TEST(Utf8, RandomTexts) {
  base::Prng prng(6455);
  int valid = 0;
  for (int i = 0; i < 50'000; ++i) {
    const std::string text = random_text(prng);
    const bool expected = reference_is_valid_utf8(as_bytes(text));
    valid += expected ? 1 : 0;
    ASSERT_NO_FATAL_FAILURE(expect_verdict(text, expected));
  }
  EXPECT_GT(valid, 10'000);
  EXPECT_LT(valid, 40'000);
}

TEST(Utf8Validator, EverySplitGivesTheSameVerdict) {
  base::Prng prng(3629);
  for (int i = 0; i < 300; ++i) {
    const std::string text = random_text(prng);
    const bool expected = reference_is_valid_utf8(as_bytes(text));
    tests::for_each_split(as_bytes(text), [&](const tests::Pieces& pieces) {
      Utf8Validator validator;
      bool alive = true;
      for (const tests::Bytes& piece : pieces) alive = validator.feed(piece);
      ASSERT_EQ(alive && validator.complete(), expected);
    });
  }
}

TEST(Utf8Validator, FailsAtTheFirstByteThatNothingMends) {
  // Autobahn's case: a surrogate is hopeless at its second byte, not at its third.
  Utf8Validator validator;
  EXPECT_TRUE(validator.feed(as_bytes("\xED")));
  EXPECT_FALSE(validator.complete());
  EXPECT_FALSE(validator.feed(as_bytes("\xA0")));
  EXPECT_FALSE(validator.feed(as_bytes("plain"))) << "a verdict is final";
  EXPECT_FALSE(validator.complete());
  validator.reset();
  EXPECT_TRUE(validator.feed(as_bytes("plain")));
  EXPECT_TRUE(validator.complete());
}

TEST(Utf8Validator, FailsEarlyAtTheEndOfALongPiece) {
  for (const std::string_view hopeless : {"\xF4\x90", "\xE0\x80", "\xF0\x80", "\xC0", "\xFF"}) {
    Utf8Validator validator;
    EXPECT_FALSE(validator.feed(as_bytes(std::string(200, 'a') + std::string(hopeless))));
  }
  for (const std::string_view hopeful : {"\xF4\x8F\xBF", "\xE0\xA0", "\xF0", "\xC2"}) {
    Utf8Validator validator;
    EXPECT_TRUE(validator.feed(as_bytes(std::string(200, 'a') + std::string(hopeful))));
    EXPECT_FALSE(validator.complete());
  }
}

}  // namespace
}  // namespace protocol
