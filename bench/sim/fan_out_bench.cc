// What a room's message costs the engine for each member: from the received bytes to the staged
// sends, and from their completions to free records. The driver's part is not counted.
// Report: time per delivery, one message or sixteen to a batch.
#include <benchmark/benchmark.h>

#include <chrono>

#include "bench/sim/sim_rig.h"

namespace {

void fan_out(benchmark::State& state) {
  const auto members = static_cast<std::uint32_t>(state.range(0));
  const auto messages = static_cast<std::uint32_t>(state.range(1));
  bench::SimRig rig(bench::Service::room, members);
  const std::uint64_t deliveries = std::uint64_t{members} * messages;
  for (int i = 0; i < 2; ++i) rig.exchange(1, messages, deliveries);  // Pools reach their size.
  for (auto _ : state) {
    const std::chrono::nanoseconds time = rig.exchange(1, messages, deliveries);
    state.SetIterationTime(std::chrono::duration<double>(time).count());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(deliveries));
  state.counters["per_delivery"] = benchmark::Counter(
      static_cast<double>(deliveries),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
// A fixed number of iterations, because the simulator's part takes far longer than what is timed.
BENCHMARK(fan_out)
    ->ArgNames({"members", "in_flight"})
    ->Args({1000, 1})
    ->Args({1000, 16})
    ->Iterations(200)
    ->UseManualTime();
BENCHMARK(fan_out)
    ->ArgNames({"members", "in_flight"})
    ->Args({10000, 1})
    ->Args({10000, 16})
    ->Iterations(20)
    ->UseManualTime();

}  // namespace
