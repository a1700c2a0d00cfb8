#include "app/events/time_text.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "base/prng.h"

namespace app {
namespace {

TEST(TimeTextTest, WritesMilliseconds) {
  TimeText text;
  EXPECT_EQ(text.at(0), "\"1970-01-01T00:00:00.000Z\"");
  EXPECT_EQ(text.at(7), "\"1970-01-01T00:00:00.007Z\"");
  EXPECT_EQ(text.at(1'795'794'707'012), "\"2026-11-27T15:51:47.012Z\"");
  EXPECT_EQ(text.at(1'795'794'707'999), "\"2026-11-27T15:51:47.999Z\"");
  EXPECT_EQ(text.at(1'795'794'708'000), "\"2026-11-27T15:51:48.000Z\"");
  EXPECT_EQ(text.at(-1), "\"1970-01-01T00:00:00.000Z\"");
  EXPECT_EQ(text.at(INT64_MAX), "\"9999-12-31T23:59:59.999Z\"");
}

// What it wrote before makes no difference: it says the same as one that has written nothing.
TEST(TimeTextTest, KeepsNothingButTheSecond) {
  base::Prng random(1);
  TimeText text;
  std::int64_t at = 0;
  for (int i = 0; i < 10'000; ++i) {
    at = random.below(4) == 0 ? static_cast<std::int64_t>(random.below(253'402'300'800'000))
                              : at + static_cast<std::int64_t>(random.below(2000));
    ASSERT_EQ(text.at(at), TimeText().at(at)) << at;
  }
}

}  // namespace
}  // namespace app
