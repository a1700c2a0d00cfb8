#include "app/admin/recent_octaves.h"

#include <gtest/gtest.h>

namespace app {
namespace {

using std::chrono::seconds;

constexpr base::Instant kStart{std::chrono::hours{7}};

// Totals that grow as values are counted.
struct Counted {
  RecentOctaves::Totals totals{};

  void add(std::uint64_t value, std::uint64_t times = 1) {
    base::OctaveCounts octaves;
    octaves.record(value);
    for (std::size_t i = 0; i < totals.size(); ++i) totals[i] += times * octaves.bucket(i);
  }
};

TEST(RecentOctaves, NothingCountedIsNoPercentile) {
  RecentOctaves recent;
  EXPECT_EQ(recent.percentile(0.5), std::nullopt);
  recent.look(kStart, {});
  EXPECT_EQ(recent.percentile(0.99), std::nullopt);
}

TEST(RecentOctaves, AValueIsInItsOctave) {
  for (const std::uint64_t value : {1U, 2U, 3U, 1000U, 1024U, 123'456'789U}) {
    RecentOctaves recent;
    Counted counted;
    counted.add(value, 100);
    recent.look(kStart, counted.totals);
    for (const double part : {0.01, 0.5, 0.99, 1.0}) {
      const double found = recent.percentile(part).value_or(-1);
      EXPECT_GT(found, static_cast<double>(value) / 2) << value << " " << part;
      EXPECT_LE(found, static_cast<double>(value) * 2) << value << " " << part;
    }
  }
}

TEST(RecentOctaves, ZeroesAreZero) {
  RecentOctaves recent;
  Counted counted;
  counted.add(0, 10);
  recent.look(kStart, counted.totals);
  EXPECT_EQ(recent.percentile(0.99), 0.0);
}

TEST(RecentOctaves, WithinAnOctaveValuesAreSpreadEvenly) {
  RecentOctaves recent;
  Counted counted;
  counted.add(1024, 100);  // From 1024 to 2047.
  recent.look(kStart, counted.totals);
  EXPECT_DOUBLE_EQ(recent.percentile(0.5).value_or(0), 1536);
  EXPECT_DOUBLE_EQ(recent.percentile(1).value_or(0), 2048);
}

TEST(RecentOctaves, TheRareSlowOnesAreFoundByAHighPercentileAlone) {
  RecentOctaves recent;
  Counted counted;
  counted.add(1000, 980);
  counted.add(1'000'000, 20);
  recent.look(kStart, counted.totals);
  EXPECT_LT(recent.percentile(0.5).value_or(0), 1024);
  EXPECT_LT(recent.percentile(0.98).value_or(0), 1025);
  EXPECT_GT(recent.percentile(0.99).value_or(0), 500'000);
}

// What was slow an hour ago says nothing about now.
TEST(RecentOctaves, ForgetsWhatIsOlderThanTheLooksThatAreKept) {
  RecentOctaves recent;
  Counted counted;
  counted.add(1'000'000'000, 500);
  recent.look(kStart, counted.totals);
  EXPECT_GT(recent.percentile(0.5).value_or(0), 5e8);
  for (int second = 1; second <= 20; ++second) {
    counted.add(1000, 10);
    recent.look(kStart + seconds{second}, counted.totals);
  }
  EXPECT_LT(recent.percentile(0.99).value_or(1e9), 1025);
  for (int second = 21; second <= 40; ++second) {
    recent.look(kStart + seconds{second}, counted.totals);
  }
  EXPECT_EQ(recent.percentile(0.5), std::nullopt);
}

TEST(RecentOctaves, ManyWhoLookAtOnceDoNotShortenTheTime) {
  RecentOctaves recent;
  Counted counted;
  recent.look(kStart, counted.totals);
  counted.add(1000, 100);
  for (int look = 0; look < 500; ++look) {
    recent.look(kStart + std::chrono::milliseconds{10 * look}, counted.totals);
  }
  EXPECT_TRUE(recent.percentile(0.5).has_value());
}

}  // namespace
}  // namespace app
