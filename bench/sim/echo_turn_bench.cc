// What an echoed message costs the engine when many connections speak in the same turn, all steps
// of the turn included but not the driver's part. Report: time per message.
#include <benchmark/benchmark.h>

#include <chrono>

#include "bench/sim/sim_rig.h"

namespace {

void echo_turn(benchmark::State& state) {
  const auto connections = static_cast<std::uint32_t>(state.range(0));
  const auto messages = static_cast<std::uint32_t>(state.range(1));
  bench::SimRig rig(bench::Service::echo, connections);
  const std::uint64_t echoes = std::uint64_t{connections} * messages;
  for (int i = 0; i < 2; ++i) rig.exchange(connections, messages, echoes);
  for (auto _ : state) {
    const std::chrono::nanoseconds time = rig.exchange(connections, messages, echoes);
    state.SetIterationTime(std::chrono::duration<double>(time).count());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(echoes));
  state.counters["per_message"] = benchmark::Counter(
      static_cast<double>(echoes),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(echo_turn)
    ->ArgNames({"connections", "in_flight"})
    ->Args({1, 1})
    ->Args({1, 16})
    ->Args({100, 1})
    ->Args({100, 16})
    ->Args({1000, 1})
    ->Args({1000, 16})
    ->Iterations(200)
    ->UseManualTime();

}  // namespace
