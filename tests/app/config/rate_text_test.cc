#include "app/config/rate_text.h"

#include <gtest/gtest.h>

namespace app {
namespace {

Rate times(std::string_view text) { return parse_rate(text, RateUnit::times).take(); }

TEST(RateText, ReadsANumberAUnitAndABurst) {
  EXPECT_DOUBLE_EQ(times("100/s").per_second, 100);
  EXPECT_DOUBLE_EQ(times("100/s").burst, 100);
  EXPECT_DOUBLE_EQ(times("90/min").per_second, 1.5);
  EXPECT_DOUBLE_EQ(times("90/min").burst, 90);
  EXPECT_DOUBLE_EQ(times("7200/h").per_second, 2);
  EXPECT_DOUBLE_EQ(times("0.5/s burst 3").per_second, 0.5);
  EXPECT_DOUBLE_EQ(times("0.5/s burst 3").burst, 3);
  EXPECT_DOUBLE_EQ(times("off").per_second, 0);
  const Rate bytes = parse_rate("1MiB/min burst 1.5KiB", RateUnit::bytes).take();
  EXPECT_DOUBLE_EQ(bytes.per_second, 1048576.0 / 60);
  EXPECT_DOUBLE_EQ(bytes.burst, 1536);
}

TEST(RateText, RefusesEverythingElse) {
  for (const char* text : {"",
                           "100",
                           "/s",
                           "100/",
                           "100/d",
                           "100 /s",
                           "100/s ",
                           "0/s",
                           "-1/s",
                           "1e3/s",
                           "inf/s",
                           "nan/s",
                           "100/s burst",
                           "100/s burst 0",
                           "100/s burst x",
                           "100/s  burst 3",
                           "OFF",
                           "1KiB/s",
                           "1/s burst 2 burst 3",
                           "2000000000000/s",
                           "100/s burst 9e99"}) {
    EXPECT_FALSE(parse_rate(text, RateUnit::times).ok()) << text;
  }
  EXPECT_FALSE(parse_rate("x/s", RateUnit::bytes).ok());
  EXPECT_FALSE(parse_rate("0/s", RateUnit::bytes).ok());
}

TEST(RateText, IsWrittenAsItIsRead) {
  for (const char* text : {"off", "100/s", "100/min", "5/h", "100/s burst 200", "1/min burst 7"}) {
    EXPECT_EQ(format_rate(times(text), RateUnit::times), text);
  }
  for (const char* text : {"off", "1MiB/s", "1MiB/s burst 4MiB", "64KiB/min"}) {
    EXPECT_EQ(format_rate(parse_rate(text, RateUnit::bytes).take(), RateUnit::bytes), text);
  }
}

}  // namespace
}  // namespace app
