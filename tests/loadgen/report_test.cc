#include "loadgen/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/loadgen/sample_report.h"

namespace loadgen {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Report, ARunWithoutFaultPasses) {
  Report report = sample_report();
  judge(report);
  EXPECT_TRUE(report.passed());
  EXPECT_THAT(report.warnings, IsEmpty());
}

TEST(Report, EachFaultOfTheAuditFailsTheRun) {
  for (auto fault :
       {&AuditCounts::lost, &AuditCounts::duplicates, &AuditCounts::disorder, &AuditCounts::corrupt,
        &AuditCounts::misdelivered, &AuditCounts::misreported}) {
    Report report = sample_report();
    report.audit.*fault = 3;
    judge(report);
    EXPECT_THAT(report.failures, ElementsAre(HasSubstr("the audit found")));
    EXPECT_THAT(report.failures, ElementsAre(HasSubstr(" 3 ")));
  }
}

TEST(Report, ErrorsFailTheRunUnlessAnExpectationAllowsThem) {
  Report report = sample_report();
  report.errors["http_503"] = 2;
  Report judged = report;
  judge(report);
  EXPECT_THAT(report.failures, ElementsAre(HasSubstr("2 http_503")));
  expect(judged, "errors<=2");
  judge(judged);
  EXPECT_TRUE(judged.passed());
}

TEST(Report, EveryMetricIsJudged) {
  const std::vector<std::pair<const char*, const char*>> met_and_not{
      {"p50<=1500us", "p50<1500us"},
      {"p90==2.5ms", "p90<1ms"},
      {"p99<10ms", "p99<9ms"},
      {"p99.9<10ms", "p99.9<9ms"},
      {"p99.99<10ms", "p99.99<9ms"},
      {"max<=12ms", "max<12ms"},
      {"mean<2ms", "mean<1ms"},
      {"cpu_per_message<=4us", "cpu_per_message<4us"},
      {"lost==0", "lost>0"},
      {"duplicates==0", "duplicates>0"},
      {"disorder==0", "disorder>0"},
      {"corrupt==0", "corrupt>0"},
      {"throughput>=100k", "throughput>100k"},
      {"errors==0", "errors>0"},
      {"connected>=1000", "connected<1000"},
      {"back<=3s", "back<3s"},
      {"missing==0", "missing>0"},
      {"retries<10", "retries<9"},
      {"refused<8", "refused<7"},
      {"deferred<6", "deferred<5"},
      {"slow_closed==4", "slow_closed>4"},
      {"slow_dropped==3", "slow_dropped<3"},
      {"slow_open<=2", "slow_open<2"},
      {"slow_missed>=1", "slow_missed==0"},
      {"joined==11", "joined>11"},
      {"left_close==12", "left_close>12"},
      {"left_abort==13", "left_abort>13"},
      {"left_vanish==14", "left_vanish>14"},
      {"acknowledged==15", "acknowledged>15"},
      {"receipted==16", "receipted>16"}};
  ASSERT_EQ(met_and_not.size(), kMetricCount);
  for (const auto& [met, missed] : met_and_not) {
    Report report = sample_report();
    expect(report, met);
    judge(report);
    EXPECT_TRUE(report.passed()) << met;
    expect(report, missed);
    report.expectations.clear();
    judge(report);
    EXPECT_THAT(report.failures, ElementsAre(HasSubstr(missed)));
    ASSERT_EQ(report.expectations.size(), 2);
    EXPECT_TRUE(report.expectations[0].met);
    EXPECT_FALSE(report.expectations[1].met);
  }
}

TEST(Report, AClassIsJudgedByItsOwnFigures) {
  Report report = sample_report();
  expect(report, "back.p99<=2s");
  expect(report, "back.p99<2s");
  expect(report, "back.lost==0");
  judge(report);
  EXPECT_THAT(report.failures, ElementsAre("expected back.p99<2s, but back.p99 was 2s"));
  report = sample_report();
  report.classes.clear();
  expect(report, "back.p99<2s");
  judge(report);
  EXPECT_THAT(report.failures, ElementsAre(HasSubstr("this run has no back.p99")));
}

TEST(Report, NobodyIsBackWhileOneIsMissing) {
  Report report = sample_report();
  report.tallies[static_cast<std::size_t>(Tally::missing)] = 1;
  expect(report, "back<99999s");
  judge(report);
  EXPECT_THAT(report.failures, ElementsAre(HasSubstr("this run has no back")));
}

TEST(Report, AFigureThatARunDoesNotHaveFailsItsExpectation) {
  Report report = sample_report();
  report.server.reset();
  report.latency = {};
  expect(report, "cpu_per_message<1s");
  expect(report, "p99<1s");
  judge(report);
  EXPECT_THAT(report.failures, ElementsAre(HasSubstr("no cpu_per_message"), HasSubstr("no p99")));
}

TEST(Report, WarnsWhenTheGeneratorWasTheLimit) {
  Report report = sample_report();
  report.client.cpus_busy = 0.95;
  report.send_lag.p99 = 5'000'000;
  report.unsent = 1;
  report.skipped = 1;
  report.stalls = 1;
  judge(report);
  EXPECT_TRUE(report.passed());
  EXPECT_EQ(report.warnings.size(), 5);
}

TEST(LatencySummary, TakesItsFiguresFromTheHistogram) {
  base::Histogram histogram;
  for (std::uint64_t i = 1; i <= 200; ++i) histogram.record(i);
  const LatencySummary summary = LatencySummary::of(histogram);
  EXPECT_EQ(summary.count, 200);
  EXPECT_EQ(summary.min, 1);
  EXPECT_EQ(summary.p50, 100);
  EXPECT_EQ(summary.p90, 180);
  EXPECT_EQ(summary.p99, 198);
  EXPECT_EQ(summary.p99_99, 200);
  EXPECT_EQ(summary.max, 200);
  EXPECT_DOUBLE_EQ(summary.mean, 100.5);
}

}  // namespace
}  // namespace loadgen
