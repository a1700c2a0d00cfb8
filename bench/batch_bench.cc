// What a room's batch of a turn costs: each message once, to encode it; then each member, to find
// what it is to get. Report: ns per message of 64 bytes, ns per member (items/s).
#include "engine/room/batch.h"

#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>

#include "protocol/opcode.h"

namespace {

using engine::SessionId;
using protocol::Opcode;

constexpr std::array<std::byte, 64> kMessage{};
constexpr std::uint32_t kMembers = 1000;

void append(benchmark::State& state) {
  engine::PayloadPool pool;
  engine::Batch batch;
  for (auto _ : state) {
    for (int i = 0; i < state.range(0); ++i) batch.append(pool, Opcode::binary, kMessage);
    benchmark::DoNotOptimize(batch.stretches().data());
    batch.clear(pool);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(append)->Arg(1)->Arg(16)->Arg(256);

// A batch of so many messages, of which the first few are not for their publishers, one each.
void for_session(benchmark::State& state) {
  engine::PayloadPool pool;
  engine::Batch batch;
  for (std::uint32_t i = 0; i < state.range(0); ++i) {
    batch.append(pool, Opcode::binary, kMessage);
    if (i < state.range(1)) batch.exclude_last(SessionId{.slot = i, .generation = 1});
  }
  for (auto _ : state) {
    std::uint64_t bytes = 0;
    for (std::uint32_t slot = 0; slot < kMembers; ++slot) {
      std::uint32_t messages = batch.for_session(
          SessionId{.slot = slot, .generation = 1},
          [&bytes](engine::Payload*, std::uint32_t, std::uint32_t size) { bytes += size; });
      benchmark::DoNotOptimize(messages);
    }
    benchmark::DoNotOptimize(bytes);
  }
  batch.clear(pool);
  state.SetItemsProcessed(state.iterations() * kMembers);
}
BENCHMARK(for_session)
    ->ArgNames({"messages", "exclusions"})
    ->Args({1, 0})
    ->Args({16, 0})
    ->Args({256, 0})
    ->Args({1, 1})
    ->Args({16, 16})
    ->Args({256, 256});

}  // namespace
