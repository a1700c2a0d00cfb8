#include "loadgen/compare/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "loadgen/compare/comparison_html.h"
#include "loadgen/compare/comparison_text.h"
#include "tests/loadgen/sample_report.h"

namespace loadgen {
namespace {

using nlohmann::ordered_json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr auto kCpu = ComparedFigure::cpu_per_message;

ComparedFigures with_cpu(double value) {
  ComparedFigures figures;
  figures[static_cast<std::size_t>(kCpu)] = value;
  return figures;
}

ServerComparison two_servers() {
  ServerComparison comparison{.scenario = {"echo", "--in-flight", "4"},
                              .command = {"millrace-load", "compare"},
                              .machine = {},
                              .rounds_wanted = 3,
                              .servers = {},
                              .failures = {},
                              .warnings = {}};
  comparison.servers.push_back(
      {.name = "a", .url = "ws://a", .start = "", .rounds = {with_cpu(1000), with_cpu(2000), {}}});
  comparison.servers.push_back({.name = "<b>",
                                .url = "ws://b",
                                .start = "serve b",
                                .rounds = {with_cpu(500), with_cpu(1010), with_cpu(7)}});
  return comparison;
}

TEST(Comparison, TakesItsFiguresFromAReport) {
  Report report = sample_report();
  report.server->memory_before.resident = 1'000'000;
  report.server->memory_after.resident = 3'000'000;
  const ComparedFigures figures = figures_of(report);
  EXPECT_THAT(figures, ElementsAre(4000, 1000, 3000, 100'000, 1'500'000, 9'000'000, 2000));
  report.server.reset();
  EXPECT_FALSE(figures_of(report).front().has_value());
  EXPECT_FALSE(figures_of(report).back().has_value());
}

TEST(Comparison, PairsTheRoundsThatBothHave) {
  const ServerComparison comparison = two_servers();
  EXPECT_EQ(comparison.median(0, kCpu), 1500);
  EXPECT_EQ(comparison.median(1, kCpu), 500);
  const auto estimate = comparison.ratio(1, kCpu);
  ASSERT_TRUE(estimate);
  EXPECT_EQ(estimate->pairs, 2);
  EXPECT_NEAR(estimate->ratio, 0.5025, 1e-4);
  EXPECT_FALSE(comparison.ratio(1, ComparedFigure::p99).has_value());
  EXPECT_EQ(verdict(*estimate), "lower");
}

TEST(Comparison, IsTheSameInTableAndJson) {
  const ServerComparison comparison = two_servers();
  EXPECT_THAT(comparison_table(comparison), HasSubstr("0.502"));
  EXPECT_THAT(comparison_table(comparison), HasSubstr("Student's t"));
  const ordered_json json = ordered_json::parse(comparison_json(comparison));
  EXPECT_EQ(json["kind"], "comparison");
  EXPECT_EQ(json["scenario"], ordered_json({"echo", "--in-flight", "4"}));
  const ordered_json& figure = json["figures"][0];
  EXPECT_EQ(figure["figure"], "server CPU per message");
  EXPECT_TRUE(figure["servers"][0]["rounds"][2].is_null());
  EXPECT_TRUE(figure["servers"][0]["ratio"].is_null());
  EXPECT_EQ(figure["servers"][1]["ratio"]["pairs"], 2);
  EXPECT_EQ(figure["servers"][1]["ratio"]["verdict"], "lower");
  EXPECT_EQ(json["passed"], true);
}

TEST(Comparison, DrawsADotAndWhiskersForEachRatio) {
  ServerComparison comparison = two_servers();
  const std::string html = comparison_html(comparison);
  EXPECT_THAT(html, HasSubstr("class=\"fill c0\""));
  EXPECT_THAT(html, HasSubstr("line whisker c0"));
  EXPECT_THAT(html, HasSubstr("server CPU per message, &lt;b&gt;"));
  EXPECT_THAT(html, Not(HasSubstr("<b>,")));
  EXPECT_THAT(html, HasSubstr(">EVERY RUN PASSED<"));
  comparison.failures = {"round 1 of 3, a: lost"};
  EXPECT_THAT(comparison_html(comparison), HasSubstr(">SOME RUNS FAILED<"));
  comparison.servers[1].rounds.clear();
  EXPECT_THAT(comparison_html(comparison), HasSubstr("No ratio"));
}

}  // namespace
}  // namespace loadgen
