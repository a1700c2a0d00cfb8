// Scenario: what the clients of one shard do in a run; one file per scenario in scenarios/.
//
// LoadShard calls these on the shard's thread within its turn, in this order of a run's life:
// prepare(), begin(), [on_...() and pump() as it goes], stop(); and, when all shards have ended,
// account() and judge() on the main thread. Each call is bounded by itself and says when it has
// work left. No call allocates once the scenario has begun.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/time.h"
#include "engine/reactor/turn_steps.h"
#include "loadgen/client_pool.h"
#include "loadgen/ledger.h"
#include "loadgen/load_options.h"
#include "loadgen/published_board.h"
#include "loadgen/run_window.h"
#include "loadgen/shard_statistics.h"
#include "protocol/opcode.h"

namespace loadgen {

// What a scenario works with; it belongs to its shard, but for the options and
// the board.
struct Stage {
  const LoadOptions& options;
  ClientPool& clients;
  ShardStatistics& statistics;
  const RunWindow& window;
  PublishedBoard& board;  // Shared by all shards.
};

class Scenario {
 public:
  virtual ~Scenario() = default;

  // The shard has started; nothing is connected.
  virtual void prepare() = 0;
  // The run starts: normally when every client is connected.
  virtual void begin(base::Instant now) = 0;
  // Nothing new is intended from here on.
  virtual void stop(base::Instant now) = 0;

  virtual void on_open(std::uint32_t client, base::Instant now) = 0;
  virtual void on_message(std::uint32_t client, protocol::Opcode opcode,
                          std::span<const std::byte> message, base::Instant now) = 0;
  // It was open, and is not any more.
  virtual void on_close(std::uint32_t client, const engine::CloseInfo& info, base::Instant now) = 0;
  virtual void on_connect_failed(std::uint32_t client, const engine::ConnectFailure& failure,
                                 base::Instant now) = 0;
  // Whether what fails for this client now is part of the plan, and no error.
  virtual bool forgives(std::uint32_t /*client*/) const { return false; }

  // Each turn, after what was received: does what is due.
  virtual engine::StepResult pump(base::Instant now) = 0;
  virtual base::Instant next_deadline() const = 0;

  // Tells the ledger what was sent, then judges what was received by what all shards told.
  virtual void account(Ledger& ledger) const = 0;
  virtual void judge(const Ledger& ledger) = 0;
};

}  // namespace loadgen
