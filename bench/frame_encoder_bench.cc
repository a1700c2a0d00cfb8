// What it costs to write a frame, payload included, as a server and as a client.
#include "protocol/frame_encoder.h"

#include <benchmark/benchmark.h>

#include <vector>

namespace {

using protocol::Opcode;

constexpr protocol::MaskingKey kKey = {std::byte{0x37}, std::byte{0xFA}, std::byte{0x21},
                                       std::byte{0x3D}};

template <typename Encode>
void encode_frames(benchmark::State& state, Encode encode) {
  const std::vector<std::byte> payload(static_cast<std::size_t>(state.range(0)), std::byte{'x'});
  std::vector<std::byte> out(protocol::frame_size(payload.size(), true));
  for (auto _ : state) {
    std::size_t size = encode(std::span(out), payload);
    benchmark::DoNotOptimize(size);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void encode(benchmark::State& state) {
  encode_frames(state, [](std::span<std::byte> out, std::span<const std::byte> payload) {
    return protocol::encode_frame(out, Opcode::text, payload);
  });
}
BENCHMARK(encode)->Arg(5)->Arg(64)->Arg(125)->Arg(512)->Arg(4096);

void encode_masked(benchmark::State& state) {
  encode_frames(state, [](std::span<std::byte> out, std::span<const std::byte> payload) {
    return protocol::encode_masked_frame(out, Opcode::text, payload, kKey);
  });
}
BENCHMARK(encode_masked)->Arg(5)->Arg(64)->Arg(125)->Arg(512)->Arg(4096);

}  // namespace
