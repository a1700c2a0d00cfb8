#include "loadgen/report_html/report_plots.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/loadgen/sample_report.h"

namespace loadgen {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

std::vector<std::string> ids(const std::vector<Plot>& plots) {
  std::vector<std::string> ids;
  for (const Plot& plot : plots) ids.push_back(plot.id);
  return ids;
}

Report report_over_time() {
  Report report = sample_report();
  report.latency_buckets = {{.upper_end = 1000, .count = 900}, {.upper_end = 5000, .count = 100}};
  report.latency.count = 1000;
  for (std::size_t i = 0; i < 4; ++i) {
    TrafficSample sample{.at = static_cast<int>(i) * 500ms, .open = 7};
    sample.received = 100 * i;
    sample.latency[latency_range_of(2048)] = 100 * i;
    report.series.traffic.push_back(sample);
  }
  report.series.resources = {{.at = 0s, .server_cpu = 1s}, {.at = 2s, .server_cpu = 2s}};
  return report;
}

TEST(ReportPlots, DrawsWhatThereIs) {
  EXPECT_TRUE(report_plots(sample_report()).empty());
  EXPECT_THAT(ids(report_plots(report_over_time())),
              ElementsAre("connections", "throughput", "latency", "percentiles", "cpu", "memory"));
}

TEST(ReportPlots, TurnsTotalsIntoRates) {
  const std::vector<Plot> plots = report_plots(report_over_time());
  const std::vector<double>& received = plots[1].lines[0].values;
  EXPECT_TRUE(std::isnan(received[0]));
  EXPECT_DOUBLE_EQ(received[1], 200);
  EXPECT_DOUBLE_EQ(received[3], 200);
  EXPECT_DOUBLE_EQ(plots[4].lines[1].values[1], 0.5) << "processors of the server";
}

TEST(ReportPlots, TellsThePercentilesOfEachColumn) {
  const std::vector<Plot> plots = report_plots(report_over_time());
  ASSERT_TRUE(plots[2].heat);
  EXPECT_THAT(plots[2].heat->counts,
              ElementsAre(ElementsAre(100), ElementsAre(100), ElementsAre(100)));
  EXPECT_THAT(plots[2].lines[0].values, ElementsAre(2560, 2560, 2560));
}

TEST(PercentileCurve, HasAPointPerBucketAndTheSlowestAtTheEnd) {
  const auto curve = percentile_curve({{.upper_end = 100, .count = 90},
                                       {.upper_end = 200, .count = 9},
                                       {.upper_end = 900, .count = 1}});
  ASSERT_EQ(curve.size(), 4);
  EXPECT_DOUBLE_EQ(curve[0].percentile, 0);
  EXPECT_DOUBLE_EQ(curve[1].percentile, 90);
  EXPECT_DOUBLE_EQ(curve[1].nanoseconds, 200);
  EXPECT_DOUBLE_EQ(curve[2].percentile, 99);
  EXPECT_DOUBLE_EQ(curve[3].percentile, 100);
  EXPECT_DOUBLE_EQ(curve[3].nanoseconds, 900);
  EXPECT_TRUE(percentile_curve({}).empty());
}

}  // namespace
}  // namespace loadgen
