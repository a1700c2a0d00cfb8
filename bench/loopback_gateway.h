// LoopbackGateway: a gateway of one shard over the real kernel, its raw endpoints on, everybody a
// guest who may do everything, on a port of this host's loopback that the kernel chooses.
//
// Run its shard on a thread of its own with start(), or turn it by hand on the calling thread after
// shard().start(); never both. Threads: the owner's. Whatever the host refuses is a failed CHECK.
#pragma once

#include <cstdint>
#include <memory>

#include "app/gateway_shard.h"
#include "app/native/policy.h"
#include "app/shared_services.h"
#include "app/telemetry/pages.h"
#include "engine/shard/shard_group.h"

namespace bench {

class LoopbackGateway {
 public:
  LoopbackGateway();

  void start();
  engine::Shard& shard() noexcept { return *group_->shards().front(); }
  const engine::RoomCounters& room_counters() const {
    return pages_.metrics().shards().front().program->room_counters();
  }
  std::uint16_t port() const noexcept { return group_->bound().front().port(); }

 private:
  std::shared_ptr<const app::Policy> policy_;
  app::SharedServices services_;
  app::Pages pages_{true};
  std::unique_ptr<app::GatewayShardFactory> factory_;
  std::unique_ptr<engine::ShardGroup> group_;
};

}  // namespace bench
