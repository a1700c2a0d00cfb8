#include "app/native/connection_log.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "engine/session/session_counters.h"

namespace app {
namespace {

using Json = nlohmann::json;

constexpr base::Instant kNow{std::chrono::hours{1}};

engine::PeerAddress address(const std::string& text) {
  return engine::PeerAddress::of(engine::Address::parse(text + ":0").take());
}

Client client(std::uint32_t slot = 0x1f4, std::string user = "alice") {
  return {.session = {.slot = slot, .generation = 3},
          .grants =
              std::make_shared<const Grants>(Grants{.tenant = "acme", .type = UserType::employee}),
          .user = std::move(user),
          .address = address("192.0.2.7")};
}

// What a shard logged, each line as the object that it must be.
class ConnectionLogTest : public testing::Test {
 protected:
  void SetUp() override {
    base::configure_log(base::LogLevel::debug, base::LogFormat::json);
    testing::internal::CaptureStderr();
  }
  void TearDown() override {
    if (!read_) testing::internal::GetCapturedStderr();
    base::configure_log(base::LogLevel::info, base::LogFormat::text);
  }

  std::vector<Json> lines() {
    read_ = true;
    std::istringstream text(testing::internal::GetCapturedStderr());
    std::vector<Json> all;
    for (std::string line; std::getline(text, line);) {
      all.push_back(Json::parse(line));
      all.back().erase("time");
    }
    return all;
  }

 private:
  bool read_ = false;
};

TEST_F(ConnectionLogTest, TellsAConnectionsStoryUnderItsId) {
  LogSampling sampling({});
  ConnectionLog log(sampling, 12);
  const Client alice = client();
  log.opened(alice, kNow);
  log.failed(alice, ErrorCode::room_access_denied, "You may not join this room", R"("7")", kNow);
  log.closed(alice,
             {.reason = engine::CloseReason::heartbeat_timeout, .code = 1006, .opened = true},
             61'250, kNow);
  const std::vector<Json> said = lines();
  ASSERT_EQ(said.size(), 3U);
  EXPECT_EQ(said[0], Json::parse(R"({"level":"info","message":"connected","type":"employee",
      "address":"192.0.2.7","connection":"cc-1f4-3","tenant":"acme","user":"alice"})"));
  EXPECT_EQ(said[1], Json::parse(R"({"level":"debug","request":"7","code":"ROOM_ACCESS_DENIED",
      "message":"error event: You may not join this room",
      "connection":"cc-1f4-3","tenant":"acme","user":"alice"})"));
  EXPECT_EQ(said[2], Json::parse(R"({"level":"info","message":"disconnected","code":"1006",
      "connection":"cc-1f4-3","tenant":"acme","user":"alice","seconds":"61.250",
      "reason":")" + std::string(engine::name(engine::CloseReason::heartbeat_timeout)) +
                                 "\"}"));
}

TEST_F(ConnectionLogTest, SaysWhyOneIsNotLetIn) {
  LogSampling sampling({});
  ConnectionLog log(sampling, 0);
  const engine::SessionId id{.slot = 2, .generation = 1};
  log.refused(id, address("192.0.2.7"), AuthFailure::expired, kNow);
  log.refused(id, {}, "address_connections", protocol::HttpStatus::too_many_requests, kNow);
  const std::vector<Json> said = lines();
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(said[0], Json::parse(R"({"level":"warning","message":"refused",
      "connection":"c0-2-1","address":"192.0.2.7","reason":"expired","code":"401"})"));
  EXPECT_EQ(said[1], Json::parse(R"({"level":"warning","message":"refused",
      "connection":"c0-2-1","reason":"address_connections","code":"429"})"));
}

TEST_F(ConnectionLogTest, ACrowdThatIsTurnedAwayHidesNoOtherRefusal) {
  LogSampling sampling({.lines_per_second = 3});
  ConnectionLog log(sampling, 0);
  for (std::uint32_t slot = 0; slot < 100; ++slot) {
    log.turned_away({.slot = slot, .generation = 1}, address("192.0.2.7"),
                    engine::CloseReason::too_many_handshakes, kNow);
  }
  log.refused({}, {}, "subprotocol", protocol::HttpStatus::bad_request, kNow);
  const std::vector<Json> said = lines();
  ASSERT_EQ(said.size(), 4U);
  EXPECT_EQ(said[0], Json::parse(R"({"level":"warning","message":"refused","connection":"c0-0-1",
      "address":"192.0.2.7","reason":"too_many_handshakes","code":"503"})"));
  EXPECT_EQ(said[3]["reason"], "subprotocol");
}

TEST_F(ConnectionLogTest, WhatAPeerChoseForgesNoLineAndNoField) {
  LogSampling sampling({});
  ConnectionLog log(sampling, 0);
  const std::string user = "eve\",\"level\":\"error\n{}";
  log.failed(client(1, user), ErrorCode::client_error, "bad", R"("a\",\"user\":\"root")", kNow);
  const std::vector<Json> said = lines();
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said[0]["user"], user);
  EXPECT_EQ(said[0]["level"], "debug");
}

TEST_F(ConnectionLogTest, BelowItsLevelNothingIsWrittenNorCountedAsLeftOut) {
  base::configure_log(base::LogLevel::error, base::LogFormat::json);
  LogSampling sampling({.lines_per_second = 1});
  ConnectionLog log(sampling, 0);
  for (int i = 0; i < 5; ++i) {
    log.opened(client(), kNow);
    log.refused({}, {}, AuthFailure::missing, kNow);
    log.failed(client(), ErrorCode::server_error, "no", {}, kNow);
    log.closed(client(), {}, 0, kNow);
  }
  EXPECT_TRUE(lines().empty());
  for (std::size_t kind = 0; kind < kLogKindCount; ++kind) {
    EXPECT_EQ(sampling.take_suppressed(static_cast<LogKind>(kind)), 0U);
  }
}

TEST_F(ConnectionLogTest, AFloodOfOneKindIsCutAndTheNextLineSaysByHowMuch) {
  LogSampling sampling({.lines_per_second = 10});
  ConnectionLog log(sampling, 0);
  for (std::uint32_t slot = 0; slot < 100; ++slot) log.opened(client(slot), kNow);
  log.closed(client(0), {}, 0, kNow);  // Another kind, and not in the flood's way.
  log.opened(client(100), kNow + std::chrono::seconds{2});
  const std::vector<Json> said = lines();
  ASSERT_EQ(said.size(), 12U);
  EXPECT_EQ(said[10]["message"], "disconnected");
  EXPECT_FALSE(said[10].contains("left_out"));
  EXPECT_EQ(said[11]["left_out"], "90");
}

TEST_F(ConnectionLogTest, AConnectionIsLoggedWhollyOrNotAtAll) {
  LogSampling sampling({.lines_per_second = 0, .one_connection_in = 4});
  ConnectionLog log(sampling, 0);
  for (std::uint32_t slot = 0; slot < 1000; ++slot) {
    log.opened(client(slot), kNow);
    log.closed(client(slot), {}, 0, kNow);
  }
  const std::vector<Json> said = lines();
  EXPECT_NEAR(static_cast<double>(said.size()), 500.0, 120.0);
  ASSERT_EQ(said.size() % 2, 0U);
  for (std::size_t i = 0; i < said.size(); i += 2) {
    EXPECT_EQ(said[i]["message"], "connected");
    EXPECT_EQ(said[i]["connection"], said[i + 1]["connection"]);
  }
}

TEST_F(ConnectionLogTest, TheShareMayChangeWhileItRuns) {
  LogSampling sampling({.lines_per_second = 0, .one_connection_in = 1'000'000'000});
  ConnectionLog log(sampling, 0);
  log.opened(client(1), kNow);
  sampling.set_one_connection_in(1);
  log.opened(client(2), kNow);
  const std::vector<Json> said = lines();
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said[0]["connection"], "c0-2-3");
}

}  // namespace
}  // namespace app
