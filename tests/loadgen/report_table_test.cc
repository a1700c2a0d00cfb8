#include "loadgen/report_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/loadgen/sample_report.h"

namespace loadgen {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(ReportTable, SaysWhatMattersInItsUnits) {
  Report report = sample_report();
  judge(report);
  EXPECT_THAT(report_table(report),
              AllOf(HasSubstr("room ws://127.0.0.1:8080/"), HasSubstr("closed loop"),
                    HasSubstr("100,000 messages/s"), HasSubstr("p99 9.00ms"),
                    HasSubstr("1,234,567 checked: 0 lost"),
                    HasSubstr("4.000us per message (1.000 user + 3.000 system)"),
                    Not(HasSubstr("FAILED"))));
}

TEST(ReportTable, AnOpenLoopSaysSoAndHowLateItSent) {
  Report report = sample_report();
  report.options.rate = 2000;
  report.send_lag = {.count = 1, .p50 = 1500, .p99 = 250'000, .max = 2'000'000'000};
  EXPECT_THAT(report_table(report), AllOf(HasSubstr("open loop"), Not(HasSubstr("closed loop")),
                                          HasSubstr("p50 1.5us  p99 250us  max 2.00s")));
}

TEST(ReportTable, NamesErrorsFailuresAndWarnings) {
  Report report = sample_report();
  report.errors["disconnect_peer_left"] = 12'345;
  report.audit.lost = 1;
  report.stalls = 1;
  report.interrupted = true;
  expect(report, "lost<5");
  judge(report);
  EXPECT_THAT(report_table(report),
              AllOf(HasSubstr("error         12,345 disconnect_peer_left"),
                    HasSubstr("FAILED        the audit found 1 lost"), HasSubstr("warning"),
                    HasSubstr("(interrupted)"), HasSubstr("met           lost<5")));
}

TEST(ReportTable, AnIdleRunIsAboutMemory) {
  Report report = sample_report();
  report.options.scenario = ScenarioKind::idle;
  report.server->memory_before.resident = 2'000'000;
  report.server->memory_after.resident = 2'235'000;
  EXPECT_THAT(report_table(report), AllOf(HasSubstr("235 B per connection"),
                                          Not(HasSubstr("latency")), Not(HasSubstr("audit"))));
}

}  // namespace
}  // namespace loadgen
