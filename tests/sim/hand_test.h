// HandTest: the fixture of tests that play every part by hand: scripted shards on one side, raw
// peers on the other, in a simulated world without faults.
//
// start() opens the shards; until() lets time pass until something holds. Everything is gone, and
// is checked to be gone, at the end of each test: connections, payloads, receive buffers. Threads:
// one. Bound: the test's.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/shard/shard_group.h"
#include "tests/protocol/frame_builder.h"
#include "tests/sim/raw_clients.h"
#include "tests/sim/scripted_shard.h"
#include "tests/sim/world.h"

namespace sim {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kSwitching = "HTTP/1.1 101 Switching Protocols";

class HandTest : public testing::Test {
 protected:
  ~HandTest() override { world_.release(); }

  void TearDown() override {
    if (group_ == nullptr) return;
    for (ScriptedShard* one : factory_->made) one->forget_hooks();  // They know the test's locals.
    for (std::size_t peer = 0; peer < peers_; ++peer) {
      if (clients_.connected(peer)) clients_.close(peer);
    }
    const auto gone = [this] { return open_connections() == 0; };
    EXPECT_TRUE(until(gone, seconds{60})) << open_connections() << " connections stayed";
    for (const auto& shard : group_->shards()) {
      EXPECT_EQ(shard->connections().pools().payloads.bytes_in_use(), 0U);
      EXPECT_EQ(shard->driver().buffers_lent(), 0U);
      EXPECT_EQ(shard->connection_counters().queued_bytes.value(), 0U);
      EXPECT_EQ(shard->connection_counters().stale_completions.value(), 0U);
    }
    EXPECT_EQ(gate_->inside(), 0U);
  }

  void start(const engine::SessionOptions& options = {}, std::uint32_t shards = 1,
             std::uint64_t connections = 100'000, const engine::RoomOptions& rooms = {},
             std::uint64_t memory_limit = 0) {
    gate_ = std::make_unique<engine::ConnectionGate>(connections, memory_limit);
    factory_ = std::make_unique<ScriptedShardFactory>(*gate_, options, 1, rooms);
    engine::ShardGroupOptions group;
    group.shards = shards;
    group.driver.descriptors = 4096;
    group.park_after = {};  // So that a receive is armed at every moment of a test.
    group.listen = {engine::Address::parse("127.0.0.1:0").take()};
    auto opened = engine::ShardGroup::open(group, *factory_);
    ASSERT_TRUE(opened.ok());
    group_ = opened.take();
    for (const auto& shard : group_->shards()) world_.add(*shard);
    until([] { return false; }, milliseconds{1});
  }

  ScriptedShard& shard(std::size_t number = 0) { return *factory_->made[number]; }
  engine::Sessions& sessions(std::size_t number = 0) { return shard(number).sessions(); }
  engine::Rooms& rooms(std::size_t number = 0) { return shard(number).rooms(); }
  const engine::SessionCounters& counters(std::size_t number = 0) {
    return shard(number).session_counters();
  }
  std::uint64_t closed_for(engine::CloseReason reason) {
    return counters().closed[static_cast<std::size_t>(reason)].value();
  }
  std::uint64_t open_connections() {
    std::uint64_t open = 0;
    for (const auto& one : group_->shards()) open += one->connection_counters().open.value();
    return open;
  }

  // Lets the world go on until the condition holds; false when it did not within `most`.
  bool until(const std::function<bool()>& condition, base::Duration most = seconds{5}) {
    const base::Instant end = world_.now() + most;
    clients_.remind_at(end);
    while (true) {
      clients_.pump();
      if (condition()) return true;
      if (world_.now() >= end || !world_.step()) return condition();
    }
  }
  void pass(base::Duration time) {
    until([] { return false; }, time);
  }
  // Something is done within the shard's turn.
  void in_turn(const std::function<void()>& task, std::size_t number = 0) {
    bool done = false;
    shard(number).do_in_turn([&] {
      task();
      done = true;
    });
    EXPECT_TRUE(until([&] { return done; }));
  }

  // ---- Peers -----------------------------------------------------------------------------------

  static std::string request_text(std::string_view target = "/") {
    return "GET " + std::string(target) +
           " HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  }
  static std::string frame(std::uint8_t opcode, std::string_view payload, bool fin = true) {
    return tests::text_of(tests::frame({.fin = fin, .opcode = opcode}, payload));
  }
  static std::string text_frame(std::string_view payload) { return frame(0x1, payload); }
  static std::string close_frame(std::uint16_t code) {
    return frame(0x8,
                 {std::array{static_cast<char>(code >> 8U), static_cast<char>(code)}.data(), 2});
  }

  std::size_t dial(bool reading = true) {
    const std::size_t peer = clients_.connect(group_->bound()[0], reading);
    peers_ = peer + 1;
    EXPECT_TRUE(until([&] { return clients_.connected(peer); }));
    return peer;
  }
  // A peer whose session is open. With several shards it is one of any of them.
  std::size_t open_peer(std::string_view target = "/") {
    const std::size_t peer = dial();
    clients_.send(peer, request_text(target));
    EXPECT_TRUE(until([&] { return clients_.status_line(peer) == kSwitching; }))
        << clients_.received(peer);
    return peer;
  }
  bool awaits_frames(std::size_t peer, std::size_t count, base::Duration most = seconds{5}) {
    return until([&] { return clients_.frames(peer).size() >= count; }, most);
  }
  // The frame's opcode and payload as one text, so that a failed comparison shows both.
  std::string heard(std::size_t peer, std::size_t index) {
    const auto frames = clients_.frames(peer);
    if (index >= frames.size()) return "nothing";
    return std::to_string(frames[index].first & 0x0FU) + " " + frames[index].payload;
  }
  // The code of the last frame, which is a close frame; 0 if it is none.
  std::uint16_t close_code(std::size_t peer) {
    const auto frames = clients_.frames(peer);
    if (frames.empty() || frames.back().first != 0x88 || frames.back().payload.size() < 2) return 0;
    const std::string& payload = frames.back().payload;
    return static_cast<std::uint16_t>(static_cast<std::uint8_t>(payload[0]) << 8U |
                                      static_cast<std::uint8_t>(payload[1]));
  }

  World world_{1};
  RawClients clients_{world_.network()};
  std::unique_ptr<engine::ConnectionGate> gate_;
  std::unique_ptr<ScriptedShardFactory> factory_;
  std::unique_ptr<engine::ShardGroup> group_;
  std::size_t peers_ = 0;
};

}  // namespace sim
