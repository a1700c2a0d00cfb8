// Bulk changes over shards in any order, while clients come, go and talk: who is meant is changed
// once, who comes afterwards is not, and the count is right.
#include "app/admin/bulk_changes.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/app/native/native_sim.h"

namespace app {
namespace {

class BulkChangesSim : public NativeSim {
 protected:
  // On every shard, as change_connections() has it done; the counts appear as the sweeps go on.
  void begin(const BulkChangeOn& change_on) {
    for (std::uint32_t number = 0; number < options_.shards; ++number) {
      ++left_;
      ASSERT_TRUE(services_->posts.post_owed(number, [this, change_on](NativeGateway& gateway) {
        BulkChange bulk = change_on(gateway);
        gateway.sweeps().begin({.only = std::move(bulk.only),
                                .visit = [this, change = std::move(bulk.change)](
                                             ClientHandle handle, Client& client) -> std::uint32_t {
                                  if (!change(handle, client)) return 1;
                                  ++changed_;
                                  return cost_;
                                },
                                .done = [this] { --left_; }});
      }));
    }
  }
  std::uint64_t change(const BulkChangeOn& change_on) {
    changed_ = 0;
    begin(change_on);
    EXPECT_TRUE(until([&] { return left_ == 0; }));
    return changed_;
  }
  static BulkChangeOn disconnect(Target target) {
    const Disconnection asked{.target = std::move(target), .code = 4001, .reason = "out"};
    return [asked](NativeGateway& gateway) { return disconnecting(gateway, asked); };
  }
  std::vector<std::size_t> connect_many(const std::string& token, int count) {
    std::vector<std::size_t> peers;
    for (int i = 0; i < count; ++i) peers.push_back(connect(token));
    return peers;
  }
  void expect_ended(const std::vector<std::size_t>& peers, std::uint16_t code) {
    for (const std::size_t peer : peers) {
      EXPECT_TRUE(until([&] { return close_code(peer) == code; })) << clients_->received(peer);
      EXPECT_EQ(events(peer, "server:disconnect").size(), code == 4001 ? 1U : 0U);
    }
  }
  void expect_there(const std::vector<std::size_t>& peers) {
    for (const std::size_t peer : peers) {
      EXPECT_EQ(ask_for(peer, "ping", Json::object()).value("event", ""), "pong");
    }
  }

  std::uint32_t cost_ = kSweepChangeCost;
  std::uint64_t changed_ = 0;
  std::uint32_t left_ = 0;
};

TEST_P(BulkChangesSim, WhomATargetMeansIsDisconnectedAndNobodyElse) {
  start();
  const auto anns = connect_many("acme/ann", 4);
  const auto bobs = connect_many("acme/bob", 4);
  const auto others = connect_many("other/ann", 3);
  for (const std::size_t peer : {anns[0], anns[2], bobs[1]}) join(peer, "r");
  for (const std::size_t peer : others) join(peer, "r");
  EXPECT_EQ(change(disconnect({TargetKind::room, "acme", "r"})), 3U);
  expect_ended({anns[0], anns[2], bobs[1]}, 4001);
  EXPECT_EQ(change(disconnect({TargetKind::room, "acme", "r"})), 0U) << "once";
  EXPECT_EQ(change(disconnect({TargetKind::user, "acme", "ann"})), 2U);
  expect_ended({anns[1], anns[3]}, 4001);
  EXPECT_EQ(change(disconnect({TargetKind::connection, "", id_of(bobs[0])})), 1U);
  EXPECT_EQ(change(disconnect({TargetKind::tenant, "acme", ""})), 2U);
  expect_ended(bobs, 4001);
  expect_there(others);
  EXPECT_EQ(change(disconnect({TargetKind::everybody, "", ""})), 3U);
  expect_ended(others, 4001);
}

TEST_P(BulkChangesSim, ATenantIsDisconnectedThoughItHasNoRoom) {
  options_.room_settings.tenant_room = false;
  start();
  const auto anns = connect_many("acme/ann", 3);
  const auto others = connect_many("other/ann", 2);
  EXPECT_EQ(change(disconnect({TargetKind::tenant, "acme", ""})), 3U);
  expect_ended(anns, 4001);
  expect_there(others);
}

// However long it takes: each client is a turn's share.
TEST_P(BulkChangesSim, WhoComesWhileOthersAreDisconnectedStays) {
  cost_ = kSweepCostPerTurn;
  start(2);
  const auto before = connect_many("acme/ann", 12);
  begin(disconnect({TargetKind::tenant, "acme", ""}));
  std::vector<std::size_t> after;
  for (int i = 0; i < 6; ++i) after.push_back(connect("acme/bob"));
  ASSERT_TRUE(until([&] { return left_ == 0; }));
  EXPECT_EQ(changed_, before.size());
  expect_ended(before, 4001);
  expect_there(after);
}

TEST_P(BulkChangesSim, SeveralAtOnceChangeEachOnce) {
  cost_ = kSweepCostPerTurn;
  start();
  const auto peers = connect_many("acme/ann", 10);
  for (int i = 0; i < 5; ++i) begin(disconnect({TargetKind::everybody, "", ""}));
  ASSERT_TRUE(until([&] { return left_ == 0; }));
  EXPECT_EQ(changed_, peers.size());
  expect_ended(peers, 4001);
}

// Revoked first for those who come, then for those who are there: nobody slips in between.
TEST_P(BulkChangesSim, NobodySlipsThroughARevocation) {
  cost_ = kSweepCostPerTurn;
  start();
  base::Prng prng(GetParam());
  Identity ann{.user = "ann", .tenant = "acme", .token_id = "t1"};
  authenticator_->results["acme/ann"] = ann;
  std::vector<std::size_t> peers;
  for (int i = 0; i < 8; ++i) peers.push_back(connect("acme/ann"));
  const std::size_t other = connect("acme/bob");
  for (int i = 0; i < 6; ++i) peers.push_back(ask("acme/ann"));  // Perhaps before, perhaps after.
  run_for(std::chrono::microseconds{prng.below(100)});
  ASSERT_TRUE(services_->revocations.revoke_token("t1", unix_seconds() + 60).ok());
  const Revocation revocation{.token_id = "t1"};
  begin([=](NativeGateway& gateway) { return ending_revoked(gateway, revocation, 0); });
  for (int i = 0; i < 6; ++i) peers.push_back(ask("acme/ann"));
  ASSERT_TRUE(until([&] { return left_ == 0 && clients_known() == 1; }));
  std::uint64_t refused = 0;
  for (const std::size_t peer : peers) {
    const bool in = clients_->received(peer).find(kSwitching) != std::string::npos;
    if (in) expect_ended({peer}, 1008);
    if (!in) ++refused;
  }
  EXPECT_EQ(changed_ + refused, peers.size());
  EXPECT_GE(changed_, 8U);
  EXPECT_GE(refused, 6U);
  expect_there({other});
}

TEST_P(BulkChangesSim, RolesAndRoomsOfAUserChangeWithAllItsConnections) {
  start();
  const auto anns = connect_many("acme/ann", 5);
  const std::size_t bob = connect("acme/bob");
  const RoomChange in{"acme", "ann", "r", &RoomEvents::subscribe};
  const auto joining = [=](NativeGateway& gateway) { return changing_rooms(gateway, in); };
  EXPECT_EQ(change(joining), anns.size());
  for (const std::size_t peer : anns) EXPECT_TRUE(hears(peer, "chat:room:joined"));
  EXPECT_EQ(change(joining), 0U);
  const RoleChange roles{"acme", "ann", {"boss"}, {}};
  EXPECT_EQ(change([=](NativeGateway& gateway) { return changing_roles(gateway, roles); }),
            anns.size());
  EXPECT_TRUE(events(bob, "chat:room:joined").empty());
}

TEST(ChangeConnections, WhereItCannotBeMadeNothingIsDoneBefore) {
  const ShardPosts nobody;
  const auto counts = std::make_shared<BulkChangeCounts>();
  counts->under_way = kSweepsMost;
  const BulkChangeOn change_on = [](NativeGateway&) { return BulkChange{}; };
  int times = 0;
  const auto before = [&times] {
    ++times;
    return base::Status{};
  };
  EXPECT_FALSE(change_connections(nobody, counts, change_on, before).ok());
  EXPECT_EQ(times, 0);
  EXPECT_EQ(counts->refused, 1U);
  counts->under_way = kSweepsMost - 1;
  EXPECT_TRUE(change_connections(nobody, counts, change_on, before).ok());
  EXPECT_EQ(times, 1);
  const auto fails = [] { return base::Status{base::Error{"full"}}; };
  EXPECT_FALSE(change_connections(nobody, counts, change_on, fails).ok());
  EXPECT_EQ(counts->under_way, kSweepsMost - 1) << "its place is free again";
  EXPECT_EQ(counts->refused, 1U) << "that was not for want of a place";
}

INSTANTIATE_TEST_SUITE_P(Seeds, BulkChangesSim, testing::Values(1, 2, 3));

}  // namespace
}  // namespace app
