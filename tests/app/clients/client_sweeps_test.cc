#include "app/clients/client_sweeps.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "app/gateway_limits.h"

namespace app {
namespace {

class ClientSweepsTest : public testing::Test {
 protected:
  ClientHandle add() {
    const Identity identity{.user = "u" + std::to_string(clients_.size()), .tenant = "acme"};
    const ClientHandle handle = clients_.add({});
    clients_.identify(handle, identity, std::make_shared<const Grants>(grants_of(identity)));
    return handle;
  }
  void add(int count) {
    for (int i = 0; i < count; ++i) handles_.push_back(add());
  }
  // Counts the visits to each, by its place.
  ClientSweep counting(std::uint32_t cost = 1) {
    return {.visit =
                [this, cost](ClientHandle handle, Client&) {
                  ++visits_[handle.index];
                  return cost;
                },
            .done = [this] { ++done_; }};
  }
  int turns() {
    int turns = 1;
    while (sweeps_.run()) ++turns;
    return turns;
  }

  Clients clients_;
  ClientSweeps sweeps_{clients_};
  std::vector<ClientHandle> handles_;
  std::map<std::uint32_t, int> visits_;
  int done_ = 0;
};

TEST_F(ClientSweepsTest, EverybodyIsVisitedOnceAndATurnDoesItsShare) {
  add(10'000);
  sweeps_.begin(counting());
  EXPECT_TRUE(sweeps_.run());
  EXPECT_EQ(visits_.size(), kSweepCostPerTurn);
  EXPECT_EQ(done_, 0);
  EXPECT_EQ(turns() + 1, static_cast<int>(10'000 / kSweepCostPerTurn) + 1);
  EXPECT_EQ(visits_.size(), 10'000U);
  EXPECT_TRUE(std::ranges::all_of(visits_, [](const auto& each) { return each.second == 1; }));
  EXPECT_EQ(done_, 1);
  EXPECT_FALSE(sweeps_.run());
}

TEST_F(ClientSweepsTest, WhatCostsMoreIsDoneForFewer) {
  add(1000);
  sweeps_.begin(counting(kSweepChangeCost));
  sweeps_.run();
  EXPECT_EQ(visits_.size(), kSweepCostPerTurn / kSweepChangeCost);
}

TEST_F(ClientSweepsTest, ADearVisitEndsTheTurn) {
  add(10);
  sweeps_.begin(counting(1'000'000));
  sweeps_.run();
  EXPECT_EQ(visits_.size(), 1U);
  EXPECT_EQ(turns(), 9);
}

TEST_F(ClientSweepsTest, WhoComesLaterIsPassedOverWhereverItsPlaceIs) {
  add(5000);
  sweeps_.begin(counting());
  sweeps_.run();
  clients_.remove(handles_[4000]);  // Not visited yet; another takes its place.
  clients_.remove(handles_[0]);     // Visited.
  const ClientHandle early = add();
  const ClientHandle late = add();
  EXPECT_EQ(early.index, 0U);
  EXPECT_EQ(late.index, 4000U);
  add();
  turns();
  EXPECT_EQ(visits_.size(), 4999U);
  EXPECT_EQ(visits_[0], 1);
  EXPECT_FALSE(visits_.contains(4000));
}

TEST_F(ClientSweepsTest, WhoIsAskingOrLeavingIsPassedOver) {
  add(3);
  clients_.find(handles_[1])->state = ClientState::leaving;
  clients_.add({});
  sweeps_.begin(counting());
  turns();
  EXPECT_EQ(visits_, (std::map<std::uint32_t, int>{{0, 1}, {2, 1}}));
}

TEST_F(ClientSweepsTest, AListIsVisitedAlone) {
  add(10);
  ClientSweep sweep = counting();
  sweep.only = std::vector{handles_[7], handles_[2], handles_[5]};
  clients_.remove(handles_[2]);
  sweeps_.begin(std::move(sweep));
  EXPECT_FALSE(sweeps_.run());
  EXPECT_EQ(visits_, (std::map<std::uint32_t, int>{{5, 1}, {7, 1}}));
  EXPECT_EQ(done_, 1);
}

TEST_F(ClientSweepsTest, VisitorsMayRemove) {
  add(100);
  sweeps_.begin({.visit =
                     [this](ClientHandle handle, Client&) {
                       if (handle.index % 2 == 0) clients_.remove(handle);
                       return 1U;
                     },
                 .done = [this] { ++done_; }});
  turns();
  EXPECT_EQ(clients_.size(), 50U);
  EXPECT_EQ(done_, 1);
}

// A short one that begins later does not wait for the end of a long one.
TEST_F(ClientSweepsTest, SeveralTakeTurns) {
  add(5000);
  sweeps_.begin(counting());
  bool short_done = false;
  ClientSweep other{.only = std::vector{handles_[1]},
                    .visit = [](ClientHandle, Client&) { return 1U; },
                    .done = [&] { short_done = true; }};
  sweeps_.begin(std::move(other));
  EXPECT_EQ(sweeps_.under_way(), 2U);
  EXPECT_TRUE(sweeps_.run());
  EXPECT_TRUE(short_done);
  EXPECT_EQ(done_, 0);
  EXPECT_EQ(visits_.size() + 1, kSweepCostPerTurn) << "together they have one turn's share";
}

TEST_F(ClientSweepsTest, AnEndMayBeginAnother) {
  add(10);
  ClientSweep first = counting();
  first.done = [this] { sweeps_.begin(counting()); };
  sweeps_.begin(std::move(first));
  turns();
  EXPECT_EQ(done_, 1);
  EXPECT_EQ(visits_[3], 2);
}

TEST_F(ClientSweepsTest, NobodyIsThere) {
  sweeps_.begin(counting());
  EXPECT_FALSE(sweeps_.run());
  EXPECT_EQ(done_, 1);
}

}  // namespace
}  // namespace app
