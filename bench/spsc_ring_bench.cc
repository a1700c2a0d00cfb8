// What a lane between shards costs: on one core, pushing and draining; between two, a thread each.
// Report: ns per message (items/s), a message being the 40 bytes that shards exchange.
#include "engine/shard/spsc_ring.h"

#include <benchmark/benchmark.h>
#include <sched.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "base/check.h"
#include "base/limits.h"
#include "engine/shard/shard_message.h"

namespace {

using Lane = engine::SpscRing<engine::ShardMessage, base::kLaneEntries>;

// Pushes as many as the argument says, then drains them: the ring stays in the nearest cache.
void push_and_drain(benchmark::State& state) {
  const auto lane = std::make_unique<Lane>();
  const auto count = static_cast<std::uint32_t>(state.range(0));
  engine::ShardMessage message{};
  for (auto _ : state) {
    for (std::uint32_t i = 0; i < count; ++i) {
      message.number = i;
      bool pushed = lane->try_push(message);
      benchmark::DoNotOptimize(pushed);
    }
    std::uint64_t sum = 0;
    lane->drain(count, [&sum](const engine::ShardMessage& taken) { sum += taken.number; });
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(push_and_drain)->Arg(1)->Arg(16)->Arg(256);

// Keeps this thread on the i-th processor that it may use, until it is destroyed.
class Pin {
 public:
  explicit Pin(std::size_t i) {
    CPU_ZERO(&before_);
    if (sched_getaffinity(0, sizeof before_, &before_) != 0) return;
    std::vector<std::size_t> allowed;
    for (std::size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(cpu, &before_)) allowed.push_back(cpu);
    }
    if (i >= allowed.size()) return;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(allowed[i], &one);
    pinned_ = sched_setaffinity(0, sizeof one, &one) == 0;
  }
  Pin(const Pin&) = delete;
  Pin& operator=(const Pin&) = delete;
  ~Pin() {
    if (pinned_) static_cast<void>(sched_setaffinity(0, sizeof before_, &before_));
  }

  bool pinned() const noexcept { return pinned_; }

 private:
  cpu_set_t before_;
  bool pinned_ = false;
};

constexpr std::uint32_t kPerIteration = 4096;

void push_all(Lane& lane) {
  engine::ShardMessage message{};
  for (std::uint32_t i = 0; i < kPerIteration; ++i) {
    message.number = i;
    while (!lane.try_push(message)) {
    }
  }
}

void drain_all(Lane& lane) {
  std::uint64_t sum = 0;
  for (std::uint32_t left = kPerIteration; left > 0;) {
    left -= lane.drain(left, [&sum](const engine::ShardMessage& taken) { sum += taken.number; });
  }
  CHECK(sum == std::uint64_t{kPerIteration} * (kPerIteration - 1) / 2);
}

// One thread pushes, the other drains; both go round equally often, so each iteration ends empty.
void between_two_cores(benchmark::State& state) {
  static Lane lane;
  const bool pushes = state.thread_index() == 0;
  const Pin pin(static_cast<std::size_t>(state.thread_index()));
  for (auto _ : state) {
    if (pushes) {
      push_all(lane);
    } else {
      drain_all(lane);
    }
  }
  if (!pushes) state.SetItemsProcessed(state.iterations() * kPerIteration);
  if (!pin.pinned()) state.SetLabel("not pinned: fewer than two processors");
}
BENCHMARK(between_two_cores)->Threads(2)->UseRealTime();

}  // namespace
