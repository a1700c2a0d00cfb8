#include "app/auth/base64url.h"

#include <gtest/gtest.h>

#include <string>

#include "base/prng.h"
#include "tests/app/auth/token_mint.h"

namespace app {
namespace {

TEST(Base64url, ReadsWhatOthersWrite) {
  EXPECT_EQ(decode_base64url(""), "");
  EXPECT_EQ(decode_base64url("Zg"), "f");
  EXPECT_EQ(decode_base64url("Zm8"), "fo");
  EXPECT_EQ(decode_base64url("Zm9v"), "foo");
  EXPECT_EQ(decode_base64url("-_-_"), "\xfb\xff\xbf");
  // RFC 7515 appendix C.
  EXPECT_EQ(decode_base64url("A-z_4ME"), "\x03\xec\xff\xe0\xc1");
}

TEST(Base64url, EveryTextOfAnySizeComesBack) {
  base::Prng prng(1);
  for (std::size_t size = 0; size < 200; ++size) {
    std::string octets;
    for (std::size_t i = 0; i < size; ++i) octets += static_cast<char>(prng.below(256));
    EXPECT_EQ(decode_base64url(tests::encode_base64url(octets)), octets);
  }
}

TEST(Base64url, OneValueHasOneSpelling) {
  for (const char* text : {"Zg==", "Zm8=", "Zm9v=", "Z", "Zm9vZ", "Zm 8", "Zm8\n", "Zm+8", "Zm/8",
                           "Z.m8", "Zm8\xc3"}) {
    EXPECT_FALSE(decode_base64url(text)) << text;
  }
  // The last four bits of two characters, and the last two of three, are nobody's.
  EXPECT_FALSE(decode_base64url("Zh"));
  EXPECT_FALSE(decode_base64url("Zm9"));
  int accepted = 0;
  for (int octet = 0; octet < 256; ++octet) {
    const std::string text{'Z', static_cast<char>(octet)};
    accepted += decode_base64url(text) ? 1 : 0;
  }
  EXPECT_EQ(accepted, 4);
}

}  // namespace
}  // namespace app
