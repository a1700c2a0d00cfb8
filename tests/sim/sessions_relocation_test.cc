// Connections that move to another shard in the middle of their handshake, played by hand.
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "tests/sim/hand_test.h"

namespace sim {
namespace {

using Verdict = engine::Admission::Verdict;

class SessionsRelocation : public HandTest {
 protected:
  static constexpr std::uint32_t kShards = 3;
  static constexpr std::uint32_t kWanted = 1;

  // Every shard would rather have `kWanted` serve.
  void start_shards(std::uint64_t connections = 100'000) {
    start({}, kShards, connections);
    for (std::uint32_t i = 0; i < kShards; ++i) {
      shard(i).request = [this, i](engine::SessionId id, const protocol::HttpRequest&, bool) {
        ++asked_;
        engine::Admission admission{.verdict = Verdict::accept};
        if (sessions(i).better_on(id, kWanted)) {
          admission.verdict = Verdict::elsewhere;
          admission.shard = kWanted;
        }
        return admission;
      };
    }
  }
  std::uint64_t total(base::Counter engine::ConnectionCounters::* counter) {
    std::uint64_t sum = 0;
    for (const auto& one : group_->shards()) sum += (one->connection_counters().*counter).value();
    return sum;
  }
  std::uint64_t open_on(std::uint32_t number) {
    return group_->shards()[number]->connection_counters().open.value();
  }

  std::size_t asked_ = 0;
};

TEST_F(SessionsRelocation, TheWantedShardServesWhoeverAccepted) {
  start_shards();
  for (int i = 0; i < 20; ++i) open_peer();
  EXPECT_EQ(open_on(kWanted), 20U);
  EXPECT_EQ(shard(kWanted).opened.size(), 20U);
  EXPECT_GT(total(&engine::ConnectionCounters::handed_over), 0U);
  EXPECT_EQ(total(&engine::ConnectionCounters::handed_over),
            total(&engine::ConnectionCounters::arrived));
  EXPECT_EQ(gate_->inside(), 20U);
  EXPECT_EQ(counters(kWanted).open.value(), 20U);
  EXPECT_EQ(counters(0).open.value() + counters(2).open.value(), 0U);
}

TEST_F(SessionsRelocation, WhatThePeerHasSentAlreadyGoesWithIt) {
  start_shards();
  for (std::size_t i = 0; i < 10; ++i) {
    const std::size_t peer = dial();
    clients_.send(peer, request_text() + text_frame("early"));
    ASSERT_TRUE(until([&] { return shard(kWanted).messages.size() == 2 * i + 1; }));
    clients_.send(peer, text_frame("late"));
    ASSERT_TRUE(until([&] { return shard(kWanted).messages.size() == 2 * i + 2; }));
    EXPECT_EQ(shard(kWanted).messages[2 * i].text, "early");
    EXPECT_EQ(shard(kWanted).messages[2 * i + 1].text, "late");
  }
  EXPECT_GT(total(&engine::ConnectionCounters::handed_over), 0U);
}

TEST_F(SessionsRelocation, WhoThePeerIsGoesWithIt) {
  start_shards();
  std::vector<std::string> told;
  shard(kWanted).request = [&](engine::SessionId id, const protocol::HttpRequest&, bool) {
    told.push_back(sessions(kWanted).peer(id).text());
    return engine::Admission{.verdict = Verdict::accept};
  };
  for (const std::string host : {"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"}) {
    world_.network().set_source(engine::Address::parse(host + ":0").take());
    open_peer();
    EXPECT_EQ(told.back(), host);
  }
  EXPECT_GT(total(&engine::ConnectionCounters::handed_over), 0U);
}

TEST_F(SessionsRelocation, AShardWithMoreThanItsShareGetsNoMore) {
  start_shards();
  for (int i = 0; i < 300; ++i) open_peer();
  // The average of 100, what it may have more, and a third of those that it might have sent away.
  EXPECT_GT(open_on(kWanted), 150U);
  EXPECT_LT(open_on(kWanted), 220U);
  EXPECT_GT(open_on(0), 20U);
}

TEST_F(SessionsRelocation, NobodyMovesTwice) {
  start_shards();
  shard(kWanted).request = [this](engine::SessionId id, const protocol::HttpRequest&, bool) {
    EXPECT_FALSE(open_on(kWanted) > 0 && sessions(kWanted).better_on(id, kWanted));
    return engine::Admission{.verdict = Verdict::accept};
  };
  for (int i = 0; i < 10; ++i) open_peer();
  EXPECT_EQ(shard(kWanted).opened.size(), 10U);
}

TEST_F(SessionsRelocation, AConnectionThatCannotGoIsServedWhereItIs) {
  start_shards();
  world_.network().faults().set(Fault::hand_over_fails, 1.0);
  for (int i = 0; i < 20; ++i) {
    const std::size_t peer = open_peer();
    clients_.send(peer, text_frame("hello"));
  }
  EXPECT_TRUE(until([&] {
    std::size_t messages = 0;
    for (std::uint32_t i = 0; i < kShards; ++i) messages += shard(i).messages.size();
    return messages == 20;
  }));
  EXPECT_GT(total(&engine::ConnectionCounters::hand_over_failures), 0U);
  EXPECT_EQ(total(&engine::ConnectionCounters::arrived), 0U);
  EXPECT_GT(open_on(0) + open_on(2), 0U);
  EXPECT_EQ(gate_->inside(), 20U);
}

}  // namespace
}  // namespace sim
