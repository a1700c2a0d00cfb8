#include "loadgen/ramp.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "base/check.h"
#include "loadgen/clock.h"
#include "loadgen/report_json.h"
#include "loadgen/run_load.h"

namespace loadgen {

namespace {

// Between two steps: what the one before left in the server's queues goes out.
constexpr base::Duration kRest = std::chrono::milliseconds{300};
constexpr double kMillisecond = 1e6;

LoadOptions options_at(const LoadOptions& options, double rate) {
  LoadOptions step = options;
  step.rate = rate;
  step.duration = options.ramp->step;
  step.groups = plan_groups(step);
  return step;
}

RampStep step_of(const Report& report) {
  RampStep step{.rate = report.options.rate,
                .held = report.passed() && report.unsent == 0,
                .throughput = report.throughput,
                .latency = report.latency,
                .failures = report.failures};
  if (report.unsent > 0) {
    step.failures.push_back(fmt::format("{} intended messages were never sent", report.unsent));
  }
  return step;
}

}  // namespace

base::Result<RampReport> run_ramp(const LoadOptions& options, Interrupts& interrupts,
                                  Progress& progress,
                                  const std::function<void(const RampStep&)>& heard) {
  CHECK(options.ramp.has_value());
  RampReport ramp{.options = options, .steps = {}, .highest = {}, .best = {}};
  RampSearch search(*options.ramp);
  while (const std::optional<double> rate = search.next()) {
    const LoadOptions step_options = options_at(options, *rate);
    auto report = run_load(step_options, interrupts, progress);
    if (!report.ok()) return report.error();
    ramp.interrupted = report.value().interrupted;
    if (ramp.interrupted) break;  // It says nothing about its rate.
    ramp.steps.push_back(step_of(report.value()));
    heard(ramp.steps.back());
    search.tell(ramp.steps.back().held);
    if (ramp.steps.back().held) ramp.best = report.take();
    ramp.interrupted = interrupts.wait_until(monotonic_now() + kRest);
    if (ramp.interrupted) break;
  }
  ramp.highest = search.highest();
  return ramp;
}

std::string ramp_step_text(const RampStep& step) {
  std::string text = fmt::format("  {:>12.0f}/s  {}  p50 {:.2f}ms  p99 {:.2f}ms  max {:.2f}ms",
                                 step.rate, step.held ? "holds" : "fails",
                                 static_cast<double>(step.latency.p50) / kMillisecond,
                                 static_cast<double>(step.latency.p99) / kMillisecond,
                                 static_cast<double>(step.latency.max) / kMillisecond);
  for (const std::string& failure : step.failures) text += "\n                 " + failure;
  return text;
}

std::string ramp_answer_text(const RampReport& report) {
  if (!report.highest) return "not even the lowest rate holds";
  return fmt::format("the highest rate that holds is {:.0f} messages/s", *report.highest);
}

std::string ramp_json(const RampReport& report) {
  using Json = nlohmann::ordered_json;
  Json json;
  json["schema"] = 1;
  json["scenario"] = "ramp";
  json["of"] = name(report.options.scenario);
  json["target"] = report.options.target.url;
  json["command"] = report.options.command;
  json["steps"] = Json::array();
  for (const RampStep& step : report.steps) {
    json["steps"].push_back({{"rate", step.rate},
                             {"held", step.held},
                             {"throughput_per_second", step.throughput},
                             {"latency_ns", latency_json(step.latency)},
                             {"failures", step.failures}});
  }
  json["highest_rate"] = report.highest ? Json(*report.highest) : Json(nullptr);
  json["interrupted"] = report.interrupted;
  json["passed"] = report.passed();
  json["best"] = report.best ? Json::parse(report_json(*report.best)) : Json(nullptr);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace loadgen
