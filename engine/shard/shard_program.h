// ShardProgram: what a shard runs besides its connections: the layers above, seen from below.
//
// The shard calls these on its own thread within its turn; see TurnSteps for the order. An
// embedding program normally uses engine/room/websocket_shard.h, which is one. Each step is bounded
// by itself and says when it has work left.
#pragma once

#include <memory>

#include "base/time.h"
#include "engine/connection/receive_allowance.h"
#include "engine/reactor/turn_steps.h"
#include "engine/shard/shard_message.h"

namespace engine {

class Shard;

class ShardProgram {
 public:
  virtual ~ShardProgram() = default;

  // Once, on the shard's thread, before its first turn.
  virtual void on_start() = 0;
  // Another shard's message. The receiver releases the parcel.
  virtual void on_shard_message(const ShardMessage& message) = 0;
  virtual StepResult expire(base::Instant now) = 0;
  virtual base::Instant next_deadline() const = 0;
  // Work that is left over from messages: fan-outs.
  virtual StepResult run_tasks() = 0;
  // What this turn may hand to the sessions; nothing, while it allows no chunk.
  virtual ReceiveAllowance receives_allowed() const = 0;
  // Stop accepting and send everybody away by `deadline`; drained() ends the shard earlier.
  virtual void begin_drain(base::Instant now, base::Instant deadline) = 0;
  virtual bool drained() const = 0;
};

// Makes the program of each shard of a group, on the thread that starts the group.
class ShardProgramFactory {
 public:
  virtual ~ShardProgramFactory() = default;
  virtual std::unique_ptr<ShardProgram> make(Shard& shard) = 0;
};

}  // namespace engine
