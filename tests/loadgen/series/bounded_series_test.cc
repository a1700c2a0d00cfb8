#include "loadgen/series/bounded_series.h"

#include <gtest/gtest.h>

namespace loadgen {
namespace {

using namespace std::chrono_literals;

struct Total {
  base::Duration at{};
  int value = 0;
};

constexpr base::Instant kStart{base::Duration{1h}};

TEST(BoundedSeries, IsNotDueBeforeItBegins) {
  EXPECT_EQ(BoundedSeries<Total>().next(), base::kForever);
}

TEST(BoundedSeries, WantsASampleEachInterval) {
  BoundedSeries<Total> series;
  series.begin(kStart, 100ms, 8);
  EXPECT_EQ(series.next(), kStart);
  series.add(kStart, {.value = 1});
  EXPECT_EQ(series.next(), kStart + 100ms);
  series.add(kStart + 350ms, {.value = 2});  // Late: what was missed is not made up for.
  EXPECT_EQ(series.next(), kStart + 400ms);
  EXPECT_EQ(series.samples().back().at, 350ms);
}

TEST(BoundedSeries, DoublesItsIntervalWhenItIsFull) {
  BoundedSeries<Total> series;
  series.begin(kStart, 1s, 8);
  const Total* place = series.samples().data();
  for (int i = 0; i < 100; ++i) {
    const base::Instant now = kStart + i * 1s;
    if (now >= series.next()) series.add(now, {.value = i});
  }
  EXPECT_EQ(series.interval(), 16s);
  ASSERT_LE(series.samples().size(), 8);
  ASSERT_GE(series.samples().size(), 5);
  for (std::size_t i = 0; i < series.samples().size(); ++i) {
    EXPECT_EQ(series.samples()[i].at, static_cast<int>(i) * 16s);
    EXPECT_EQ(series.samples()[i].value, static_cast<int>(i) * 16);  // Totals lose nothing.
  }
  EXPECT_EQ(series.samples().data(), place) << "it allocated after begin()";
}

}  // namespace
}  // namespace loadgen
