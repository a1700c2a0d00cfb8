// Ramp: a run at one rate after the other, to find the highest at which all that is expected holds.
//
// Each step is a run of its own, with connections of its own: a rate that was too high leaves
// nothing behind for the next. A rate holds when its run passes and the generator could send all
// that it intended. Main thread. Bound: kRampStepsMost steps.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "loadgen/interrupts.h"
#include "loadgen/load_options.h"
#include "loadgen/progress.h"
#include "loadgen/ramp_search.h"
#include "loadgen/report.h"

namespace loadgen {

struct RampStep {
  double rate = 0;
  bool held = false;
  double throughput = 0;
  LatencySummary latency;
  std::vector<std::string> failures;
};

struct RampReport {
  LoadOptions options;
  std::vector<RampStep> steps;
  std::optional<double> highest;
  std::optional<Report> best;  // Of the run at the highest rate that held.
  bool interrupted = false;

  bool passed() const noexcept { return highest.has_value(); }
};

// Tells `heard` of each step as it ends. `options` has a ramp.
base::Result<RampReport> run_ramp(const LoadOptions& options, Interrupts& interrupts,
                                  Progress& progress,
                                  const std::function<void(const RampStep&)>& heard);

// One line, without its end.
std::string ramp_step_text(const RampStep& step);
std::string ramp_answer_text(const RampReport& report);
// {schema, scenario: "ramp", of, target, command, steps: [{rate, held, throughput_per_second,
// latency_ns: summary, failures}], highest_rate: null if none, interrupted, passed, best: the whole
// report_json() of the highest rate that held, or null}.
std::string ramp_json(const RampReport& report);

}  // namespace loadgen
