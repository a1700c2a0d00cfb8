#include "engine/session/early_refusals.h"

#include <gtest/gtest.h>

#include <string>

namespace engine {
namespace {

TEST(EarlyRefusals, SayWhenToComeBack) {
  EarlyRefusals refusals;
  for (std::uint32_t seconds = 1; seconds <= base::kRetryAfterSecondsMost; ++seconds) {
    const std::string text{refusals.begin(seconds)};
    EXPECT_TRUE(text.starts_with("HTTP/1.1 503 ")) << text;
    EXPECT_TRUE(text.find("\r\nConnection: close\r\n") != std::string::npos) << text;
    const std::string field = "\r\nRetry-After: " + std::to_string(seconds) + "\r\n";
    EXPECT_TRUE(text.find(field) != std::string::npos) << text;
    refusals.end();
  }
}

TEST(EarlyRefusals, AreFullWithSoManyUnderWay) {
  EarlyRefusals refusals;
  for (std::uint32_t i = 0; i < base::kEarlyRefusalsMost; ++i) {
    EXPECT_FALSE(refusals.full());
    refusals.begin(1);
  }
  EXPECT_TRUE(refusals.full());
  refusals.end();
  EXPECT_FALSE(refusals.full());
}

}  // namespace
}  // namespace engine
