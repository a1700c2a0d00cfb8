// millrace-sim: runs scenarios of the simulator, one seed or many, and says what the seeds met.

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <utility>

#include "tests/sim/echo_scenario.h"
#include "tests/sim/room_scenario.h"

namespace {

struct Totals {
  std::uint64_t steps = 0;
  std::uint64_t messages = 0;
  std::uint64_t frames = 0;
  std::map<std::string, std::uint64_t> faults;
  std::map<std::string, std::uint64_t> marks;

  void add(const sim::RunReport& report) {
    steps += report.steps;
    messages += report.messages;
    frames += report.frames;
    for (std::size_t i = 0; i < sim::kFaultCount; ++i) {
      const auto fault = static_cast<sim::Fault>(i);
      faults[std::string(sim::name(fault))] += report.faults.fired(fault);
    }
    for (const auto& [mark, count] : report.marks) marks[mark] += count;
  }
  void print() const {
    std::printf("%llu steps, %llu messages, %llu frames read along\n",
                static_cast<unsigned long long>(steps), static_cast<unsigned long long>(messages),
                static_cast<unsigned long long>(frames));
    print("faults that struck:", faults);
    print("rare branches that ran:", marks);
  }
  static void print(const char* title, const std::map<std::string, std::uint64_t>& counts) {
    std::printf("%s\n", title);
    for (const auto& [name, count] : counts) {
      std::printf("  %-20s %10llu\n", name.c_str(), static_cast<unsigned long long>(count));
    }
  }
};

using Scenario = sim::RunReport (*)(std::uint64_t seed, const sim::FaultPlan& faults);

constexpr std::pair<const char*, Scenario> kScenarios[] = {{"echo", sim::run_echo},
                                                           {"rooms", sim::run_rooms},
                                                           {"hostile", sim::run_hostile},
                                                           {"lossy", sim::run_lossy_rooms}};

// False when the run was found guilty.
bool play(const char* name, Scenario scenario, std::uint64_t seed, bool verbose, Totals& totals) {
  const sim::RunReport report = scenario(seed, sim::FaultPlan::draw(seed));
  totals.add(report);
  if (verbose || !report.innocent()) {
    std::printf(
        "%s, seed %llu: trace %016llx, %llu steps, %llu messages, %.3f s simulated\n", name,
        static_cast<unsigned long long>(report.seed), static_cast<unsigned long long>(report.trace),
        static_cast<unsigned long long>(report.steps),
        static_cast<unsigned long long>(report.messages), base::to_seconds(report.simulated));
  }
  if (report.innocent()) return true;
  std::printf("GUILTY\n%s\nfaults of this seed:\n%s", report.charges.c_str(),
              report.faults.text().c_str());
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t seed = 1;
  std::uint64_t runs = 1;
  bool verbose = false;
  std::string scenario = "all";
  CLI::App app("Millrace's simulator");
  app.add_option("--seed", seed, "the first seed");
  app.add_option("--runs", runs, "how many seeds, one after another");
  app.add_option("--scenario", scenario, "what to play")
      ->check(CLI::IsMember({"echo", "rooms", "hostile", "lossy", "all"}));
  app.add_flag("--verbose", verbose, "say what every run did");
  CLI11_PARSE(app, argc, argv);

  Totals totals;
  for (std::uint64_t i = 0; i < runs; ++i) {
    for (const auto& [name, run] : kScenarios) {
      if (scenario != "all" && scenario != name) continue;
      if (!play(name, run, seed + i, verbose, totals)) return 1;
    }
  }
  totals.print();
  return 0;
}
