// FaultPlan: which of the world's troubles a simulated run has, how often, and how often each came.
//
// One probability per fault, drawn from the seed. Swarm testing: a run leaves some faults out
// altogether and exaggerates others, because a bug that needs many resets hides behind a world that
// also refuses every connect. Threads: one. Bound: one entry per fault. The plan draws from a
// generator of its own, so two runs of one seed see the same troubles at the same moments.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/prng.h"

namespace sim {

enum class Fault : std::uint8_t {
  receive_split,     // A receive yields fewer bytes than are there.
  receive_late,      // Bytes lie unread for a while: several sends arrive as one.
  receive_ends,      // A multishot receive ends although the connection goes on.
  buffers_withheld,  // The receive buffers ran out before the last one was lent.
  send_short,        // A send ends after a part of its bytes.
  send_late,         // A send takes its time.
  connection_reset,  // Something between the two breaks the connection off.
  half_close,        // One side ends without having said goodbye.
  network_stall,     // Nothing arrives for a while, nothing is lost.
  cancel_races,      // What is to be canceled was just about to complete.
  completion_late,   // Completions of different sockets overtake each other.
  turn_partial,      // A turn hands out only a part of what is due.
  stage_refused,     // The submission queue is full.
  accept_full,       // The host has no descriptor for an accepted connection.
  accept_aborted,    // The peer left before we accepted it.
  accept_ends,       // A multishot accept ends although the listener goes on.
  accept_burst,      // Connections wait in the backlog and then come all at once.
  connect_fails,     // No route, no port, no answer.
  wake_doubled,      // One ring, two wakes.
  wake_late,         // A wake takes its time.
  wake_spurious,     // A wake that nobody rang.
  ring_fails,        // The other shard's completion queue was full.
  hand_over_fails,   // The other shard has no place for a connection.
  shard_preempted,   // Other shards run in the middle of a turn.
  shard_stalls,      // A shard gets no processor for a while.
  clock_jumps,       // From one nanosecond to an hour pass at once.
};

inline constexpr std::size_t kFaultCount = 26;

std::string_view name(Fault fault) noexcept;

class FaultPlan {
 public:
  // A world without troubles.
  FaultPlan() : FaultPlan(0) {}
  // The swarm's draw: a third of the faults never, the others each with a weight of its own.
  static FaultPlan draw(std::uint64_t seed);
  // This fault alone, as often as runs bear.
  static FaultPlan only(Fault fault, std::uint64_t seed);

  void set(Fault fault, double probability) noexcept { entry(fault).probability = probability; }
  // From here on nothing goes wrong any more.
  void stop() noexcept { stopped_ = true; }

  // Whether the fault comes now; called once for each opportunity.
  bool strikes(Fault fault) noexcept;

  double probability(Fault fault) const noexcept { return entry(fault).probability; }
  std::uint64_t fired(Fault fault) const noexcept { return entry(fault).fired; }
  // One line per fault: its name, its probability, how often it came.
  std::string text() const;

 private:
  struct Entry {
    double probability = 0;
    std::uint64_t fired = 0;
  };

  explicit FaultPlan(std::uint64_t seed) : prng_(seed) {}
  Entry& entry(Fault fault) noexcept { return entries_[static_cast<std::size_t>(fault)]; }
  const Entry& entry(Fault fault) const noexcept {
    return entries_[static_cast<std::size_t>(fault)];
  }

  base::Prng prng_;
  std::array<Entry, kFaultCount> entries_{};
  bool stopped_ = false;
};

}  // namespace sim
