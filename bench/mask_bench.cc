// What masking costs, by size of payload; 64 bytes is the headline. Report: ns per payload,
// bytes/s.
#include "protocol/mask.h"

#include <benchmark/benchmark.h>

#include <vector>

namespace {

constexpr std::array<std::byte, 4> kKey = {std::byte{0x37}, std::byte{0xFA}, std::byte{0x21},
                                           std::byte{0x3D}};

void set_bytes(benchmark::State& state) {
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void mask(benchmark::State& state) {
  std::vector<std::byte> payload(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(payload.data());
    protocol::apply_mask(payload, kKey, 0);
    benchmark::ClobberMemory();
  }
  set_bytes(state);
}
BENCHMARK(mask)->Arg(5)->Arg(16)->Arg(64)->Arg(100)->Arg(125)->Arg(512)->Arg(4096)->Arg(65536);

// What the vectors are measured against.
void mask_scalar(benchmark::State& state) {
  std::vector<std::byte> payload(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(payload.data());
    protocol::detail::apply_mask_scalar(payload, kKey, 0);
    benchmark::ClobberMemory();
  }
  set_bytes(state);
}
BENCHMARK(mask_scalar)->Arg(64)->Arg(4096);

}  // namespace
