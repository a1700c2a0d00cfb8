#include "base/bytes.h"

#include <gtest/gtest.h>

#include <array>

namespace base {
namespace {

constexpr std::array<std::byte, 9> kOctets = {std::byte{0x00}, std::byte{0x01}, std::byte{0x23},
                                              std::byte{0x45}, std::byte{0x67}, std::byte{0x89},
                                              std::byte{0xAB}, std::byte{0xCD}, std::byte{0xEF}};

TEST(Bytes, LoadsNetworkOrderAtOddAddresses) {
  EXPECT_EQ(load_big16(&kOctets[1]), 0x0123);
  EXPECT_EQ(load_big32(&kOctets[1]), 0x01234567u);
  EXPECT_EQ(load_big64(&kOctets[1]), 0x0123456789ABCDEFu);
}

TEST(Bytes, StoresWhatItLoads) {
  std::array<std::byte, 9> stored{};
  store_big64(&stored[1], 0x0123456789ABCDEF);
  EXPECT_EQ(stored, kOctets);
  store_big16(&stored[0], 0xBEEF);
  EXPECT_EQ(load_big16(&stored[0]), 0xBEEF);
  EXPECT_EQ(stored[2], std::byte{0x23}) << "wrote past its two octets";
  store_big32(&stored[0], 0xDEADBEEF);
  EXPECT_EQ(load_big32(&stored[0]), 0xDEADBEEF);
  EXPECT_EQ(stored[4], std::byte{0x67}) << "wrote past its four octets";
}

TEST(Bytes, TextAndBytesAreViewsOfTheSame) {
  constexpr std::string_view kText = "caf\xC3\xA9";
  const auto bytes = as_bytes(kText);
  EXPECT_EQ(bytes.size(), 5u);
  EXPECT_EQ(bytes[3], std::byte{0xC3});
  EXPECT_EQ(as_text(bytes).data(), kText.data());
  EXPECT_EQ(as_text({}), "");
}

}  // namespace
}  // namespace base
