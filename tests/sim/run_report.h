// RunReport: what one simulated run did, met and was found guilty of. Plain value; a run is a pure
// function of its seed, so two reports of one seed are equal.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/time.h"
#include "tests/sim/fault_plan.h"

namespace sim {

struct RunReport {
  std::uint64_t seed = 0;
  std::uint64_t trace = 0;  // Equal for two runs of one seed.
  std::uint64_t steps = 0;
  std::uint64_t messages = 0;  // Echoes, or deliveries, that were held against the model.
  std::uint64_t frames = 0;    // Frames that were read along on the wire.
  base::Duration simulated{};
  base::Duration worst_latency{};  // From saying to hearing, of what the model judged.
  // Rare branches of the engine, and how often this run took each.
  std::map<std::string, std::uint64_t> marks;
  FaultPlan faults;
  std::string charges;  // Empty: innocent.

  bool innocent() const noexcept { return charges.empty(); }
};

}  // namespace sim
