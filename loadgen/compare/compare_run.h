// CompareRun: runs one scenario against several servers, round by round, and collects the figures.
//
// Every round visits every server once; every second round goes backwards, so that a machine that
// drifts favours nobody. A server that is started is started anew for each of its runs, and ends
// with it. Main thread only. Bound: CompareOptions::rounds runs per server.
#pragma once

#include <functional>

#include "base/result.h"
#include "loadgen/compare/compare_options.h"
#include "loadgen/compare/comparison.h"
#include "loadgen/report.h"

namespace loadgen {

// Carries out one run, judged.
using RunOnce = std::function<base::Result<Report>(const LoadOptions&)>;
// Told after each run: one line with the round, the server, and what was measured.
using TellRun = std::function<void(const std::string& line)>;

// An error when a run could not be made at all: a server that does not start or cannot be reached.
base::Result<ServerComparison> compare_servers(const CompareOptions& options,
                                               const RunOnce& run_once, const TellRun& tell);

}  // namespace loadgen
