// The echo scenario: server shards that send everything back, client shards that hold them to it,
// and a seed that decides everything else. See three_acts.h for its course. Threads: one.
#pragma once

#include <cstdint>

#include "tests/sim/fault_plan.h"
#include "tests/sim/run_report.h"

namespace sim {

RunReport run_echo(std::uint64_t seed, const FaultPlan& faults);
// The same with hostile clients beside the honest ones, who must not notice them.
RunReport run_hostile(std::uint64_t seed, const FaultPlan& faults);

}  // namespace sim
