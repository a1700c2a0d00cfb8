// Trial: one simulated run under judgement: the world, the verdict, and which connections have an
// excuse for not having ended well.
//
// A connection that a fault broke owes nothing more; every other one must keep all promises. Also
// what all scenarios check in the same way: leases, handles, drain. Threads: one.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/session/session_handler.h"
#include "engine/shard/shard_group.h"
#include "tests/sim/verdict.h"
#include "tests/sim/wire_checker.h"
#include "tests/sim/world.h"

namespace sim {

class Trial {
 public:
  Trial(std::uint64_t seed, const FaultPlan& faults);
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;
  ~Trial();

  World& world() noexcept { return world_; }
  Network& network() noexcept { return world_.network(); }
  FaultPlan& faults() noexcept { return network().faults(); }
  Verdict& verdict() noexcept { return verdict_; }
  const Verdict& verdict() const noexcept { return verdict_; }
  base::Prng& prng() noexcept { return prng_; }
  const WireChecker& wire() const noexcept { return wire_; }

  // Opens a group of shards into the world and keeps it until the end.
  engine::ShardGroup& open(const engine::ShardGroupOptions& options,
                           engine::ShardProgramFactory& programs);

  SocketNumber socket_of(engine::Shard& shard, engine::SessionId id) {
    return shard.driver().socket_of(id.slot);
  }
  // The connection ended for a reason that is not its fault; both ends are excused.
  void excuse(SocketNumber number);
  bool excused(SocketNumber number) const;
  // Connections from this driver owe nothing, and whatever becomes of them is their own fault.
  void mark_hostile(engine::SimDriver& driver);
  bool hostile(SocketNumber number) const;
  // A timeout is an excuse where the world lost time, and a charge where it did not.
  void judge_timeout(SocketNumber number, engine::CloseReason reason);

  // At rest, that is with nothing under way: every lease returned, every descriptor accounted for.
  void check_rest(std::string_view who, engine::ShardGroup& group);
  // After the shards of a group have ended by themselves.
  void check_ended(std::string_view who, engine::ShardGroup& group);
  // What the shards' own counters say of rarely taken branches.
  std::map<std::string, std::uint64_t> marks() const;
  bool ended(engine::ShardGroup& group);
  bool at_rest(engine::ShardGroup& group);

 private:
  bool time_was_lost() const;

  World world_;
  Verdict verdict_;
  WireChecker wire_{world_.network(), verdict_};
  base::Prng prng_;
  std::set<SocketNumber> excused_;
  std::set<std::uint32_t> hostile_;  // Drivers, by their number in the network.
  std::vector<std::unique_ptr<engine::ShardGroup>> groups_;
};

}  // namespace sim
