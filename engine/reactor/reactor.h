// Reactor: a shard's loop, one turn at a time, and the only caller of the driver above the seam.
//
// A turn submits what was staged, waits if there is nothing to do, and then runs the TurnSteps in
// their fixed order. Submissions that the driver has no room for wait here, in order, and go first.
// Threads: the shard's own. Bounds: base/limits.h, kCompletionsPerTurn and each step's own.
// Invariant: turn() is never re-entered (CHECKed).
#pragma once

#include <cstdint>
#include <vector>

#include "base/counter.h"
#include "base/fifo.h"
#include "base/time.h"
#include "engine/io/driver.h"
#include "engine/reactor/turn_steps.h"

namespace engine {

struct ReactorCounters {
  base::Counter turns;
  base::Counter waits;  // Turns that were allowed to sleep.
  base::Counter completions;
  base::Counter submissions_deferred;   // Found the submission queue full.
  base::OctaveCounts turn_nanoseconds;  // From waking to the next wait, kernel work included.
};

class Reactor {
 public:
  explicit Reactor(ActiveDriver& driver);
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  // One turn. Waits no later than `latest`.
  void turn(TurnSteps& steps, base::Instant latest);

  // Stages an operation, now or as soon as there is room. It must not point at passing memory.
  void submit(const Submission& submission);
  // Stages it now or says false; for sends, whose segments live for this turn only.
  [[nodiscard]] bool try_submit(const Submission& submission);
  // Ends a multishot accept and frees the address for others.
  void stop_listening(std::uint32_t listener) noexcept { driver_.stop_listening(listener); }
  // See the seam: what was sent promptly is sent.
  bool settled() const noexcept { return driver_.settled(); }
  void give_back(BufferId buffer) noexcept { driver_.give_back(buffer); }

  base::Instant now() const noexcept { return driver_.now(); }
  std::uint64_t random() noexcept { return driver_.random(); }
  const ReactorCounters& counters() const noexcept { return counters_; }

 private:
  void submit_deferred();
  bool run_steps(TurnSteps& steps);

  ActiveDriver& driver_;
  std::vector<Completion> completions_;
  base::Fifo<Submission> deferred_;
  ReactorCounters counters_;
  bool work_left_ = true;  // The first turn does not wait.
  bool in_turn_ = false;
};

}  // namespace engine
