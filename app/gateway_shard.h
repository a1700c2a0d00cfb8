// GatewayShard: what a shard of the gateway runs: WebSockets, and the endpoints that they speak to.
//
// One per shard, made by GatewayShardFactory. Threads: the shard's own. It only wires; what the
// endpoints do is in app/native and app/raw, what the HTTP pages say in app/telemetry and app/web.
#pragma once

#include <memory>
#include <utility>

#include "app/gateway_handlers.h"
#include "app/native/native_gateway.h"
#include "app/raw/raw_endpoints.h"
#include "app/shared_services.h"
#include "app/telemetry/pages.h"
#include "engine/room/websocket_shard.h"
#include "engine/session/connection_gate.h"
#include "engine/shard/shard_program.h"

namespace app {

class GatewayShard final : public engine::WebSocketShard {
 public:
  GatewayShard(engine::Shard& shard, engine::ConnectionGate& gate,
               std::shared_ptr<const Policy> policy, SharedServices& services, Pages& pages);

  NativeGateway& native() noexcept { return native_; }
  const NativeGateway& native() const noexcept { return native_; }

  // ShardProgram.
  void on_shard_message(const engine::ShardMessage& message) override;
  engine::StepResult expire(base::Instant now) override;
  base::Instant next_deadline() const override;
  engine::StepResult run_tasks() override;
  void begin_drain(base::Instant now, base::Instant deadline) override;

 private:
  RawEndpoints raw_;
  NativeGateway native_;
  GatewayHandlers handlers_;
};

class GatewayShardFactory final : public engine::ShardProgramFactory {
 public:
  GatewayShardFactory(std::shared_ptr<const Policy> policy, SharedServices& services, Pages& pages)
      : policy_(std::move(policy)),
        services_(services),
        pages_(pages),
        gate_(policy_->options->connections, policy_->options->memory_budget) {}

  std::unique_ptr<engine::ShardProgram> make(engine::Shard& shard) override;

  const engine::ConnectionGate& gate() const noexcept { return gate_; }

 private:
  std::shared_ptr<const Policy> policy_;
  SharedServices& services_;
  Pages& pages_;
  engine::ConnectionGate gate_;
};

}  // namespace app
