// A reload reaches every shard, whatever else waits for it.
#include "app/native/policy_board.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/app/native/native_sim.h"

namespace app {
namespace {

class PolicyBoardSim : public NativeSim {
 protected:
  void forbid_rooms() {
    options_.access = {};
    ASSERT_TRUE(options_.access.add({.pattern = "none"}).ok());
  }
  // No further wish is taken by any shard until it turns.
  void fill_lists() {
    for (std::uint32_t number = 0; number < options_.shards; ++number) {
      while (services_->posts.post(number, [](NativeGateway&) {})) {
      }
    }
  }
  bool all_have(std::uint32_t rooms) {
    return sum([&](GatewayShard& one) {
             const Options& options = one.native().context().options();
             return options.limits.rooms_per_connection == rooms ? 1U : 0U;
           }) == options_.shards;
  }
};

TEST_P(PolicyBoardSim, AFullListOfTasksDoesNotKeepAReloadFromAShard) {
  start();
  const std::size_t peer = connect("acme/ann");
  join(peer, "r");
  fill_lists();
  EXPECT_FALSE(services_->posts.post(0, [](NativeGateway&) {}));
  options_.limits.rooms_per_connection = 77;
  forbid_rooms();
  reload();
  EXPECT_TRUE(until([&] { return all_have(77); }));
  EXPECT_TRUE(hears(peer, "chat:room:left"));
}

// Nor an answer that somebody on it waits for.
TEST_P(PolicyBoardSim, AFullListOfTasksDoesNotLoseWhoATokenSpeaksFor) {
  authenticator_->holds = true;
  start();
  std::vector<std::size_t> peers;
  for (int i = 0; i < 5; ++i) peers.push_back(ask("acme/ann"));
  ASSERT_TRUE(until([&] { return authenticator_->held.size() == peers.size(); }));
  fill_lists();
  authenticator_->answer_all();
  for (const std::size_t peer : peers) EXPECT_TRUE(hears(peer, "connected"));
}

TEST_P(PolicyBoardSim, OfSeveralTheLastIsInForceAndRightsAreLookedAtAfterIt) {
  start();
  std::vector<std::size_t> peers;
  for (int i = 0; i < 6; ++i) {
    peers.push_back(connect("acme/ann"));
    join(peers.back(), "r");
  }
  for (std::uint32_t rooms = 10; rooms < 15; ++rooms) {
    options_.limits.rooms_per_connection = rooms;
    if (rooms == 14) forbid_rooms();
    reload();
    run_for(std::chrono::microseconds{GetParam() * 7});
  }
  EXPECT_TRUE(until([&] { return all_have(14); }));
  for (const std::size_t peer : peers) EXPECT_TRUE(hears(peer, "chat:room:left"));
}

TEST_P(PolicyBoardSim, NothingIsTakenTwice) {
  PolicyBoard board;
  std::uint64_t seen = 0;
  EXPECT_EQ(board.take(seen), nullptr);
  const auto one = std::make_shared<const Policy>();
  board.put(std::make_shared<const Policy>());
  board.put(one);
  EXPECT_EQ(board.take(seen), one);
  EXPECT_EQ(board.take(seen), nullptr);
  std::uint64_t other = 0;
  EXPECT_EQ(board.take(other), one);
}

INSTANTIATE_TEST_SUITE_P(Seeds, PolicyBoardSim, testing::Values(1, 2, 3));

}  // namespace
}  // namespace app
