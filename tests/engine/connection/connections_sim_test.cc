#include "engine/connection/connections.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "tests/sim/network.h"

namespace engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::Duration kPatience = seconds{20};

// A shard's lower half: a driver, a reactor, connections, and a handler that notes what it hears.
class Host final : private TurnSteps, private ConnectionHandler {
 public:
  explicit Host(sim::Network& network, std::uint32_t descriptors = 8,
                base::Duration park_after = {})
      : network_(network) {
    DriverOptions options;
    options.descriptors = descriptors;
    options.receive_buffers = 4;
    options.receive_buffer_bytes = 64;
    driver_ = ActiveDriver::open(options).take();
    reactor_ = std::make_unique<Reactor>(*driver_);
    connections_ = std::make_unique<Connections>(*reactor_, park_after);
    EXPECT_TRUE(connections_->open(descriptors).ok());
    connections_->set_handler(*this);
    EXPECT_TRUE(driver_->start().ok());
  }

  Address listen() {
    const Listening listening = driver_->listen(Address::parse("127.0.0.1:0").take()).take();
    connections_->accept_on(listening.listener);
    return listening.bound;
  }
  void turn() { reactor_->turn(*this, network_.now()); }

  void send(ConnectionId id, std::string_view text) {
    const auto size = static_cast<std::uint32_t>(text.size());
    std::memcpy(connections_->extend(id.slot, size, size), text.data(), text.size());
  }

  Connections& connections() { return *connections_; }
  const ConnectionCounters& counters() const { return connections_->counters(); }
  SimDriver& driver() { return *driver_; }
  Reactor& reactor() { return *reactor_; }

  struct Heard {
    std::string bytes;
    bool ended = false;
    bool released = false;
    Outcome outcome = Outcome::success;
  };
  std::vector<ConnectionId> opened;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Heard> heard;
  std::vector<std::uint32_t> tokens;
  std::vector<Outcome> failures;
  std::function<void(ConnectionId, std::span<std::byte>)> on_bytes;
  bool holds_input = false;

  Heard& of(ConnectionId id) { return heard[{id.slot, id.generation}]; }

 private:
  // TurnSteps.
  void dispatch(std::span<const Completion> completions) override {
    for (const Completion& completion : completions) connections_->dispatch(completion);
    connections_->settle_sends();
  }
  StepResult drain_mailboxes() override { return StepResult::done; }
  StepResult expire_timers(base::Instant now) override {
    connections_->expire(now);
    return StepResult::done;
  }
  StepResult deliver() override { return holds_input ? StepResult::more : connections_->deliver(); }
  StepResult fan_out() override { return StepResult::done; }
  StepResult flush() override { return connections_->flush(); }
  base::Instant next_deadline() const override { return connections_->next_deadline(); }
  bool prepare_to_sleep() override { return true; }
  void woke_up() override {}

  // ConnectionHandler.
  void on_accepted(ConnectionId id) override { opened.push_back(id); }
  void on_connected(ConnectionId id, std::uint32_t token) override {
    opened.push_back(id);
    tokens.push_back(token);
  }
  void on_connect_failed(std::uint32_t token, Outcome outcome) override {
    tokens.push_back(token);
    failures.push_back(outcome);
  }
  void on_received(ConnectionId id, std::span<std::byte> bytes) override {
    EXPECT_FALSE(of(id).released);
    of(id).bytes += base::as_text(bytes);
    if (on_bytes) on_bytes(id, bytes);
  }
  void on_ended(ConnectionId id, Outcome outcome) override {
    EXPECT_FALSE(of(id).ended);
    of(id).ended = true;
    of(id).outcome = outcome;
  }
  void on_released(ConnectionId id) override {
    EXPECT_FALSE(of(id).released);
    of(id).released = true;
  }

  sim::Network& network_;
  std::unique_ptr<ActiveDriver> driver_;
  std::unique_ptr<Reactor> reactor_;
  std::unique_ptr<Connections> connections_;
};

class ConnectionsTest : public testing::Test {
 protected:
  // Turns both hosts until the condition holds.
  template <typename Condition>
  void until(Condition&& condition) {
    const base::Instant end = network_.now() + kPatience;
    while (!condition() && network_.now() < end) {
      server_.turn();
      client_.turn();
      network_.advance_to(network_.now() + std::chrono::microseconds{50});
    }
    EXPECT_TRUE(condition());
  }
  void settle() {
    const base::Instant end = network_.now() + milliseconds{300};
    until([&] { return network_.now() >= end; });
  }
  // The ends of a new connection, the client's first.
  std::pair<ConnectionId, ConnectionId> connect() {
    const std::size_t clients = client_.opened.size();
    const std::size_t servers = server_.opened.size();
    client_.connections().connect(address_, 7);
    until([&] { return client_.opened.size() > clients && server_.opened.size() > servers; });
    return {client_.opened.back(), server_.opened.back()};
  }
  void expect_all_quiet() {
    settle();
    for (Host* host : {&server_, &client_}) {
      EXPECT_EQ(host->driver().buffers_lent(), 0U);
      EXPECT_EQ(host->driver().operations_in_flight(), host->counters().open.value());
      EXPECT_EQ(host->driver().descriptors_open(), host->counters().open.value());
      EXPECT_EQ(host->counters().stale_completions.value(), 0U);
      EXPECT_EQ(host->counters().close_failures.value(), 0U);
    }
  }

  sim::Network network_{3};
  Host server_{network_};
  Host client_{network_};
  Address address_ = server_.listen();
};

TEST_F(ConnectionsTest, OpensBothEnds) {
  const auto [there, here] = connect();
  EXPECT_TRUE(client_.connections().alive(there));
  EXPECT_TRUE(server_.connections().alive(here));
  EXPECT_EQ(client_.tokens, std::vector<std::uint32_t>{7});
  EXPECT_EQ(client_.counters().connected.value(), 1U);
  EXPECT_EQ(server_.counters().accepted.value(), 1U);
  expect_all_quiet();
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

TEST_F(ConnectionsTest, WhoIsPausedIsNotReadUntilItIsResumed) {
  const auto [there, here] = connect();
  client_.send(there, "before");
  until([&] { return server_.of(here).bytes == "before"; });
  server_.connections().pause(here);
  settle();
  EXPECT_EQ(server_.driver().operations_in_flight(), 0U);
  client_.send(there, "meanwhile");
  settle();
  EXPECT_EQ(server_.of(here).bytes, "before");
  server_.send(here, "still sends");
  until([&] { return client_.of(there).bytes == "still sends"; });
  server_.connections().resume(here);
  until([&] { return server_.of(here).bytes == "beforemeanwhile"; });
  expect_all_quiet();
}

TEST_F(ConnectionsTest, WhoIsPausedNoticesItsPeersEndWhenItIsResumed) {
  const auto [there, here] = connect();
  server_.connections().pause(here);
  client_.send(there, "last words");
  client_.connections().finish(there);
  settle();
  EXPECT_FALSE(server_.of(here).ended);
  server_.connections().resume(here);
  until([&] { return server_.of(here).released; });
  EXPECT_EQ(server_.of(here).bytes, "last words");
  expect_all_quiet();
}

TEST_F(ConnectionsTest, WhoIsPausedCanBeClosed) {
  const auto [there, here] = connect();
  server_.connections().pause(here);
  server_.connections().abort(here);
  until([&] { return server_.of(here).released && client_.of(there).released; });
  server_.connections().resume(here);
  expect_all_quiet();
}

// ---- Parking ------------------------------------------------------------------------------------

class ParkingTest : public ConnectionsTest {
 protected:
  ParkingTest() : parking_(network_, 8, kParkAfter), parking_address_(parking_.listen()) {
    parking_.connections().start(network_.now());
    client_.connections().connect(parking_address_, 7);
    turn_both([&] { return !parking_.opened.empty() && !client_.opened.empty(); });
  }

  template <typename Condition>
  void turn_both(Condition&& condition) {
    const base::Instant end = network_.now() + kPatience;
    while (!condition() && network_.now() < end) {
      parking_.turn();
      client_.turn();
      network_.advance_to(network_.now() + std::chrono::microseconds{50});
    }
    EXPECT_TRUE(condition());
  }
  void pass(base::Duration time) {
    const base::Instant end = network_.now() + time;
    turn_both([&] { return network_.now() >= end; });
  }
  void say(std::string_view text) {
    said_ += text;
    client_.send(client_.opened[0], std::string(text));
    turn_both([&] { return parking_.of(parking_.opened[0]).bytes == said_; });
  }
  bool warm() { return parking_.connections().record(parking_.opened[0].slot).warm; }

  static constexpr milliseconds kParkAfter{100};
  Host parking_;
  Address parking_address_;
  std::string said_;
};

TEST_F(ParkingTest, TheSecondMessageOfAnIntervalWarmsUpAndSilenceParks) {
  EXPECT_FALSE(warm());
  say("a");
  EXPECT_FALSE(warm());
  say("b");
  EXPECT_TRUE(warm());
  EXPECT_EQ(parking_.counters().warmed.value(), 1U);
  pass(3 * kParkAfter);
  EXPECT_FALSE(warm());
  EXPECT_EQ(parking_.counters().parked.value(), 1U);
  EXPECT_EQ(parking_.driver().operations_in_flight(), 1U);  // The poll.
  say("c");
  EXPECT_FALSE(warm());
  say("d");
  EXPECT_TRUE(warm());
}

TEST_F(ParkingTest, AMessagePerIntervalLeavesItParked) {
  for (int i = 0; i < 5; ++i) {
    say("pong");
    pass(kParkAfter);
  }
  EXPECT_FALSE(warm());
  EXPECT_EQ(parking_.counters().warmed.value(), 0U);
}

TEST_F(ParkingTest, WhoTalksAllTheTimeIsNeverParked) {
  for (int i = 0; i < 20; ++i) {
    say("talk");
    pass(kParkAfter / 4);
  }
  EXPECT_EQ(parking_.counters().warmed.value(), 1U);
  EXPECT_EQ(parking_.counters().parked.value(), 0U);
}

TEST_F(ParkingTest, AParkedConnectionHearsItsPeersEnd) {
  pass(3 * kParkAfter);
  const ConnectionId here = parking_.opened[0];
  client_.connections().finish(client_.opened[0]);
  turn_both([&] { return parking_.of(here).ended; });
  EXPECT_EQ(parking_.of(here).outcome, Outcome::success);
  parking_.connections().finish(here);
  turn_both([&] { return parking_.of(here).released; });
}

TEST_F(ParkingTest, AParkedConnectionCanBeAborted) {
  pass(3 * kParkAfter);
  const ConnectionId here = parking_.opened[0];
  parking_.connections().abort(here);
  turn_both([&] { return parking_.of(here).released; });
  EXPECT_EQ(parking_.counters().stale_completions.value(), 0U);
}

// ---- Receive buffers ----------------------------------------------------------------------------

TEST_F(ConnectionsTest, AHostThatHoldsItsInputStopsReadingAndLosesNothing) {
  const auto [there, here] = connect();
  client_.send(there, "w");  // From the second receive on it is a multishot.
  settle();
  const std::string text(5000, 'h');
  server_.holds_input = true;
  client_.send(there, text);
  settle();
  EXPECT_EQ(server_.driver().buffers_lent(), 4U);  // All of them wait.
  EXPECT_EQ(server_.of(here).bytes, "w");
  server_.holds_input = false;
  until([&] { return server_.of(here).bytes == "w" + text; });
  EXPECT_GT(server_.counters().receive_buffers_exhausted.value(), 0U);
  expect_all_quiet();
}

TEST_F(ConnectionsTest, StarvedConnectionsAllHearInTheEnd) {
  std::vector<std::pair<ConnectionId, ConnectionId>> all;
  for (int i = 0; i < 7; ++i) all.push_back(connect());
  network_.faults().set(sim::Fault::completion_late, 0.5);
  network_.faults().set(sim::Fault::turn_partial, 0.5);
  network_.faults().set(sim::Fault::buffers_withheld, 0.3);
  for (int round = 0; round < 20; ++round) {
    for (const auto& ends : all) client_.send(ends.first, std::string(500, 's'));
  }
  for (const auto& ends : all) {
    until([&] { return server_.of(ends.second).bytes.size() == 10'000; });
  }
  EXPECT_GT(server_.counters().receive_buffers_exhausted.value(), 0U);
}

// A receive starves, and is told so only after every buffer has come back: nobody will give one
// back any more, so it must not wait for that.
TEST_F(ConnectionsTest, StarvingAfterTheLastBufferCameBackIsNotForEver) {
  const auto [first, first_here] = connect();
  const auto [second, second_here] = connect();
  for (int round = 0; round < 50; ++round) {
    network_.faults().set(sim::Fault::buffers_withheld, 0.5);
    network_.faults().set(sim::Fault::completion_late, 0.5);
    client_.send(first, "x");
    client_.send(second, "y");
    until([&] {
      return server_.of(first_here).bytes.size() == static_cast<std::size_t>(round) + 1 &&
             server_.of(second_here).bytes.size() == static_cast<std::size_t>(round) + 1;
    });
  }
  EXPECT_GT(server_.counters().receive_buffers_exhausted.value(), 0U);
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

}  // namespace
}  // namespace engine
