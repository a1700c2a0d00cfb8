#include "loadgen/report_html/axis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace loadgen {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

TEST(Axis, LinearOnesEndAtARoundValue) {
  const Axis axis = Axis::linear(437, 200, 0, 5);
  EXPECT_THAT(axis.ticks, ElementsAre(0, 100, 200, 300, 400, 500));
  EXPECT_DOUBLE_EQ(axis.place(0), 200);
  EXPECT_DOUBLE_EQ(axis.place(250), 100);
  EXPECT_DOUBLE_EQ(axis.place(900), 0) << "never outside of the picture";
  EXPECT_THAT(
      Axis::linear(0.03, 0, 1, 5).ticks,
      ElementsAre(0, DoubleNear(0.01, 1e-12), DoubleNear(0.02, 1e-12), DoubleNear(0.03, 1e-12)));
  EXPECT_DOUBLE_EQ(Axis::linear(0, 0, 1, 5).high, 1) << "nothing happened, and that can be drawn";
}

TEST(Axis, ExactOnesEndWhereTheirValuesEnd) {
  const Axis axis = Axis::exact(6.5, 0, 65, 7);
  EXPECT_THAT(axis.ticks, ElementsAre(0, 1, 2, 3, 4, 5, 6));
  EXPECT_DOUBLE_EQ(axis.place(6.5), 65);
}

TEST(Axis, LogarithmicOnesSpanPowersOfTen) {
  const Axis axis = Axis::powers_of_ten(30, 4500, 0, 300);
  EXPECT_THAT(axis.ticks, ElementsAre(10, 100, DoubleNear(1000, 1e-6), DoubleNear(1e4, 1e-6)));
  EXPECT_NEAR(axis.place(100), 100, 1e-9);
  EXPECT_NEAR(axis.place(1000), 200, 1e-9);
  EXPECT_DOUBLE_EQ(axis.place(1), 0);
  EXPECT_EQ(Axis::powers_of_ten(100, 100, 0, 1).ticks.size(), 2);
}

}  // namespace
}  // namespace loadgen
