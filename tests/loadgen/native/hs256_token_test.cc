#include "loadgen/native/hs256_token.h"

#include <gtest/gtest.h>

namespace loadgen {
namespace {

constexpr std::string_view kSecret = "0123456789abcdef0123456789abcdef";

// Made by Python's hmac and base64: claims whose last group has two, three and four digits.
TEST(Hs256Token, IsWhatOthersMake) {
  EXPECT_EQ(mint_hs256_token(R"({"sub":"u1"})", kSecret),
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1MSJ9."
            "2sySZh7e6CNy1OqNK_2R6EgAvpbxmUMur0WRM6Y9n3c");
  EXPECT_EQ(mint_hs256_token(R"({"sub":"u12"})", kSecret),
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1MTIifQ."
            "yHAB5V3qUNodt-l2nT1dKR7guIIO6UkOJtkV1SG2d3g");
  EXPECT_EQ(mint_hs256_token(R"({"sub":"u123"})", kSecret),
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1MTIzIn0."
            "FVezo9dYVCe-E4ge8dsTWvy6fejswcLAgHWlJX4ce5o");
}

}  // namespace
}  // namespace loadgen
