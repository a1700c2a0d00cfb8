#include "loadgen/figure_text.h"

#include <gtest/gtest.h>

namespace loadgen {
namespace {

TEST(FigureText, GroupsDigits) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1'234'567), "1,234,567");
}

TEST(FigureText, ChoosesAFittingUnit) {
  EXPECT_EQ(time_text(870.0), "870ns");
  EXPECT_EQ(time_text(12'340.0), "12.3us");
  EXPECT_EQ(time_text(4'560'000.0), "4.56ms");
  EXPECT_EQ(bytes_text(9'900), "9900 B");
  EXPECT_EQ(bytes_text(-12'345'678), "-12.3 MB");
}

TEST(FigureText, KeepsTicksShort) {
  EXPECT_EQ(tick_count(0), "0");
  EXPECT_EQ(tick_count(0.5), "0.5");
  EXPECT_EQ(tick_count(1500), "1.5k");
  EXPECT_EQ(tick_count(20e6), "20M");
  EXPECT_EQ(tick_time(1e6), "1 ms");
  EXPECT_EQ(tick_time(100e3), "100 us");
  EXPECT_EQ(tick_bytes(50e6), "50 MB");
}

}  // namespace
}  // namespace loadgen
