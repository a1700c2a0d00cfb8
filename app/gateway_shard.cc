#include "app/gateway_shard.h"

#include "base/check.h"

namespace app {

std::unique_ptr<engine::ShardProgram> GatewayShardFactory::make(engine::Shard& shard) {
  auto program = std::make_unique<GatewayShard>(shard, gate_, options_, pages_);
  const base::Status opened = program->open();
  CHECK(opened.ok());  // Address space; the connection table took more a moment ago.
  pages_.add_shard(shard, *program);
  return program;
}

}  // namespace app
