#include "loadgen/report_html/report_html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/loadgen/sample_report.h"

namespace loadgen {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ReportHtml, TellsTheVerdictAndEachExpectation) {
  Report report = sample_report();
  expect(report, "p99<10ms");
  expect(report, "p50<1us");
  judge(report);
  const std::string html = report_html(report);
  EXPECT_THAT(html, HasSubstr(">FAILED</span>"));
  EXPECT_THAT(html, HasSubstr("<td class=number>&lt;10ms</td><td class=number>9.00ms</td>"
                              "<td class=\"good\"><b>met</b>"));
  EXPECT_THAT(html, HasSubstr("<td class=\"bad\"><b>not met</b>"));
  EXPECT_THAT(html, HasSubstr("expected p50&lt;1us, but p50 was"));
}

TEST(ReportHtml, SaysThatARunPassedOrWasInterrupted) {
  Report report = sample_report();
  EXPECT_THAT(report_html(report), HasSubstr(">PASSED</span>"));
  EXPECT_THAT(report_html(report), HasSubstr("None were stated"));
  report.interrupted = true;
  EXPECT_THAT(report_html(report), HasSubstr(">INTERRUPTED</span>"));
}

TEST(ReportHtml, TellsWarningsInPlainWords) {
  Report report = sample_report();
  report.client.cpus_busy = 0.99;
  judge(report);
  EXPECT_THAT(report_html(report), HasSubstr("the generator itself was busy for 99%"));
}

TEST(ReportHtml, MakesNoMarkupOfTextFromOutside) {
  Report report = sample_report();
  const std::string evil = "</script><script>alert(1)</script>";
  report.options.target.url = evil;
  report.options.command = {evil};
  report.server->name = evil;
  report.errors[evil] = 1;
  report.failures = {evil};
  report.warnings = {evil};
  EXPECT_THAT(report_html(report), Not(HasSubstr("alert(1)</script>")));
}

TEST(ReportHtml, AsksNobodyForAnything) {
  const std::string html = report_html(sample_report());
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  EXPECT_THAT(html, Not(HasSubstr("http://")));
  EXPECT_THAT(html, Not(HasSubstr("https://")));
}

TEST(ReportHtml, CountsTheMemoryOfEachConnection) {
  Report report = sample_report();
  report.server->memory_before.resident = 1'000'000;
  report.server->memory_after.resident = 3'000'000;
  const std::string html = report_html(report);
  EXPECT_THAT(html, HasSubstr("<td class=number>+2000 kB</td><td class=number>2000 B</td>"));
}

}  // namespace
}  // namespace loadgen
