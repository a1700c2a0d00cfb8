#include "engine/session/early_refusals.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace engine {
namespace {

TEST(EarlyRefusals, SpreadTheReturnOfACrowd) {
  EarlyRefusals refusals;
  std::set<std::string> texts;
  for (std::uint64_t random = 0; random < 100; ++random) {
    const std::string text{refusals.begin(random)};
    EXPECT_TRUE(text.starts_with("HTTP/1.1 503 ")) << text;
    EXPECT_TRUE(text.find("\r\nConnection: close\r\n") != std::string::npos) << text;
    texts.insert(text);
    refusals.end();
  }
  EXPECT_EQ(texts.size(), base::kRetryAfterSecondsMost);
  for (std::uint32_t seconds = 1; seconds <= base::kRetryAfterSecondsMost; ++seconds) {
    const std::string field = "\r\nRetry-After: " + std::to_string(seconds) + "\r\n";
    int with = 0;
    for (const std::string& text : texts) with += text.find(field) != std::string::npos ? 1 : 0;
    EXPECT_EQ(with, 1) << field;
  }
}

TEST(EarlyRefusals, AreFullWithSoManyUnderWay) {
  EarlyRefusals refusals;
  for (std::uint32_t i = 0; i < base::kEarlyRefusalsMost; ++i) {
    EXPECT_FALSE(refusals.full());
    refusals.begin(i);
  }
  EXPECT_TRUE(refusals.full());
  refusals.end();
  EXPECT_FALSE(refusals.full());
}

}  // namespace
}  // namespace engine
