// TurnSteps: what a shard does in one turn, step by step, in the one order that the reactor keeps.
//
// The reactor calls these on the shard's thread, each once per turn and in this order. A step does
// a bounded share of its work and says whether some is left, in which case the next turn does not
// wait. No step may call the reactor's turn(): completions only mark work, nothing is re-entered.
#pragma once

#include <cstdint>
#include <span>

#include "base/time.h"
#include "engine/io/completion.h"

namespace engine {

enum class StepResult : std::uint8_t { done, more };

class TurnSteps {
 public:
  virtual ~TurnSteps() = default;

  // 1. Notes what each completion means; hands nothing to sessions yet.
  virtual void dispatch(std::span<const Completion> completions) = 0;
  // 2. Takes messages from other shards.
  virtual StepResult drain_mailboxes() = 0;
  // 3. Ends what ran out of time.
  virtual StepResult expire_timers(base::Instant now) = 0;
  // 4. Gives received bytes to their sessions.
  virtual StepResult deliver() = 0;
  // 5. Carries room messages to subscribers.
  virtual StepResult fan_out() = 0;
  // 6. Stages one send per connection that has something to send, and rings sleeping shards.
  virtual StepResult flush() = 0;
  // The instant of the next timer: how long the turn may wait when nothing else is left to do.
  virtual base::Instant next_deadline() const = 0;
  // Says that this shard is about to sleep. False when a message came in meanwhile.
  virtual bool prepare_to_sleep() = 0;
  virtual void woke_up() = 0;
};

}  // namespace engine
