// Limits over shards: who is refused, by which limit, and what it is told.
#include <gtest/gtest.h>

#include <string>

#include "app/limits/limiter.h"
#include "tests/app/native/native_sim.h"

namespace app {
namespace {

class LimitsSim : public NativeSim {
 protected:
  // One, and for the next ten seconds no other.
  static constexpr Rate kOnce{.per_second = 0.1, .burst = 1};

  LimitsSim() { options_.limits.enabled = true; }

  void from(const std::string& host) {
    world_->network().set_source(engine::Address::parse(host + ":0").take());
  }
  void expect_limited(const Json& answer, std::string_view by) {
    ASSERT_EQ(answer.value("event", ""), "error") << answer;
    const Json& error = answer.at("data");
    EXPECT_EQ(error.at("code"), "RATE_LIMITED");
    EXPECT_EQ(error.at("recoverable"), true);
    EXPECT_EQ(error.at("details").at("limit"), by);
    EXPECT_GT(error.at("details").at("retryAfter"), 0);
  }
  bool is_welcome(const Json& answer) { return answer.value("event", "") != "error"; }
};

TEST_P(LimitsSim, AUserJoinsAtItsRateOnAllShards) {
  options_.limits.user_joins = kOnce;
  start();
  const auto join_on = [&](std::uint32_t shard, const char* user, const char* room) {
    return ask_for(connect_on(shard, user), "chat:room:join", {{"room", room}});
  };
  EXPECT_TRUE(is_welcome(join_on(0, "acme/ann", "a")));
  expect_limited(join_on(1, "acme/ann", "b"), "user_joins");
  EXPECT_TRUE(is_welcome(join_on(1, "acme/bob", "b")));
}

TEST_P(LimitsSim, ATenantJoinsAtItsRateOnAllShards) {
  options_.limits.tenant_joins = kOnce;
  start();
  const auto create_on = [&](std::uint32_t shard, const char* user) {
    return ask_for(connect_on(shard, user), "chat:room:create", Json::object());
  };
  EXPECT_TRUE(is_welcome(create_on(0, "acme/ann")));
  expect_limited(create_on(1, "acme/bob"), "tenant_joins");
  EXPECT_TRUE(is_welcome(create_on(1, "other/ann")));
}

TEST_P(LimitsSim, AnAddressSpeaksAtItsRateWhoeverItIs) {
  options_.limits.address_messages = kOnce;
  start();
  from("192.0.2.1");
  const std::size_t ann = connect_on(0, "acme/ann");
  const std::size_t bob = connect_on(1, "other/bob");
  from("192.0.2.2");
  const std::size_t cem = connect("acme/cem");
  EXPECT_TRUE(is_welcome(ask_for(ann, "ping", {})));
  expect_limited(ask_for(bob, "ping", {}), "address_messages");
  EXPECT_TRUE(is_welcome(ask_for(cem, "ping", {})));
}

TEST_P(LimitsSim, BytesOfAUserAndOfATenantAreCountedOnAllShards) {
  options_.limits.user_bytes = {.per_second = 10, .burst = 1500};
  options_.limits.tenant_bytes = {.per_second = 10, .burst = 2500};
  start();
  const auto say_on = [&](std::uint32_t shard, const char* user) {
    return ask_for(connect_on(shard, user), "ping", {{"filling", std::string(1000, 'x')}});
  };
  EXPECT_TRUE(is_welcome(say_on(0, "acme/ann")));
  expect_limited(say_on(1, "acme/ann"), "user_bytes");
  EXPECT_TRUE(is_welcome(say_on(2, "acme/bob")));
  expect_limited(say_on(0, "acme/cem"), "tenant_bytes");
  EXPECT_TRUE(is_welcome(say_on(0, "other/ann")));
}

// Nobody is asked about the token that it brings.
TEST_P(LimitsSim, AnAddressKnocksAtItsRateWhateverBecomesOfIt) {
  options_.limits.address_handshakes = {.per_second = 0.1, .burst = 2};
  start();
  authenticator_->results["bad"] = AuthFailure::signature;
  const auto answer = [&](std::size_t peer, std::string_view with) {
    return until([&] { return clients_->received(peer).find(with) != std::string::npos; });
  };
  from("192.0.2.1");
  connect("acme/ann");
  EXPECT_TRUE(answer(ask("bad"), R"("reason":"signature")"));
  const std::uint64_t asked = authenticator_->counts().asked;
  const std::size_t refused = ask("acme/ann");
  EXPECT_TRUE(answer(refused, R"("reason":"address_handshakes")"));
  EXPECT_TRUE(clients_->received(refused).starts_with("HTTP/1.1 429 "));
  EXPECT_NE(clients_->received(refused).find("\r\nRetry-After: 10\r\n"), std::string::npos)
      << clients_->received(refused);
  EXPECT_EQ(authenticator_->counts().asked, asked);
  EXPECT_EQ(sum([](GatewayShard& one) {
              return one.native().context().limiter.refused(LimitKind::address_handshakes);
            }),
            1U);
  from("192.0.2.2");
  connect("acme/ann");
}

TEST_P(LimitsSim, OneConnectionTooManyIsToldWhenToComeBack) {
  options_.limits.connections_per_user = 1;
  start();
  const std::size_t first = connect_on(0, "acme/ann");
  const std::size_t second = connect("acme/ann");
  ASSERT_TRUE(hears(second, "error"));
  expect_limited(events(second).back(), "connections_per_user");
  EXPECT_EQ(data(second, "error").at("details").at("retryAfter"), 10);
  EXPECT_TRUE(until([&] { return close_code(second) == 1008; }));
  EXPECT_TRUE(is_welcome(ask_for(first, "ping", {})));
}

TEST_P(LimitsSim, OneSwitchSwitchesOffCountsToo) {
  options_.limits.enabled = false;
  options_.limits.rooms_per_connection = 2;
  options_.limits.connections_per_user = 1;
  start();
  const std::size_t first = connect_on(0, "acme/ann");
  EXPECT_EQ(data(first, "connected").at("limits").at("roomsPerConnection"), 0);
  EXPECT_EQ(data(first, "connected").at("limits").at("messagesPerMinute"), 0);
  for (const char* room : {"a", "b", "c"}) join(first, room);
  const std::size_t second = connect("acme/ann");
  EXPECT_TRUE(is_welcome(ask_for(second, "ping", {})));
}

TEST_P(LimitsSim, ABinaryMessageIsNoLongerThanAnEventMayBe) {
  options_.limits.message_bytes = 1000;
  start();
  const std::size_t ann = connect_on(0, "acme/ann");
  const std::size_t bob = connect_on(1, "acme/bob");
  join(ann, "r");
  join(bob, "r");
  const auto say_binary = [&](std::size_t bytes) {
    std::string message("\x01\x01\x00\x01\x00\x00\x00\x01\x00\x00\x00\x02r", 13);
    message.resize(bytes, 'x');
    clients_->send(ann, tests::text_of(tests::frame({.opcode = 0x2}, message)));
  };
  const auto heard = [&] {
    std::size_t count = 0;
    for (const auto& frame : clients_->frames(bob)) count += frame.first == 0x82 ? 1 : 0;
    return count;
  };
  say_binary(1000);
  EXPECT_TRUE(until([&] { return heard() == 1; }));
  say_binary(1001);
  ASSERT_TRUE(hears(ann, "error"));
  EXPECT_EQ(data(ann, "error").at("code"), "PROTOCOL_ERROR");
  EXPECT_EQ(data(ann, "error").at("message"), "the message is too long");
  run_for(milliseconds{10});
  EXPECT_EQ(heard(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, LimitsSim, testing::Range<std::uint64_t>(1, 7));

}  // namespace
}  // namespace app
