// Metrics: the counters of every shard, summed, in Prometheus' text format. What the server API's
// page has besides, its GatewayControl adds.
//
// Names start with millrace_; each family's help says what one unit of it is. Labels come from
// fixed lists (reasons, violations, outcomes), so the page cannot grow with what peers send.
// Threads: add_shard() and set_gate() before the group starts, the rest on any.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/limits/limiter.h"
#include "app/native/native_counters.h"
#include "app/telemetry/memory_ledger.h"
#include "engine/room/websocket_shard.h"
#include "engine/session/connection_gate.h"
#include "engine/shard/shard.h"

namespace app {

class Metrics {
 public:
  struct ShardParts {
    const engine::Shard* shard;
    const engine::WebSocketShard* program;
    const NativeCounters* native;
    const Limiter* limiter;
    const engine::RecentIdCounters* user_ids;  // Of messages to users.
  };

  void add_shard(const ShardParts& parts) { shards_.push_back(parts); }
  void set_gate(const engine::ConnectionGate& gate) { gate_ = &gate; }

  std::uint64_t connections() const;
  std::string text() const;
  MemoryLedger ledger() const;
  const std::vector<ShardParts>& shards() const noexcept { return shards_; }
  const engine::ConnectionGate* gate() const noexcept { return gate_; }

 private:
  std::vector<ShardParts> shards_;
  const engine::ConnectionGate* gate_ = nullptr;
  MemoryLedgerKeeper ledger_;
};

}  // namespace app
