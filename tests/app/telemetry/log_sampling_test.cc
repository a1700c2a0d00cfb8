#include "app/telemetry/log_sampling.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

namespace app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::Instant kStart{base::Duration{seconds{1000}}};

// How many of `count` lines at one moment are written.
std::uint64_t written(LogSampling& sampling, LogKind kind, std::uint64_t count, base::Instant now) {
  std::uint64_t lines = 0;
  for (std::uint64_t i = 0; i < count; ++i) lines += sampling.admit(kind, now).write ? 1 : 0;
  return lines;
}

TEST(LogSampling, AFloodIsCutToTheRate) {
  LogSampling sampling({.lines_per_second = 10});
  EXPECT_EQ(written(sampling, LogKind::opened, 1000, kStart), 10U);
  EXPECT_EQ(written(sampling, LogKind::opened, 1000, kStart + milliseconds{100}), 1U);
  EXPECT_EQ(written(sampling, LogKind::opened, 1000, kStart + milliseconds{600}), 5U);
  EXPECT_EQ(written(sampling, LogKind::opened, 1000, kStart + seconds{60}), 10U);
}

TEST(LogSampling, KindsDoNotTakeFromEachOther) {
  LogSampling sampling({.lines_per_second = 3});
  EXPECT_EQ(written(sampling, LogKind::auth_failed, 100, kStart), 3U);
  EXPECT_EQ(written(sampling, LogKind::closed, 2, kStart), 2U);
  EXPECT_EQ(written(sampling, LogKind::opened, 100, kStart), 3U);
}

TEST(LogSampling, TheNextLineTellsWhatWasLeftOut) {
  LogSampling sampling({.lines_per_second = 1});
  const LogVerdict first = sampling.admit(LogKind::closed, kStart);
  EXPECT_TRUE(first.write);
  EXPECT_EQ(first.suppressed, 0U);
  EXPECT_EQ(written(sampling, LogKind::closed, 7, kStart), 0U);
  const LogVerdict next = sampling.admit(LogKind::closed, kStart + seconds{1});
  EXPECT_TRUE(next.write);
  EXPECT_EQ(next.suppressed, 7U);
  EXPECT_EQ(sampling.take_suppressed(LogKind::closed), 0U) << "told already";
}

TEST(LogSampling, WhatWasLeftOutIsTakenOnce) {
  LogSampling sampling({.lines_per_second = 1});
  EXPECT_EQ(written(sampling, LogKind::refused, 5, kStart), 1U);
  EXPECT_EQ(sampling.take_suppressed(LogKind::opened), 0U);
  EXPECT_EQ(sampling.take_suppressed(LogKind::refused), 4U);
  EXPECT_EQ(sampling.take_suppressed(LogKind::refused), 0U);
}

TEST(LogSampling, WithoutARateEverythingIsWritten) {
  LogSampling sampling({.lines_per_second = 0});
  EXPECT_EQ(written(sampling, LogKind::error_event, 100'000, kStart), 100'000U);
}

// A shard's idea of the time may be a little behind another's.
TEST(LogSampling, TimeThatGoesBackGivesNothingAway) {
  LogSampling sampling({.lines_per_second = 10});
  EXPECT_EQ(written(sampling, LogKind::opened, 100, kStart), 10U);
  EXPECT_EQ(written(sampling, LogKind::opened, 100, kStart - milliseconds{500}), 0U);
  EXPECT_EQ(written(sampling, LogKind::opened, 100, kStart), 0U);
}

TEST(LogSampling, OneConnectionInSoManyIsChosenAndStaysSo) {
  const LogSampling sampling({.one_connection_in = 10});
  const LogSampling other_node({.one_connection_in = 10});
  std::uint64_t chosen = 0;
  for (std::uint64_t id = 0; id < 100'000; ++id) {  // Counted up: as bad as a hash can be.
    chosen += sampling.chosen(id) ? 1 : 0;
    ASSERT_EQ(sampling.chosen(id), other_node.chosen(id));
  }
  EXPECT_NEAR(static_cast<double>(chosen), 10'000.0, 500.0);
}

TEST(LogSampling, NobodyIsChosenForHavingTheFirstId) {
  const LogSampling sampling({.one_connection_in = 4'000'000'000});
  EXPECT_FALSE(sampling.chosen(0));
}

TEST(LogSampling, OneInOneIsEverybody) {
  const LogSampling sampling({.one_connection_in = 1});
  const LogSampling none({.one_connection_in = 0});
  for (std::uint64_t id = 0; id < 1000; ++id) {
    EXPECT_TRUE(sampling.chosen(id) && none.chosen(id));
    EXPECT_TRUE(sampling.chosen(~id));
  }
}

TEST(LogSampling, ThreadsShareOneRateAndLoseNoCount) {
  constexpr std::uint64_t kEach = 20'000;
  constexpr std::uint32_t kRate = 100;
  LogSampling sampling({.lines_per_second = kRate});
  std::vector<std::uint64_t> lines(4), told(4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    threads.emplace_back([&, i] {
      for (std::uint64_t n = 0; n < kEach; ++n) {
        const LogVerdict verdict = sampling.admit(LogKind::opened, kStart);
        lines[i] += verdict.write ? 1 : 0;
        told[i] += verdict.suppressed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::uint64_t written_in_all = 0, told_in_all = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    written_in_all += lines[i];
    told_in_all += told[i];
  }
  EXPECT_EQ(written_in_all, kRate);
  EXPECT_EQ(told_in_all + sampling.take_suppressed(LogKind::opened), 4 * kEach - kRate);
}

TEST(LogSampling, EachKindHasItsOwnName) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kLogKindCount; ++i) names.insert(name(static_cast<LogKind>(i)));
  EXPECT_EQ(names.size(), kLogKindCount);
  EXPECT_FALSE(names.contains(""));
}

}  // namespace
}  // namespace app
