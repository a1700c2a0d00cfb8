// What it costs to take a message out of a receive buffer: whole in place, cut, and fragmented.
// Report: ns per message (items/s), unmasking and UTF-8 included.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "base/check.h"
#include "base/limits.h"
#include "protocol/frame_encoder.h"
#include "protocol/message_assembler.h"

namespace {

using protocol::MessageAssembler;
using protocol::MessageEvent;
using protocol::Opcode;

// Unmasking in place masks again the next time round; octets below 0x80 keep ASCII ASCII both ways.
constexpr protocol::MaskingKey kKey = {std::byte{0x37}, std::byte{0x5A}, std::byte{0x21},
                                       std::byte{0x3D}};
constexpr int kMessages = 64;

std::vector<std::byte> stream_of(Opcode opcode, std::size_t payload_size) {
  const std::vector<std::byte> payload(payload_size, std::byte{'x'});
  const std::size_t size = protocol::frame_size(payload_size, true);
  std::vector<std::byte> stream(size * kMessages);
  for (int i = 0; i < kMessages; ++i) {
    protocol::encode_masked_frame(std::span(stream).subspan(size * static_cast<std::size_t>(i)),
                                  opcode, payload, kKey);
  }
  return stream;
}

// Feeds the stream in pieces of `piece_size`; each must give as many messages as it holds.
void read_stream(benchmark::State& state, Opcode opcode, std::size_t piece_size) {
  std::vector<std::byte> stream = stream_of(opcode, static_cast<std::size_t>(state.range(0)));
  MessageAssembler assembler(protocol::Role::server, base::kMessageBytesDefault);
  for (auto _ : state) {
    int messages = 0;
    for (std::span<std::byte> rest(stream); !rest.empty();) {
      std::span<std::byte> piece = rest.first(std::min(piece_size, rest.size()));
      rest = rest.subspan(piece.size());
      for (;;) {
        MessageEvent event = assembler.next(piece);
        if (event.kind == MessageEvent::Kind::need_more) break;
        benchmark::DoNotOptimize(event.payload.data());
        ++messages;
      }
    }
    CHECK(messages == kMessages);
  }
  state.SetItemsProcessed(state.iterations() * kMessages);
}

void binary(benchmark::State& state) { read_stream(state, Opcode::binary, SIZE_MAX); }
BENCHMARK(binary)->Arg(5)->Arg(64)->Arg(125)->Arg(512)->Arg(4096);

void text(benchmark::State& state) { read_stream(state, Opcode::text, SIZE_MAX); }
BENCHMARK(text)->Arg(5)->Arg(64)->Arg(125)->Arg(512)->Arg(4096);

// Receive buffers of 4 KiB: every so often one cuts a message.
void binary_in_buffers(benchmark::State& state) { read_stream(state, Opcode::binary, 4096); }
BENCHMARK(binary_in_buffers)->Arg(64)->Arg(512)->Arg(16384);

// The worst that a peer can do.
void binary_by_the_byte(benchmark::State& state) { read_stream(state, Opcode::binary, 1); }
BENCHMARK(binary_by_the_byte)->Arg(64);

}  // namespace
