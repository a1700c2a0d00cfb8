#include "bench/loopback_gateway.h"

#include "base/check.h"

namespace bench {

LoopbackGateway::LoopbackGateway() {
  options_.listen = {engine::Address::parse("127.0.0.1:0").take()};
  options_.raw = true;
  factory_ = std::make_unique<app::GatewayShardFactory>(options_, pages_);
  engine::ShardGroupOptions group;
  group.listen = options_.listen;
  auto opened = engine::ShardGroup::open(group, *factory_);
  CHECK(opened.ok());
  group_ = opened.take();
}

void LoopbackGateway::start() {
  const base::Status started = group_->start();
  CHECK(started.ok());
}

}  // namespace bench
