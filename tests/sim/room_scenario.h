// The rooms scenario: members on several shards join, leave and publish, and a model of rooms
// without shards judges what they hear. See three_acts.h for its course, room_model.h for the law.
#pragma once

#include <cstdint>

#include "tests/sim/fault_plan.h"
#include "tests/sim/run_report.h"

namespace sim {

RunReport run_rooms(std::uint64_t seed, const FaultPlan& faults);
// The same where windows are large and buffers many, so that only shards can be slow.
RunReport run_quick_rooms(std::uint64_t seed, const FaultPlan& faults);

// The same where some rooms leave messages out for members that lag, and many members lag.
RunReport run_lossy_rooms(std::uint64_t seed, const FaultPlan& faults);

}  // namespace sim
