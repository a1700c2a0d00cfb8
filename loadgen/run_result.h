// RunResult: what came out of one process of a run: its report as far as it goes, and what the
// figures of the report are computed from once the results of all processes are merged.
//
// Counts add up, histograms are merged exactly, series over time by their times. pack() and
// unpack() carry a result between processes of the same program, forked from each other: they need
// agree with nobody else. Main thread. Bound: a few histograms and one RunSeries.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/histogram.h"
#include "loadgen/report.h"
#include "loadgen/shard_statistics.h"

namespace loadgen {

struct RunResult {
  // On the heap: each histogram is 36 KiB.
  struct Histograms {
    base::Histogram latency;
    base::Histogram send_lag;
    base::Histogram connect_latency;
  };

  Report report;
  std::unique_ptr<Histograms> histograms = std::make_unique<Histograms>();
  std::vector<std::unique_ptr<ClassStatistics>> classes;
};

// The results of all processes as one; there is at least one. The first is the one that looked at
// the server and the host.
RunResult merge_results(std::vector<RunResult> parts);

// The report, with everything that is computed from the rest of the result.
Report finish_report(RunResult result);

// Without the options and the machine, which whoever unpacks it has.
std::string pack(const RunResult& result);
// None: this is not what pack() made.
std::optional<RunResult> unpack(std::string_view packed);

}  // namespace loadgen
