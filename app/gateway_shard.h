// GatewayShard: what a shard of the gateway runs: WebSockets, and the endpoints that they speak to.
//
// One per shard, made by GatewayShardFactory. Threads: the shard's own. It only wires; what the
// endpoints do is in app/raw, what the HTTP pages say in app/telemetry and app/web.
#pragma once

#include <memory>
#include <vector>

#include "app/config/options.h"
#include "app/raw/raw_endpoints.h"
#include "app/telemetry/pages.h"
#include "engine/room/websocket_shard.h"
#include "engine/session/connection_gate.h"
#include "engine/shard/shard_program.h"

namespace app {

class GatewayShard final : public engine::WebSocketShard {
 public:
  GatewayShard(engine::Shard& shard, engine::ConnectionGate& gate, const Options& options,
               Pages& pages)
      : engine::WebSocketShard(shard, gate, options.session,
                               static_cast<std::uint32_t>(options.listen.size()), options.rooms),
        endpoints_(*this, pages, options.raw) {
    set_handlers(endpoints_, endpoints_);
  }

 private:
  RawEndpoints endpoints_;
};

class GatewayShardFactory final : public engine::ShardProgramFactory {
 public:
  GatewayShardFactory(const Options& options, Pages& pages)
      : options_(options), pages_(pages), gate_(options.connections, options.memory_budget) {}

  std::unique_ptr<engine::ShardProgram> make(engine::Shard& shard) override;

  const engine::ConnectionGate& gate() const noexcept { return gate_; }

 private:
  const Options& options_;
  Pages& pages_;
  engine::ConnectionGate gate_;
};

}  // namespace app
