// The echo scenario: server shards that send everything back, client shards that hold them to it,
// and a seed that decides everything else.
//
// Three acts. Under faults, the clients live their lives. Then the faults stop, and within a
// bounded time every client must have finished or stay open, everything at rest. Last the servers
// drain, and must end with nothing in flight. Threads: one. A run is a pure function of its seed.
#pragma once

#include <cstdint>
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
  FaultPlan faults;
  std::string charges;  // Empty: innocent.

  bool innocent() const noexcept { return charges.empty(); }
};

RunReport run_echo(std::uint64_t seed);
// The same with these faults in place of the seed's own.
RunReport run_echo(std::uint64_t seed, const FaultPlan& faults);

}  // namespace sim
