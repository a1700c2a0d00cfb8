// ConnectionsTest: two hosts of a simulated network, a server and a client, whose connections a
// test opens and plays with.
//
// A host is a shard's lower half: driver, reactor, connections, and a handler that notes what it
// hears. Threads: one. Bound: the descriptors of each host, of which there are few on purpose.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "engine/connection/connections.h"
#include "engine/reactor/reactor.h"
#include "tests/sim/network.h"

namespace engine {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr base::Duration kPatience = seconds{20};

// A shard's lower half: a driver, a reactor, connections, and a handler that notes what it hears.
class Host final : private TurnSteps, private ConnectionHandler {
 public:
  explicit Host(sim::Network& network, std::uint32_t descriptors = 8,
                base::Duration park_after = {}, std::uint32_t receive_buffer_bytes = 64)
      : network_(network) {
    DriverOptions options;
    options.descriptors = descriptors;
    options.receive_buffers = 4;
    options.receive_buffer_bytes = receive_buffer_bytes;
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
  std::vector<PeerAddress> peers;  // Of those that connected to it.
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
  StepResult deliver() override {
    return holds_input ? StepResult::more : connections_->deliver({});
  }
  StepResult fan_out() override { return StepResult::done; }
  StepResult flush() override { return connections_->flush(); }
  base::Instant next_deadline() const override { return connections_->next_deadline(); }
  bool prepare_to_sleep() override { return true; }
  void woke_up() override {}

  // ConnectionHandler.
  void on_accepted(ConnectionId id, const PeerAddress& peer) override {
    opened.push_back(id);
    peers.push_back(peer);
  }
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

// Turns both hosts until the condition holds, which is asked before each turn.
template <typename Condition>
void turn_until(sim::Network& network, Host& server, Host& client, Condition&& condition) {
  const base::Instant end = network.now() + kPatience;
  while (!condition() && network.now() < end) {
    server.turn();
    client.turn();
    network.advance_to(network.now() + std::chrono::microseconds{50});
  }
  EXPECT_TRUE(condition());
}

class ConnectionsTest : public testing::Test {
 protected:
  template <typename Condition>
  void until(Condition&& condition) {
    turn_until(network_, server_, client_, condition);
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

}  // namespace engine
