#include "base/byte_scan.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace base {
namespace {

constexpr auto kIsSpecial = [](auto octet) { return (octet < 0x20) | (octet == 'x'); };

// Every place in every size around the blocks, with what is found right before and behind the text.
TEST(ByteScan, FindsTheFirstAtEveryPlace) {
  for (std::size_t size = 0; size <= 50; ++size) {
    const std::string clean = "x" + std::string(size, 'a') + "x";
    const auto text = [size](const std::string& padded) {
      return std::string_view(padded).substr(1, size);
    };
    ASSERT_EQ(find_octet(text(clean), kIsSpecial), size);
    for (std::size_t at = 0; at < size; ++at) {
      for (const char found : {'x', '\0', '\x1F'}) {
        std::string one = clean;
        one[at + 1] = found;
        ASSERT_EQ(find_octet(text(one), kIsSpecial), at) << size;
        if (at + 1 < size) one[size] = 'x';
        ASSERT_EQ(find_octet(text(one), kIsSpecial), at) << size;
      }
    }
  }
}

TEST(ByteScan, OctetsAreUnsigned) {
  const std::string high(40, '\xFF');
  EXPECT_EQ(find_octet(high, kIsSpecial), 40U);
  EXPECT_EQ(find_octet(high, [](auto octet) { return octet >= 0x7F; }), 0U);
}

}  // namespace
}  // namespace base
