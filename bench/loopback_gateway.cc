#include "bench/loopback_gateway.h"

#include <utility>

#include "base/check.h"

namespace bench {

namespace {

constexpr std::uint64_t kSeed = 1;

std::shared_ptr<const app::Policy> open_policy() {
  app::Options options;
  options.listen = {engine::Address::parse("127.0.0.1:0").take()};
  options.raw = true;
  options.limits.enabled = false;
  options.room_settings.presence_members = 0;
  const base::Status added = options.access.add_guest_room("*");
  CHECK(added.ok());
  auto policy = app::make_policy(std::move(options));
  CHECK(policy.ok());
  return policy.take();
}

}  // namespace

LoopbackGateway::LoopbackGateway() : policy_(open_policy()), services_(*policy_->options, kSeed) {
  factory_ = std::make_unique<app::GatewayShardFactory>(policy_, services_, pages_);
  engine::ShardGroupOptions group;
  group.listen = policy_->options->listen;
  auto opened = engine::ShardGroup::open(group, *factory_);
  CHECK(opened.ok());
  group_ = opened.take();
}

void LoopbackGateway::start() {
  const base::Status started = group_->start();
  CHECK(started.ok());
}

}  // namespace bench
