// What both drivers promise about listening and accepting.

#include "tests/conformance/party.h"

namespace conformance {
namespace {

using engine::submit_accept;
using engine::submit_close;

class Listening : public Pair {};

TEST_F(Listening, PortZeroYieldsAPort) {
  EXPECT_NE(listening_.bound.port(), 0);
  EXPECT_EQ(listening_.listener, 0U);
  EXPECT_EQ(listening_.bound.text(), "127.0.0.1:" + std::to_string(listening_.bound.port()));
}

TEST_F(Listening, AcceptsIntoDescriptorsWhileMoreIsSet) {
  if (kSingleAccepts) GTEST_SKIP() << "the table of one ring alone would take them all";
  std::vector<Descriptor> accepted;
  for (int i = 0; i < 5; ++i) connect();
  for (int i = 0; i < 5; ++i) client_.await(OperationKind::connect);
  for (int i = 0; i < 5; ++i) {
    const auto completion = server_.await(OperationKind::accept);
    ASSERT_TRUE(completion.has_value());
    EXPECT_GE(completion->result, 0);
    EXPECT_LT(completion->result, 16);
    EXPECT_TRUE(completion->more);
    EXPECT_FALSE(completion->has_buffer);
    EXPECT_EQ(completion->tag.slot, listening_.listener);
    for (const Descriptor other : accepted) {
      EXPECT_NE(other, static_cast<Descriptor>(completion->result));
    }
    accepted.push_back(static_cast<Descriptor>(completion->result));
  }
}

// Accepts of one connection: as many connections are taken as accepts were staged, and no more.
TEST_F(Listening, AnAcceptOfOneTakesOne) {
  Party second(small(1));
  const auto other = second.driver().listen(engine::Address::parse("127.0.0.1:0").value());
  ASSERT_TRUE(other.ok());
  second.start();
  for (int i = 0; i < 2; ++i) second.stage(engine::submit_accept_once(other.value().listener));
  for (std::uint32_t i = 0; i < 4; ++i) {
    client_.stage(engine::submit_connect(other.value().bound, i));
  }
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(client_.await(OperationKind::connect).has_value());
  for (int i = 0; i < 2; ++i) {
    const auto completion = second.await(OperationKind::accept);
    ASSERT_TRUE(completion.has_value());
    EXPECT_GE(completion->result, 0);
    EXPECT_FALSE(completion->more);
  }
  EXPECT_EQ(second.pending(OperationKind::accept), 0U);
  second.stage(engine::submit_accept_once(other.value().listener));
  ASSERT_TRUE(second.await(OperationKind::accept).has_value());
}

// Each accept says who it was that it took, where it was told to, and which accept it is.
TEST_F(Listening, AnAcceptOfOneSaysWhoConnected) {
  for (const std::string_view host : {"127.0.0.1", "[::1]"}) {
    Party second(small(1));
    const auto other = second.driver().listen(Address::parse(std::string(host) + ":0").take());
    if (!other.ok()) GTEST_SKIP() << other.error().message;
    second.start();
    std::array<engine::PeerName, 3> peers;
    for (std::uint32_t i = 0; i < peers.size(); ++i) {
      second.stage(engine::submit_accept_once(other.value().listener, i, &peers[i]));
    }
    for (std::uint32_t i = 0; i < peers.size(); ++i) {
      client_.stage(engine::submit_connect(other.value().bound, i));
    }
    std::uint32_t numbers = 0;
    for (std::size_t i = 0; i < peers.size(); ++i) {
      ASSERT_TRUE(client_.await(OperationKind::connect).has_value());
      const auto accepted = second.await(OperationKind::accept);
      ASSERT_TRUE(accepted.has_value());
      ASSERT_LT(accepted->tag.generation, peers.size());
      numbers |= 1U << accepted->tag.generation;
      const engine::PeerName& peer = peers[accepted->tag.generation];
      EXPECT_EQ(peer.address(), engine::PeerAddress::of(other.value().bound)) << host;
      EXPECT_GT(Address::from_socket_address(peer.socket).port(), 0);
    }
    EXPECT_EQ(numbers, 7U);
  }
}

TEST_F(Listening, AGroupSharesItsPortsWithNobody) {
  Party stranger(small(0));  // The first shard of another group.
  const auto refused = stranger.driver().listen(listening_.bound);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find(listening_.bound.text()), std::string::npos);
}

TEST_F(Listening, ShardsOfAGroupShareAPort) {
  Party second(small(1));
  const auto same = second.driver().listen(listening_.bound);
  ASSERT_TRUE(same.ok());
  EXPECT_EQ(same.value().bound.port(), listening_.bound.port());
  second.start();
  second.stage(submit_accept(same.value().listener));
  second.settle();
  for (int i = 0; i < 12; ++i) {
    connect();
    const auto there = client_.await(OperationKind::connect);
    ASSERT_TRUE(there.has_value());
    EXPECT_EQ(outcome(*there), Outcome::success);
  }
  server_.settle();
  second.settle();
  EXPECT_EQ(server_.pending(OperationKind::accept) + second.pending(OperationKind::accept), 12U);
}

TEST_F(Listening, StopListeningEndsTheAcceptAndRefusesConnects) {
  if (kSingleAccepts) server_.stage(engine::submit_accept_once(listening_.listener));
  server_.settle();
  server_.driver().stop_listening(listening_.listener);
  const auto ended = server_.await(OperationKind::accept);
  ASSERT_TRUE(ended.has_value());
  EXPECT_LT(ended->result, 0);
  EXPECT_FALSE(ended->more);
  connect();
  const auto refused = client_.await(OperationKind::connect);
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(outcome(*refused), Outcome::connection_refused);
}

TEST_F(Listening, StopListeningLeavesAcceptedConnectionsAlone) {
  const Ends ends = connected();
  server_.driver().stop_listening(listening_.listener);
  server_.stage(engine::submit_receive(ends.server, 1));
  client_.stage(engine::submit_send(ends.client, 1, bytes("still here")));
  client_.await(OperationKind::send);
  EXPECT_EQ(server_.receive(10), "still here");
}

TEST_F(Listening, Ipv6WorksAsIpv4Does) {
  const auto six = server_.driver().listen(Address::parse("[::1]:0").take());
  if (!six.ok()) GTEST_SKIP() << six.error().message;
  EXPECT_EQ(six.value().listener, 1U);
  server_.stage(submit_accept(six.value().listener));
  server_.settle();
  client_.submit(engine::submit_connect(six.value().bound, 6));
  const auto there = client_.await(OperationKind::connect);
  const auto here = server_.await(OperationKind::accept);
  ASSERT_TRUE(there.has_value() && here.has_value());
  EXPECT_EQ(outcome(*there), Outcome::success);
  EXPECT_EQ(here->tag.slot, 1U);
}

class CrowdedListening : public Pair {
 protected:
  CrowdedListening() : Pair(crowded(), small(1)) {}
  static DriverOptions crowded() {
    DriverOptions options = small(0);
    options.descriptors = 2;
    return options;
  }
};

TEST_F(CrowdedListening, AFullTableSaysDescriptorsFullAndRecovers) {
  const Ends first = connected();
  connected();
  connect();
  client_.await(OperationKind::connect);
  const auto full = server_.await(OperationKind::accept);
  ASSERT_TRUE(full.has_value());
  EXPECT_EQ(outcome(*full), Outcome::descriptors_full);
  EXPECT_FALSE(full->more);

  server_.stage(submit_close(first.server, 0));
  server_.stage(submit_accept(listening_.listener));
  const Ends third = connected();
  EXPECT_EQ(third.server, first.server);
}

}  // namespace
}  // namespace conformance
