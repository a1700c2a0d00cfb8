#include "engine/connection/connections.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "tests/engine/connection/connections_fixture.h"

namespace engine {
namespace {

TEST_F(ConnectionsTest, OpensBothEnds) {
  const auto [there, here] = connect();
  EXPECT_TRUE(client_.connections().alive(there));
  EXPECT_TRUE(server_.connections().alive(here));
  EXPECT_EQ(client_.tokens, std::vector<std::uint32_t>{7});
  EXPECT_EQ(client_.counters().connected.value(), 1U);
  EXPECT_EQ(server_.counters().accepted.value(), 1U);
  expect_all_quiet();
}

// Several accepts are under way at once, and each says who it was that it took.
TEST_F(ConnectionsTest, TellsWhoConnected) {
  const std::pair<std::string_view, std::string_view> hosts[] = {
      {"192.0.2.1:0", "192.0.2.1"},
      {"[2001:db8::7]:0", "2001:db8::7"},
      {"[::ffff:192.0.2.9]:0", "192.0.2.9"},
      {"192.0.2.2:0", "192.0.2.2"},
  };
  for (const auto& [host, text] : hosts) {
    network_.set_source(Address::parse(host).take());
    connect();
    EXPECT_EQ(server_.peers.back().text(), text);
  }
  EXPECT_EQ(server_.peers.size(), std::size(hosts));
}

TEST_F(ConnectionsTest, CarriesBytesBothWays) {
  const auto [there, here] = connect();
  client_.send(there, "hello ");
  client_.send(there, "server");
  server_.send(here, "hello client");
  until([&] { return server_.of(here).bytes.size() == 12 && !client_.of(there).bytes.empty(); });
  EXPECT_EQ(server_.of(here).bytes, "hello server");
  EXPECT_EQ(client_.of(there).bytes, "hello client");
  EXPECT_EQ(client_.counters().sends.value(), 1U);  // One send for the turn's two pieces.
  EXPECT_EQ(client_.counters().sent_bytes.value(), 12U);
  expect_all_quiet();
}

TEST_F(ConnectionsTest, OnePayloadGoesToManyConnections) {
  std::vector<std::pair<ConnectionId, ConnectionId>> all;
  for (int i = 0; i < 5; ++i) all.push_back(connect());
  PayloadPool& pool = server_.connections().pools().payloads;
  Payload* payload = pool.allocate(5);
  std::memcpy(payload->append(5), "again", 5);
  for (const auto& [there, here] : all) server_.connections().send(here.slot, payload, 0, 5);
  pool.release(payload);
  for (const auto& ends : all) {
    until([&] { return client_.of(ends.first).bytes == "again"; });
  }
  settle();
  EXPECT_EQ(pool.bytes_in_use(), 0U);
}

TEST_F(ConnectionsTest, FinishLetsOutWhatIsQueued) {
  const auto [there, here] = connect();
  const std::string text(10'000, 'f');
  server_.send(here, text);
  server_.connections().finish(here);
  EXPECT_FALSE(server_.connections().alive(here));
  until([&] { return server_.of(here).released && client_.of(there).released; });
  EXPECT_EQ(client_.of(there).bytes, text);
  EXPECT_TRUE(client_.of(there).ended);
  EXPECT_EQ(client_.of(there).outcome, Outcome::success);
  EXPECT_FALSE(server_.of(here).ended);  // It ended itself.
  expect_all_quiet();
}

TEST_F(ConnectionsTest, AbortDropsWhatIsQueued) {
  const auto [there, here] = connect();
  network_.set_window(100);
  const auto [slow, fast] = connect();
  server_.send(fast, std::string(5000, 'a'));
  settle();
  server_.send(fast, std::string(5000, 'b'));
  server_.connections().abort(fast);
  until([&] { return server_.of(fast).released; });
  EXPECT_EQ(server_.counters().queued_bytes.value(), 0U);
  EXPECT_TRUE(server_.connections().alive(here));
  EXPECT_TRUE(client_.connections().alive(there));
  static_cast<void>(slow);
}

TEST_F(ConnectionsTest, AbortingTwiceOrAfterTheEndDoesNothing) {
  const auto [there, here] = connect();
  server_.connections().abort(here);
  server_.connections().abort(here);
  server_.connections().finish(here);
  until([&] { return server_.of(here).released && client_.of(there).released; });
  server_.connections().abort(here);
  server_.connections().finish(here);
  expect_all_quiet();
  EXPECT_EQ(server_.counters().released.value(), 1U);
}

TEST_F(ConnectionsTest, ASlotIsReusedUnderANewGeneration) {
  const auto [there, here] = connect();
  server_.connections().abort(here);
  until([&] { return server_.of(here).released && client_.of(there).released; });
  const auto [again, now_here] = connect();
  EXPECT_EQ(now_here.slot, here.slot);
  EXPECT_NE(now_here.generation, here.generation);
  EXPECT_FALSE(server_.connections().alive(here));
  EXPECT_TRUE(server_.connections().alive(now_here));
  server_.connections().abort(here);  // The old name does no harm.
  EXPECT_TRUE(server_.connections().alive(now_here));
  static_cast<void>(again);
}

TEST_F(ConnectionsTest, HandlersMayEndAConnectionFromWithinAnything) {
  const auto [there, here] = connect();
  server_.on_bytes = [&](ConnectionId id, std::span<std::byte>) {
    server_.send(id, "bye");
    server_.connections().finish(id);
  };
  client_.on_bytes = [&](ConnectionId id, std::span<std::byte>) {
    client_.connections().abort(id);
  };
  client_.send(there, "knock");
  until([&] { return server_.of(here).released && client_.of(there).released; });
  EXPECT_EQ(client_.of(there).bytes, "bye");
  expect_all_quiet();
}

TEST_F(ConnectionsTest, AResetEndsItWithTheReason) {
  const auto [there, here] = connect();
  network_.break_off(server_.driver().socket_of(here.slot), -ECONNRESET);
  until([&] { return server_.of(here).released && client_.of(there).released; });
  EXPECT_EQ(server_.of(here).outcome, Outcome::connection_reset);
  EXPECT_EQ(client_.of(there).outcome, Outcome::connection_reset);
  expect_all_quiet();
}

TEST_F(ConnectionsTest, AConnectToNobodyFails) {
  const Address nobody = address_.with_port(1);
  client_.connections().connect(nobody, 99);
  until([&] { return !client_.failures.empty(); });
  EXPECT_EQ(client_.failures.front(), Outcome::connection_refused);
  EXPECT_EQ(client_.tokens, std::vector<std::uint32_t>{99});
  expect_all_quiet();
}

TEST_F(ConnectionsTest, StopAcceptingRefusesAndKeeps) {
  const auto [there, here] = connect();
  server_.connections().stop_accepting(0);
  client_.connections().connect(address_, 1);
  until([&] { return !client_.failures.empty(); });
  EXPECT_EQ(client_.failures.front(), Outcome::connection_refused);
  EXPECT_TRUE(client_.connections().alive(there));
  EXPECT_TRUE(server_.connections().alive(here));
}

TEST_F(ConnectionsTest, AFullTableRestsAndAcceptsAgain) {
  Host small(network_, 1);
  const Address address = small.listen();
  client_.connections().connect(address, 1);
  client_.connections().connect(address, 2);
  const auto turn_all = [&](const auto& condition) {
    until([&] {
      small.turn();
      return condition();
    });
  };
  turn_all([&] {
    return small.counters()
               .accept_failures[static_cast<std::size_t>(Outcome::descriptors_full)]
               .value() > 0;
  });
  ASSERT_EQ(small.opened.size(), 1U);
  small.connections().abort(small.opened[0]);
  turn_all([&] { return small.of(small.opened[0]).released; });
  client_.connections().connect(address, 3);
  turn_all([&] { return small.opened.size() == 2; });
}

TEST_F(ConnectionsTest, AHostThatGoesDropsWhatIsStillQueued) {
  auto going = std::make_unique<Host>(network_);
  network_.set_window(100);
  going->connections().connect(address_, 1);
  until([&] {
    going->turn();
    return !going->opened.empty();
  });
  going->send(going->opened[0], std::string(5000, 'q'));
  for (int i = 0; i < 5; ++i) going->turn();
  going->send(going->opened[0], std::string(5000, 'q'));
  EXPECT_GT(going->connections().pools().payloads.bytes_in_use(), 10'000U);
  going.reset();  // A leak checker would tell.
  settle();
}

// ---- Sends --------------------------------------------------------------------------------------

TEST_F(ConnectionsTest, ShortSendsGoOnWhereTheyStopped) {
  const auto [there, here] = connect();
  network_.faults().set(sim::Fault::send_short, 0.9);
  std::string text;
  for (int i = 0; i < 500; ++i) text += std::to_string(i) + " ";
  client_.send(there, text);
  until([&] { return server_.of(here).bytes.size() == text.size(); });
  EXPECT_EQ(server_.of(here).bytes, text);
  EXPECT_GT(client_.counters().sends.value(), 1U);
}

TEST_F(ConnectionsTest, ARefusedSendGoesOutNextTurn) {
  const auto [there, here] = connect();
  network_.faults().set(sim::Fault::stage_refused, 0.7);
  std::string text;
  for (int i = 0; i < 50; ++i) {
    client_.send(there, std::to_string(i) + " ");
    text += std::to_string(i) + " ";
    client_.turn();
  }
  until([&] { return server_.of(here).bytes.size() == text.size(); });
  EXPECT_EQ(server_.of(here).bytes, text);
}

TEST_F(ConnectionsTest, MorePiecesThanOneSendHoldsGoOutInOrder) {
  const auto [there, here] = connect();
  PayloadPool& pool = client_.connections().pools().payloads;
  std::string text;
  for (int i = 0; i < 300; ++i) {
    const std::string piece = std::to_string(i) + ";";
    Payload* payload = pool.allocate(16);
    std::memcpy(payload->append(static_cast<std::uint32_t>(piece.size())), piece.data(),
                piece.size());
    client_.connections().send(there.slot, payload, 0, static_cast<std::uint32_t>(piece.size()));
    pool.release(payload);
    text += piece;
  }
  until([&] { return server_.of(here).bytes.size() == text.size(); });
  EXPECT_EQ(server_.of(here).bytes, text);
}

// ---- Endings under races ------------------------------------------------------------------------

TEST_F(ConnectionsTest, EndingsAreCleanWhateverTheRacesDo) {
  network_.faults().set(sim::Fault::cancel_races, 0.5);
  network_.faults().set(sim::Fault::completion_late, 0.3);
  network_.faults().set(sim::Fault::receive_ends, 0.3);
  network_.faults().set(sim::Fault::stage_refused, 0.1);
  for (int round = 0; round < 100; ++round) {
    const auto [there, here] = connect();
    client_.send(there, std::string(200, 'r'));
    server_.send(here, std::string(200, 'r'));
    if (round % 3 == 0) settle();
    Host& ender = round % 2 == 0 ? server_ : client_;
    const ConnectionId id = round % 2 == 0 ? here : there;
    if (round % 4 < 2) {
      ender.connections().abort(id);
    } else {
      ender.connections().finish(id);
    }
    until([&] { return server_.of(here).released && client_.of(there).released; });
  }
  expect_all_quiet();
  EXPECT_EQ(server_.counters().open.value(), 0U);
  EXPECT_EQ(client_.counters().open.value(), 0U);
}

// ---- Many at once -------------------------------------------------------------------------------

// What it takes to end one is long, so those who leave together do not end in one turn.
TEST(ManyConnections, WhoLeaveTogetherEndOverSeveralTurns) {
  constexpr std::uint32_t kMany = 3 * base::kEndsPerTurn;
  constexpr auto success = static_cast<std::size_t>(Outcome::success);
  sim::Network network{3};
  Host server{network, kMany + 1};
  Host client{network, kMany + 1};
  const Address address = server.listen();
  for (std::uint32_t i = 0; i < kMany; ++i) client.connections().connect(address, i);
  const auto until = [&](const auto& condition) { turn_until(network, server, client, condition); };
  until([&] { return server.opened.size() == kMany && client.opened.size() == kMany; });
  for (const ConnectionId id : client.opened) client.connections().finish(id);
  // All have left before the server looks.
  for (int i = 0; i < 20; ++i) {
    client.turn();
    network.advance_to(network.now() + milliseconds{1});
  }
  std::uint64_t before = 0;
  std::uint64_t most_a_turn = 0;
  until([&] {
    const std::uint64_t ended = server.counters().ended[success].value();
    most_a_turn = std::max(most_a_turn, ended - before);
    before = ended;
    return ended == kMany;
  });
  EXPECT_EQ(most_a_turn, base::kEndsPerTurn);
  until([&] { return server.counters().open.value() == 0; });
}

}  // namespace
}  // namespace engine
