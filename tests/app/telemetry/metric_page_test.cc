#include "app/telemetry/metric_page.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace app {
namespace {

TEST(MetricPage, WritesCountersAndGauges) {
  MetricPage page;
  page.counter("asked_total", "Questions", 7);
  page.gauge("waiting", "Questions that wait", std::uint64_t{2});
  page.gauge("share", "Part of one", 0.25);
  EXPECT_EQ(page.text(),
            "# HELP asked_total Questions\n# TYPE asked_total counter\nasked_total 7\n"
            "# HELP waiting Questions that wait\n# TYPE waiting gauge\nwaiting 2\n"
            "# HELP share Part of one\n# TYPE share gauge\nshare 0.25\n");
}

// A family that came twice would be no page that Prometheus takes.
TEST(MetricPage, WhatHasOneNameIsOneFamily) {
  MetricPage page;
  page.gauge("clients", "Clients, by tenant", 3, {{"tenant", "acme"}});
  page.gauge("clients", "Clients, by tenant", 1, {{"tenant", "a \"quoted\" one"}});
  page.counter("ends_total", "Ends", 1);
  EXPECT_EQ(page.text(),
            "# HELP clients Clients, by tenant\n# TYPE clients gauge\n"
            "clients{tenant=\"acme\"} 3\nclients{tenant=\"a \\\"quoted\\\" one\"} 1\n"
            "# HELP ends_total Ends\n# TYPE ends_total counter\nends_total 1\n");
}

TEST(MetricPage, WritesHistogramsWithLabels) {
  MetricPage page;
  MetricPage::Histogram histogram;
  histogram.sample_count = 3;
  histogram.sample_sum = 4.5;
  histogram.bucket = {{2, 1}, {3, std::numeric_limits<double>::infinity()}};
  page.histogram("turn_seconds", "Turns", histogram, {{"stage", "all"}});
  EXPECT_EQ(page.text(),
            "# HELP turn_seconds Turns\n# TYPE turn_seconds histogram\n"
            "turn_seconds_count{stage=\"all\"} 3\nturn_seconds_sum{stage=\"all\"} 4.5\n"
            "turn_seconds_bucket{stage=\"all\",le=\"1\"} 2\n"
            "turn_seconds_bucket{stage=\"all\",le=\"+Inf\"} 3\n");
}

}  // namespace
}  // namespace app
