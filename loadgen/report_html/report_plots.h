// Report plots: the figures of one run's report, made of its series and its histogram.
//
// A figure without data is left out. Pure functions.
#pragma once

#include <vector>

#include "loadgen/report.h"
#include "loadgen/report_html/plot.h"

namespace loadgen {

// In the order in which they are shown.
std::vector<Plot> report_plots(const Report& report);

// What share of all took at most so long.
struct PercentilePoint {
  double percentile = 0;
  double nanoseconds = 0;
};

// One point for each bucket in use, up to the slowest of all.
std::vector<PercentilePoint> percentile_curve(const std::vector<LatencyBucket>& buckets);

}  // namespace loadgen
