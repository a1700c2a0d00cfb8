#include "loadgen/compare/confidence.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace loadgen {
namespace {

// From the published tables of Student's t.
TEST(Confidence, KnowsStudentsQuantiles) {
  EXPECT_NEAR(student_t_95(1), 12.706, 0.001);
  EXPECT_NEAR(student_t_95(4), 2.776, 0.001);
  EXPECT_NEAR(student_t_95(30), 2.042, 0.001);
  EXPECT_NEAR(student_t_95(31), 2.040, 0.001);
  EXPECT_NEAR(student_t_95(40), 2.021, 0.001);
  EXPECT_NEAR(student_t_95(60), 2.000, 0.001);
  EXPECT_NEAR(student_t_95(120), 1.980, 0.001);
  EXPECT_NEAR(student_t_95(1'000'000), 1.960, 0.001);
}

// Logarithms 0.1, 0.2, 0.3: mean 0.2, deviation 0.1, error 0.1 / sqrt(3), t of 2 degrees 4.303.
TEST(Confidence, GivesTheIntervalOfKnownRatios) {
  const std::vector<double> ratios{std::exp(0.1), std::exp(0.2), std::exp(0.3)};
  const auto estimate = estimate_ratio(ratios);
  ASSERT_TRUE(estimate && estimate->interval);
  EXPECT_NEAR(estimate->ratio, std::exp(0.2), 1e-9);
  EXPECT_NEAR(std::log(estimate->interval->low), 0.2 - 0.248434, 1e-5);
  EXPECT_NEAR(std::log(estimate->interval->high), 0.2 + 0.248434, 1e-5);
  EXPECT_EQ(estimate->pairs, 3);
  EXPECT_FALSE(estimate->shows_difference());
}

TEST(Confidence, ShowsADifferenceWhenOneIsOutside) {
  EXPECT_TRUE(estimate_ratio(std::vector<double>{1.19, 1.20, 1.21, 1.20})->shows_difference());
  EXPECT_TRUE(estimate_ratio(std::vector<double>{0.79, 0.80, 0.81, 0.80})->shows_difference());
  EXPECT_FALSE(estimate_ratio(std::vector<double>{0.8, 1.2, 0.9, 1.1})->shows_difference());
}

TEST(Confidence, ClaimsNothingFromOnePair) {
  EXPECT_FALSE(estimate_ratio(std::vector<double>{}).has_value());
  const auto estimate = estimate_ratio(std::vector<double>{3.0});
  ASSERT_TRUE(estimate);
  EXPECT_DOUBLE_EQ(estimate->ratio, 3.0);
  EXPECT_FALSE(estimate->interval.has_value());
  EXPECT_FALSE(estimate->shows_difference());
}

TEST(Confidence, TakesTheMedian) {
  EXPECT_FALSE(median_of(std::vector<double>{}).has_value());
  EXPECT_EQ(median_of(std::vector<double>{9, 1, 5}), 5);
  EXPECT_EQ(median_of(std::vector<double>{9, 1, 5, 6}), 5.5);
}

}  // namespace
}  // namespace loadgen
