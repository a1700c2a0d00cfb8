// Several rooms for one connection, over shards that a simulated world turns in any order.
#include "app/raw/raw_endpoints.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "app/gateway_shard.h"
#include "engine/shard/shard_group.h"
#include "tests/sim/raw_clients.h"
#include "tests/sim/world.h"

namespace app {
namespace {

using std::chrono::seconds;

struct GatewayShards final : engine::ShardProgramFactory {
  explicit GatewayShards(const Options& its_options) : options(its_options) {}
  std::unique_ptr<engine::ShardProgram> make(engine::Shard& shard) override {
    auto program = std::make_unique<GatewayShard>(shard, gate, options, pages);
    EXPECT_TRUE(program->open().ok());
    made.push_back(program.get());
    return program;
  }

  const Options& options;
  Pages pages{true};
  engine::ConnectionGate gate{1000, 0};
  std::vector<GatewayShard*> made;
};

class RawEndpointsSim : public testing::TestWithParam<std::uint64_t> {
 protected:
  static constexpr std::uint32_t kShards = 4;
  static constexpr std::size_t kRooms = 12;

  RawEndpointsSim() {
    options_.raw = true;
    options_.session.relocate = false;
    options_.listen = {engine::Address::parse("127.0.0.1:0").take()};
    engine::ShardGroupOptions group;
    group.shards = kShards;
    group.listen = options_.listen;
    group.driver.descriptors = 4096;
    group.park_after = {};  // So that a receive is armed at every moment.
    group_ = engine::ShardGroup::open(group, factory_).take();
    for (const auto& shard : group_->shards()) world_.add(*shard);
    run_for(std::chrono::milliseconds{1});
  }
  ~RawEndpointsSim() override { world_.release(); }

  template <typename Condition>
  bool until(const Condition& condition, base::Duration most = seconds{5}) {
    const base::Instant end = world_.now() + most;
    clients_.remind_at(end);
    while (true) {
      clients_.pump();
      if (condition()) return true;
      if (world_.now() >= end || !world_.step()) return condition();
    }
  }
  void run_for(base::Duration time) {
    until([] { return false; }, time);
  }
  std::size_t ask(const std::string& target) {
    const std::size_t peer = clients_.connect(group_->bound()[0]);
    EXPECT_TRUE(until([&] { return clients_.connected(peer); }));
    clients_.send(peer, "GET " + target +
                            " HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\n"
                            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    return peer;
  }
  std::uint64_t opened() const {
    std::uint64_t sum = 0;
    for (GatewayShard* one : factory_.made) sum += one->session_counters().opened.value();
    return sum;
  }
  std::uint64_t memberships() const {
    std::uint64_t sum = 0;
    for (GatewayShard* one : factory_.made) sum += one->room_counters().memberships.value();
    return sum;
  }

  sim::World world_{GetParam()};
  sim::RawClients clients_{world_.network()};
  Options options_;
  GatewayShards factory_{options_};
  std::unique_ptr<engine::ShardGroup> group_;
};

TEST_P(RawEndpointsSim, NobodyIsLetInBeforeAllItsJoinsAreInForce) {
  std::string target = "/room?echo=on";
  for (std::size_t i = 0; i < kRooms; ++i) target += "&room=" + std::to_string(i);
  std::uint64_t let_in_early = 0;
  world_.add_checker([&] { let_in_early += memberships() < opened() * kRooms ? 1 : 0; });
  constexpr std::size_t kPeers = 8;
  std::vector<std::size_t> peers;
  for (std::size_t i = 0; i < kPeers; ++i) peers.push_back(ask(target));
  ASSERT_TRUE(until([&] { return opened() == kPeers; }));
  EXPECT_EQ(let_in_early, 0U);
  EXPECT_EQ(memberships(), kPeers * kRooms);
  for (const std::size_t peer : peers) clients_.close(peer);
  EXPECT_TRUE(until([&] { return memberships() == 0; }));
}

INSTANTIATE_TEST_SUITE_P(Seeds, RawEndpointsSim, testing::Range<std::uint64_t>(1, 9));

}  // namespace
}  // namespace app
