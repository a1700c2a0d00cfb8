// NativeSim: the fixture of tests of the native gateway over shards that a simulated world turns in
// any order, with clients that speak events and an Authenticator that answers as the test likes.
//
// start() opens the shards; until() lets time pass until something holds. Everything is checked to
// be gone at the end of each test: clients, homes of users, joins, owed answers, memberships.
// Threads: one. Bound: the test's.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/gateway_shard.h"
#include "engine/shard/shard_group.h"
#include "tests/app/native/scripted_authenticator.h"
#include "tests/app/native/scripted_authority.h"
#include "tests/protocol/frame_builder.h"
#include "tests/sim/raw_clients.h"
#include "tests/sim/world.h"

namespace app {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Json = nlohmann::json;

// Remembers the programs that the gateway's own factory makes.
class WatchedShards final : public engine::ShardProgramFactory {
 public:
  WatchedShards(std::shared_ptr<const Policy> policy, SharedServices& services, Pages& pages)
      : inner_(std::move(policy), services, pages) {}

  std::unique_ptr<engine::ShardProgram> make(engine::Shard& shard) override {
    auto program = inner_.make(shard);
    made.push_back(dynamic_cast<GatewayShard*>(program.get()));
    return program;
  }

  std::vector<GatewayShard*> made;

 private:
  GatewayShardFactory inner_;
};

class NativeSim : public testing::TestWithParam<std::uint64_t> {
 protected:
  static constexpr std::int64_t kStartMs = 1'790'000'000'000;  // Of the world's time, since 1970.
  static constexpr std::string_view kSwitching = "HTTP/1.1 101 Switching Protocols";

  NativeSim() {
    options_.auth.mode = AuthMode::token;
    options_.auth.token.leeway = {};
    options_.limits.enabled = false;
    options_.auth.failures_per_minute = 0;  // All clients have one address, unless a test says so.
    options_.session.relocate = false;
    options_.listen = {engine::Address::parse("127.0.0.1:0").take()};
  }
  ~NativeSim() override { end(); }

  void start(std::uint32_t shards = 3, const sim::FaultPlan& faults = {}) {
    options_.shards = shards;
    world_ = std::make_unique<sim::World>(GetParam(), faults);
    clients_ = std::make_unique<sim::RawClients>(world_->network());
    services_ = std::make_unique<SharedServices>(options_, GetParam());
    factory_ = std::make_unique<WatchedShards>(policy(), *services_, pages_);
    engine::ShardGroupOptions group;
    group.shards = shards;
    group.listen = options_.listen;
    group.driver.descriptors = 4096;
    group.park_after = {};  // So that a receive is armed at every moment.
    group_ = engine::ShardGroup::open(group, *factory_).take();
    for (const auto& shard : group_->shards()) world_->add(*shard);
    services_->clock.set(world_->now(), kStartMs);
    run_for(milliseconds{1});
  }
  void TearDown() override {
    if (group_ == nullptr) return;
    authenticator_->holds = false;
    authenticator_->answer_all();
    if (authority_ != nullptr) {
      authority_->holds = false;
      authority_->answer_all();
    }
    for (std::size_t peer = 0; peer < peers_; ++peer) {
      if (clients_->connected(peer)) clients_->close(peer);
    }
    EXPECT_TRUE(until([&] { return left_over() == 0; }, seconds{60})) << left_over_text();
  }
  // The shards end while services may still answer.
  void end() {
    if (group_ == nullptr) return;
    world_->release();
    services_->posts.end();
    group_.reset();
  }

  // ---- The world --------------------------------------------------------------------------------

  template <typename Condition>
  bool until(const Condition& condition, base::Duration most = seconds{5}) {
    const base::Instant end = world_->now() + most;
    clients_->remind_at(end);
    while (true) {
      clients_->pump();
      if (condition()) return true;
      if (world_->now() >= end || !world_->step()) return condition();
    }
  }
  void run_for(base::Duration time) {
    until([] { return false; }, time);
  }
  std::int64_t unix_seconds() const { return services_->clock.unix_ms(world_->now()) / 1000; }

  // ---- The gateway ------------------------------------------------------------------------------

  std::shared_ptr<const Policy> policy() const {
    return std::make_shared<const Policy>(
        Policy{.options = std::make_shared<const Options>(options_),
               .authenticator = authenticator_,
               .origins = OriginList::make(options_.auth.origins).take(),
               .authority = authority_});
  }
  GatewayShard& shard(std::size_t number) { return *factory_->made[number]; }
  NativeGateway& gateway(std::size_t number) { return shard(number).native(); }
  // As a reload does it: the options that are now the test's.
  void reload() {
    services_->policies.put(policy());
    services_->posts.wake_all();
  }
  // Does something on the shard's thread.
  void on_shard(std::uint32_t number, const ShardTask& task) {
    bool done = false;
    EXPECT_TRUE(services_->posts.post(number, [&](NativeGateway& gateway) {
      task(gateway);
      done = true;
    }));
    EXPECT_TRUE(until([&] { return done; }));
  }
  template <typename Read>
  std::uint64_t sum(const Read& read) {
    std::uint64_t all = 0;
    for (GatewayShard* one : factory_->made) all += read(*one);
    return all;
  }
  std::uint64_t errors(ErrorCode code) {
    return sum([&](GatewayShard& one) {
      return one.native().context().counters.errors[static_cast<std::size_t>(code)].value();
    });
  }
  std::uint64_t clients_known() {
    return sum([](GatewayShard& one) { return one.native().context().clients.size(); });
  }
  std::uint64_t memberships() {
    return sum([](GatewayShard& one) { return one.room_counters().memberships.value(); });
  }

  // ---- Clients ----------------------------------------------------------------------------------

  // Only asks.
  std::size_t ask(const std::string& token, bool reading = true) {
    const std::size_t peer = clients_->connect(group_->bound()[0], reading);
    ++peers_;
    EXPECT_TRUE(until([&] { return clients_->connected(peer); }));
    clients_->send(peer, "GET /ws" + (token.empty() ? "" : "?token=" + token) +
                             " HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\n"
                             "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    return peer;
  }
  std::size_t connect(const std::string& token) {
    const std::size_t peer = ask(token);
    EXPECT_TRUE(hears(peer, "connected")) << clients_->received(peer);
    // Its home must know the user before others can count on it.
    run_for(milliseconds{1});
    return peer;
  }
  std::size_t connect_on(std::uint32_t number, const std::string& token) {
    while (true) {
      const std::size_t peer = connect(token);
      if (shard_of(peer) == number) return peer;
      close(peer);
    }
  }
  std::string id_of(std::size_t peer) { return data(peer, "connected").at("connectionId"); }
  std::uint32_t shard_of(std::size_t peer) { return parse_connection_id(id_of(peer))->shard; }
  // What its shard knows of one that is in.
  const Client* client_of(std::size_t peer) {
    const std::optional<ConnectionId> id = parse_connection_id(id_of(peer));
    return id ? gateway(id->shard).context().client_of(id->session) : nullptr;
  }
  void close(std::size_t peer) {
    const std::uint64_t before = clients_known();
    clients_->close(peer);
    EXPECT_TRUE(until([&] { return clients_known() < before; }));
  }
  void say_text(std::size_t peer, std::string_view text) {
    const tests::Bytes frame = tests::frame({}, text);
    clients_->send(peer, tests::text_of(frame));
  }
  void say(std::size_t peer, std::string_view event, const Json& data, std::string_view id = {}) {
    Json envelope{{"event", event}, {"data", data}};
    if (!id.empty()) envelope["requestId"] = id;
    say_text(peer, envelope.dump());
  }
  // Says it and waits for the answer, whose data is returned.
  Json ask_for(std::size_t peer, std::string_view event, const Json& data) {
    const std::string id = "q" + std::to_string(++requests_);
    say(peer, event, data, id);
    Json answer;
    EXPECT_TRUE(until([&] {
      for (const Json& each : events(peer)) {
        if (each.value("requestId", "") == id) answer = each;
      }
      return !answer.is_null();
    })) << event
        << " " << data;
    return answer;
  }
  Json join(std::size_t peer, std::string_view room) {
    const Json answer = ask_for(peer, "chat:room:join", {{"room", room}});
    EXPECT_EQ(answer.value("event", ""), "chat:room:joined") << answer;
    return answer.is_null() ? Json::object() : answer.at("data");
  }

  std::vector<Json> events(std::size_t peer) {
    std::vector<Json> all;
    for (const sim::RawClients::Frame& frame : clients_->frames(peer)) {
      if (frame.first == 0x81) all.push_back(Json::parse(frame.payload));
    }
    return all;
  }
  std::vector<Json> events(std::size_t peer, std::string_view name) {
    std::vector<Json> named;
    for (Json& each : events(peer)) {
      if (each.value("event", "") == name) named.push_back(std::move(each.at("data")));
    }
    return named;
  }
  bool hears(std::size_t peer, std::string_view name, std::size_t times = 1,
             base::Duration most = seconds{5}) {
    return until([&] { return events(peer, name).size() >= times; }, most);
  }
  // Of the last such event.
  Json data(std::size_t peer, std::string_view name) {
    const std::vector<Json> all = events(peer, name);
    EXPECT_FALSE(all.empty()) << name;
    return all.empty() ? Json::object() : all.back();
  }
  // The close code that the gateway said; 0 if it said none.
  std::uint16_t close_code(std::size_t peer) {
    for (const sim::RawClients::Frame& frame : clients_->frames(peer)) {
      if (frame.first != 0x88 || frame.payload.size() < 2) continue;
      return static_cast<std::uint16_t>(static_cast<std::uint8_t>(frame.payload[0]) << 8U |
                                        static_cast<std::uint8_t>(frame.payload[1]));
    }
    return 0;
  }

  // ---- Afterwards -------------------------------------------------------------------------------

  std::uint64_t left_over() {
    return sum([](GatewayShard& one) {
      NativeGateway& gateway = one.native();
      NativeContext& context = gateway.context();
      return context.clients.size() + context.clients.by_tenant().size() +
             context.user_homes.size() + gateway.room_events().joins_waiting() +
             gateway.room_events().sessions_resuming() + gateway.room_events().memberships_given() +
             gateway.publishing().owed().size() + gateway.access_gate().waiting() +
             gateway.sweeps().under_way() + one.room_counters().memberships.value();
    });
  }
  std::string left_over_text() {
    std::string text;
    for (GatewayShard* one : factory_->made) {
      NativeGateway& gateway = one->native();
      text += "clients " + std::to_string(gateway.context().clients.size()) + ", homes " +
              std::to_string(gateway.context().user_homes.size()) + ", joins " +
              std::to_string(gateway.room_events().joins_waiting()) + ", resuming " +
              std::to_string(gateway.room_events().sessions_resuming()) + ", given " +
              std::to_string(gateway.room_events().memberships_given()) + ", owed " +
              std::to_string(gateway.publishing().owed().size()) + ", memberships " +
              std::to_string(one->room_counters().memberships.value()) + "\n";
    }
    return text;
  }

  Options options_;
  std::shared_ptr<ScriptedAuthenticator> authenticator_ = std::make_shared<ScriptedAuthenticator>();
  std::shared_ptr<ScriptedAuthority> authority_;  // Null unless the test makes one.
  Pages pages_{false};
  std::unique_ptr<sim::World> world_;
  std::unique_ptr<sim::RawClients> clients_;
  std::unique_ptr<SharedServices> services_;
  std::unique_ptr<WatchedShards> factory_;
  std::unique_ptr<engine::ShardGroup> group_;
  std::size_t peers_ = 0;
  std::uint64_t requests_ = 0;
};

}  // namespace app
