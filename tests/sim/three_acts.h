// ThreeActs: the course of every scenario with servers and clients.
//
// First, under faults, the clients live their lives. Then the faults stop: within a bounded time
// every client must have finished or stay open, and everything come to rest. Last the servers
// drain, then the clients, and both must end with nothing in flight. Threads: one. A scenario
// derives from it and says what its clients are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "engine/session/session_options.h"
#include "tests/sim/run_report.h"
#include "tests/sim/trial.h"

namespace sim {

class ThreeActs {
 public:
  virtual ~ThreeActs() = default;
  // `window`: bytes under way or unread, per direction of each connection.
  RunReport run(std::size_t window);
  std::size_t draw_window() { return std::size_t{1} << draw(6, 18); }

 protected:
  ThreeActs(std::uint64_t seed, const FaultPlan& faults) : trial_(seed, faults), seed_(seed) {}

  // The faults have stopped.
  virtual void make_peace() {}
  // Every client has lived its lives, or stays.
  virtual bool settled() const = 0;
  // From here on the servers send everybody away.
  virtual void say_goodbye() = 0;
  // At rest: whether everybody got what they were owed.
  virtual void judge() = 0;
  virtual std::uint64_t messages() const = 0;
  virtual base::Duration worst_latency() const { return {}; }
  // What else of the engine's rare branches is to be seen.
  virtual void add_marks(std::map<std::string, std::uint64_t>& /*marks*/) const {}

  virtual engine::ShardGroup& servers() = 0;
  virtual engine::ShardGroup& clients() = 0;

  // Drawn from the seed.
  std::uint32_t draw(std::uint32_t least, std::uint32_t most);
  engine::SessionOptions draw_session_options();
  engine::ShardGroupOptions draw_group_options(std::uint32_t shards_most);

  Trial trial_;

 private:
  bool guilty() const noexcept { return !trial_.verdict().innocent(); }
  void act_under_faults();
  void act_of_settling();
  void act_of_draining();

  std::uint64_t seed_;
  base::Instant started_ = trial_.world().now();
};

}  // namespace sim
