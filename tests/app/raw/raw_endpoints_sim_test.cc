// Several rooms for one connection, over shards that a simulated world turns in any order.
#include "app/raw/raw_endpoints.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/app/native/native_sim.h"

namespace app {
namespace {

class RawEndpointsSim : public NativeSim {
 protected:
  static constexpr std::uint32_t kShards = 4;
  static constexpr std::size_t kRooms = 12;

  RawEndpointsSim() {
    options_.raw = true;
    start(kShards);
  }

  std::size_t ask_for_room(const std::string& target) {
    const std::size_t peer = clients_->connect(group_->bound()[0]);
    ++peers_;
    EXPECT_TRUE(until([&] { return clients_->connected(peer); }));
    clients_->send(peer, "GET " + target +
                             " HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\n"
                             "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    return peer;
  }
  std::uint64_t opened() {
    return sum([](GatewayShard& one) { return one.session_counters().opened.value(); });
  }
};

TEST_P(RawEndpointsSim, NobodyIsLetInBeforeAllItsJoinsAreInForce) {
  std::string target = "/room?echo=on";
  for (std::size_t i = 0; i < kRooms; ++i) target += "&room=" + std::to_string(i);
  std::uint64_t let_in_early = 0;
  world_->add_checker([&] { let_in_early += memberships() < opened() * kRooms ? 1 : 0; });
  constexpr std::size_t kPeers = 8;
  std::vector<std::size_t> peers;
  for (std::size_t i = 0; i < kPeers; ++i) peers.push_back(ask_for_room(target));
  ASSERT_TRUE(until([&] { return opened() == kPeers; }));
  EXPECT_EQ(let_in_early, 0U);
  EXPECT_EQ(memberships(), kPeers * kRooms);
  for (const std::size_t peer : peers) clients_->close(peer);
  EXPECT_TRUE(until([&] { return memberships() == 0; }));
}

INSTANTIATE_TEST_SUITE_P(Seeds, RawEndpointsSim, testing::Range<std::uint64_t>(1, 9));

}  // namespace
}  // namespace app
