// What a message costs end to end over the real kernel: a gateway of one shard on its own thread,
// and blocking clients on this one, all on loopback. Report: messages/s, clients' work included;
// for what the server alone costs, see perf/side_by_side and perf/instructions.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <vector>

#include "bench/block_client.h"
#include "bench/loopback_gateway.h"

namespace {

using bench::BlockClient;
using bench::LoopbackGateway;

// Each client has so many messages under way, and sends them again when all have come back.
void loopback_echo(benchmark::State& state) {
  LoopbackGateway gateway;
  gateway.start();
  std::vector<BlockClient> clients;
  clients.reserve(static_cast<std::size_t>(state.range(0)));
  for (int i = 0; i < state.range(0); ++i) {
    clients.emplace_back(gateway.port(), "/echo", static_cast<std::size_t>(state.range(1)));
  }
  for (BlockClient& client : clients) client.open();
  for (auto _ : state) {
    for (BlockClient& client : clients) client.send();
    for (BlockClient& client : clients) client.receive();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0) * state.range(1));
}
BENCHMARK(loopback_echo)
    ->ArgNames({"connections", "in_flight"})
    ->Args({1, 1})
    ->Args({1, 16})
    ->Args({32, 1})
    ->Args({32, 16})
    ->UseRealTime();

// One member publishes, all receive; items are deliveries.
void loopback_room(benchmark::State& state) {
  LoopbackGateway gateway;
  gateway.start();
  std::vector<BlockClient> members;
  members.reserve(static_cast<std::size_t>(state.range(0)));
  for (int i = 0; i < state.range(0); ++i) {
    members.emplace_back(gateway.port(), "/room?room=bench",
                         static_cast<std::size_t>(state.range(1)));
  }
  for (BlockClient& member : members) member.open();
  for (auto _ : state) {
    members.front().send();
    for (BlockClient& member : members) member.receive();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0) * state.range(1));
}
BENCHMARK(loopback_room)
    ->ArgNames({"members", "in_flight"})
    ->Args({32, 1})
    ->Args({32, 16})
    ->UseRealTime();

}  // namespace
