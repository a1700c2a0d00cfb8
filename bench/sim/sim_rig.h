// SimRig: a server of one shard and its clients in a simulated world without faults, for measuring
// what the engine itself does in a turn: no kernel, no noise, and the simulator's work not counted.
//
// The server's turn is taken here step by step, as Reactor::turn() takes it, with the clock stopped
// while the driver has its share. Threads: one. Bounds: what send queues and windows of 64 KiB
// hold.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "bench/sim/rig_program.h"
#include "engine/io/completion.h"
#include "engine/shard/shard_group.h"
#include "tests/sim/network.h"

namespace bench {

class SimRig {
 public:
  // Opens so many connections.
  SimRig(Service service, std::uint32_t connections);

  // Each of the first `sessions` clients sends `messages`; runs until all answers have arrived.
  // Returns how long the server's own steps took.
  std::chrono::nanoseconds exchange(std::size_t sessions, std::uint32_t messages,
                                    std::uint64_t answers);

  // Server turns that found something to do.
  std::uint64_t turns() const noexcept { return turns_; }

 private:
  void run_clients();
  std::chrono::nanoseconds run_server();

  sim::Network network_;
  RigFactory server_factory_;
  RigFactory client_factory_{0, Service::echo};
  std::unique_ptr<engine::ShardGroup> servers_;
  std::unique_ptr<engine::ShardGroup> clients_;
  std::vector<engine::Completion> completions_;
  std::uint64_t turns_ = 0;
};

}  // namespace bench
