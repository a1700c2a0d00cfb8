// Metrics: the counters of every shard, summed, in Prometheus' text format.
//
// Names start with millrace_; each family's help says what one unit of it is. Labels come from
// fixed lists (reasons, violations, outcomes), so the page cannot grow with what peers send.
// Threads: add_shard() and set_gate() before the group starts, the rest on any.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/telemetry/memory_ledger.h"
#include "engine/room/websocket_shard.h"
#include "engine/session/connection_gate.h"
#include "engine/shard/shard.h"

namespace app {

class Metrics {
 public:
  void add_shard(const engine::Shard& shard, const engine::WebSocketShard& program) {
    shards_.push_back({&shard, &program});
  }
  void set_gate(const engine::ConnectionGate& gate) { gate_ = &gate; }

  std::uint64_t connections() const;
  std::string text() const;
  MemoryLedger ledger() const;

  struct ShardParts {
    const engine::Shard* shard;
    const engine::WebSocketShard* program;
  };

 private:
  std::vector<ShardParts> shards_;
  const engine::ConnectionGate* gate_ = nullptr;
  MemoryLedgerKeeper ledger_;
};

}  // namespace app
