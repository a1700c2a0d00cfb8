#include "tests/sim/world.h"

#include <algorithm>

#include "base/check.h"

namespace sim {

namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::seconds;

constexpr std::uint64_t kScheduleSeed = 0x5C4ED;
constexpr base::Duration kTurnMost = microseconds{20};
constexpr base::Duration kStallMost = seconds{3};

}  // namespace

World::World(std::uint64_t seed, const FaultPlan& faults)
    : network_(seed, faults), prng_(seed ^ kScheduleSeed) {
  network_.set_waiter(this);
}

World::~World() { network_.set_waiter(nullptr); }

void World::add(engine::Shard& shard) {
  auto body = [&shard] {
    const base::Status status = shard.start();
    CHECK(status.ok());
    shard.run();
  };
  actors_.push_back({.shard = &shard, .fiber = std::make_unique<Fiber>(body)});
}

bool World::ended(const engine::Shard& shard) const noexcept {
  return std::any_of(actors_.begin(), actors_.end(), [&shard](const Actor& actor) {
    return actor.shard == &shard && actor.fiber->ended();
  });
}

bool World::runnable(const Actor& actor) const noexcept {
  if (actor.fiber->ended() || now() < actor.stalled_until) return false;
  return actor.deadline <= now() || actor.shard->driver().ready();
}

// When somebody who cannot run now may be able to.
base::Instant World::next_instant() const noexcept {
  base::Instant next = network_.next_event();
  for (const Actor& actor : actors_) {
    if (actor.fiber->ended()) continue;
    const bool stalled = now() < actor.stalled_until;
    next = std::min(next, stalled ? actor.stalled_until : actor.deadline);
  }
  return next;
}

bool World::step() {
  ++steps_;
  if (network_.faults().strikes(Fault::clock_jumps)) {
    network_.advance_to(now() + network_.draw_duration(hours{1}));
  }
  runnable_.clear();
  for (std::size_t i = 0; i < actors_.size(); ++i) {
    if (runnable(actors_[i])) runnable_.push_back(i);
  }
  if (runnable_.empty()) {
    const base::Instant next = next_instant();
    if (next == base::kForever) return false;
    network_.advance_to(next);
    return true;
  }
  Actor& actor = actors_[runnable_[prng_.below(runnable_.size())]];
  if (network_.faults().strikes(Fault::shard_stalls)) {
    actor.stalled_until = now() + network_.draw_duration(kStallMost);
    return true;
  }
  run(actor);
  for (const auto& checker : checkers_) checker();
  // Work takes time, so a shard that always has some does not stop the clock.
  network_.advance_to(now() + network_.draw_duration(kTurnMost));
  return true;
}

void World::run(Actor& actor) {
  CHECK(running_ == nullptr);
  running_ = &actor;
  network_.trace().note(actor.shard->number());
  actor.fiber->resume();
  running_ = nullptr;
}

void World::wait(engine::SimDriver& driver, base::Instant deadline) {
  CHECK(running_ != nullptr);
  CHECK(&running_->shard->driver() == &driver);
  Actor& actor = *running_;
  actor.deadline = deadline;
  actor.fiber->pause();
}

// Shards run in parallel, so anything may happen in the middle of a turn.
void World::preempt(engine::SimDriver& driver) {
  if (running_ == nullptr || !network_.faults().strikes(Fault::shard_preempted)) return;
  wait(driver, now());
}

void World::run_for(base::Duration time) {
  const base::Instant until = now() + time;
  while (now() < until && step()) {
  }
}

bool World::run_until(const std::function<bool()>& condition, base::Duration most) {
  const base::Instant until = now() + most;
  while (!condition()) {
    if (now() >= until || !step()) return condition();
  }
  return true;
}

}  // namespace sim
