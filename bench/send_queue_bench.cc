// What it costs to queue for one connection, hand the queue to the kernel, and take it back.
// Report: ns per slice or message (items/s); the system call between is not part of it.
#include "engine/connection/send_queue.h"

#include <benchmark/benchmark.h>

#include <array>
#include <cstring>

#include "base/check.h"
#include "base/limits.h"

namespace {

constexpr std::uint32_t kFrameBytes = 66;  // A message of 64 bytes and its header.

// Everything queued leaves as one send.
void send_all(engine::SendQueue& queue, engine::SendPools& pools) {
  std::array<iovec, base::kSendSegmentsMax> segments;
  while (!queue.empty()) {
    std::uint32_t bytes = 0;
    const std::uint32_t count = queue.take(segments);
    for (std::uint32_t i = 0; i < count; ++i) {
      bytes += static_cast<std::uint32_t>(segments[i].iov_len);
    }
    benchmark::DoNotOptimize(segments);
    queue.complete(pools, bytes);
  }
}

// Slices of a payload that many share: what a room's message costs each member.
void push(benchmark::State& state) {
  engine::SendPools pools;
  engine::SendQueue queue;
  engine::Payload* payload = pools.payloads.allocate(kFrameBytes);
  std::memset(payload->append(kFrameBytes), 0x42, kFrameBytes);
  for (auto _ : state) {
    for (int i = 0; i < state.range(0); ++i) queue.push(pools, payload, 0, kFrameBytes);
    send_all(queue, pools);
  }
  pools.payloads.release(payload);
  CHECK(pools.payloads.bytes_in_use() == 0);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(push)->Arg(1)->Arg(8)->Arg(64)->Arg(512);

// Bytes of this connection's own, one behind the other: what an echo costs.
void extend(benchmark::State& state) {
  engine::SendPools pools;
  engine::SendQueue queue;
  const auto messages = static_cast<std::uint32_t>(state.range(0));
  for (auto _ : state) {
    for (std::uint32_t left = messages; left > 0; --left) {
      std::memset(queue.extend(pools, kFrameBytes, left * kFrameBytes), 0x42, kFrameBytes);
    }
    send_all(queue, pools);
  }
  CHECK(pools.payloads.bytes_in_use() == 0);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(extend)->Arg(1)->Arg(16)->Arg(256);

// Sends that the peer's window cuts: each takes three in four bytes of what is left.
void complete_in_parts(benchmark::State& state) {
  engine::SendPools pools;
  engine::SendQueue queue;
  std::array<iovec, base::kSendSegmentsMax> segments;
  for (auto _ : state) {
    for (int i = 0; i < state.range(0); ++i) {
      std::memset(queue.extend(pools, kFrameBytes, kFrameBytes), 0x42, kFrameBytes);
    }
    while (!queue.empty()) {
      queue.take(segments);
      queue.complete(pools, queue.bytes() - queue.bytes() / 4);
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(complete_in_parts)->Arg(16);

}  // namespace
