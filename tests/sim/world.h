// World: several shards in one simulated network, each on a fiber, turned in an order that the seed
// chooses.
//
// A step is one shard's work between two waits, or, when nobody has any, the passing of time until
// something happens. Each shard's driver.turn() is where the world takes over; a shard that waits
// is asleep for all the others to see. Faults that are nobody's in particular, clock jumps and
// shards that get no processor, happen here. Threads: one. Bounds: the shards added. Checkers run
// after every step and fail the run with CHECK or with a test's own means.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/prng.h"
#include "base/time.h"
#include "engine/shard/shard.h"
#include "tests/sim/fault_plan.h"
#include "tests/sim/fiber.h"
#include "tests/sim/network.h"

namespace sim {

class World final : private Waiter {
 public:
  explicit World(std::uint64_t seed, const FaultPlan& faults = {});
  ~World() override;

  Network& network() noexcept { return network_; }
  const Network& network() const noexcept { return network_; }
  base::Instant now() const noexcept { return network_.now(); }

  // Starts the shard and runs it until it was drained or stopped. Before the world is destroyed,
  // release() must be called and the shards destroyed, in that order.
  void add(engine::Shard& shard);
  void add_checker(std::function<void()> checker) { checkers_.push_back(std::move(checker)); }

  // False when nothing will ever happen any more.
  bool step();
  void run_for(base::Duration time);
  // Until the condition holds; false when it did not within `most`.
  bool run_until(const std::function<bool()>& condition, base::Duration most);
  // Drops the fibers where they stand.
  void release() noexcept { actors_.clear(); }

  std::uint64_t steps() const noexcept { return steps_; }
  bool ended(const engine::Shard& shard) const noexcept;

 private:
  struct Actor {
    engine::Shard* shard;
    std::unique_ptr<Fiber> fiber;
    base::Instant deadline{};  // Of its wait.
    base::Instant stalled_until{};
  };

  void wait(engine::SimDriver& driver, base::Instant deadline) override;
  void preempt(engine::SimDriver& driver) override;
  bool runnable(const Actor& actor) const noexcept;
  base::Instant next_instant() const noexcept;
  void run(Actor& actor);

  Network network_;
  base::Prng prng_;
  std::vector<Actor> actors_;
  std::vector<std::function<void()>> checkers_;
  std::vector<std::size_t> runnable_;
  Actor* running_ = nullptr;
  std::uint64_t steps_ = 0;
};

}  // namespace sim
