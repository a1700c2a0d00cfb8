// Who is let in, and who is not: over shards, while the Authenticator is quick, late or silent, and
// clients leave at any moment.
#include "app/native/admissions.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/app/native/native_sim.h"

namespace app {
namespace {

class AdmissionsSim : public NativeSim {
 protected:
  std::uint64_t failures(AuthFailure why) {
    return sum([&](GatewayShard& one) {
      return one.native().context().counters.auth_failures[static_cast<std::size_t>(why)].value();
    });
  }
  bool is_refused(std::size_t peer, std::string_view with) {
    // Its head and its body may come one after the other.
    return until([&] { return clients_->received(peer).find(with) != std::string::npos; });
  }
};

TEST_P(AdmissionsSim, AClientIsToldWhoItIs) {
  start();
  authenticator_->results["t"] = Identity{.user = "an\"n",
                                          .tenant = "acme",
                                          .type = UserType::supervisor,
                                          .expires_at = unix_seconds() + 60};
  const std::size_t peer = connect("t");
  const Json told = data(peer, "connected");
  EXPECT_EQ(told.at("userId"), "an\"n");
  EXPECT_EQ(told.at("tenantId"), "acme");
  EXPECT_EQ(told.at("userType"), "supervisor");
  EXPECT_EQ(told.at("expiresAt"), kStartMs / 1000 + 60);
  EXPECT_EQ(told.at("rooms"), Json::array({"user:an\"n", "tenant:acme"}));
  EXPECT_TRUE(parse_connection_id(told.at("connectionId").get<std::string>()));
}

TEST_P(AdmissionsSim, WhoIsRefusedIsToldWhy) {
  start();
  authenticator_->results["bad"] = AuthFailure::signature;
  authenticator_->results["down"] = AuthFailure::unavailable;
  authenticator_->results["old"] =
      Identity{.user = "ann", .tenant = "acme", .expires_at = unix_seconds()};
  const std::size_t none = ask("");
  EXPECT_TRUE(is_refused(none, R"("reason":"missing")"));
  EXPECT_TRUE(is_refused(ask("bad"), R"("reason":"signature")"));
  EXPECT_TRUE(is_refused(ask("old"), R"("reason":"expired")"));
  const std::size_t down = ask("down");
  EXPECT_TRUE(is_refused(down, R"("reason":"unavailable")"));
  EXPECT_NE(clients_->received(down).find("Retry-After: 5\r\n"), std::string::npos);
  EXPECT_EQ(failures(AuthFailure::missing) + failures(AuthFailure::signature) +
                failures(AuthFailure::expired) + failures(AuthFailure::unavailable),
            4U);
  EXPECT_TRUE(until([&] { return clients_known() == 0; }, seconds{30}));
}

// Without a proxy: who connected is known, whichever shard it was that accepted.
TEST_P(AdmissionsSim, AnAddressThatFailsTooOftenWaitsAndNobodyElseDoes) {
  options_.auth.failures_per_minute = 5;
  start();
  authenticator_->results["bad"] = AuthFailure::signature;
  const auto from = [&](const std::string& host) {
    world_->network().set_source(engine::Address::parse(host + ":0").take());
  };
  for (const std::string host : {"192.0.2.1", "[2001:db8::1]", "[::ffff:192.0.2.3]"}) {
    from(host);
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(is_refused(ask("bad"), R"("reason":"signature")"));
    EXPECT_TRUE(is_refused(ask("acme/ann"), R"("reason":"throttled")")) << host;
  }
  from("192.0.2.3");
  EXPECT_TRUE(is_refused(ask("acme/ann"), R"("reason":"throttled")")) << "mapped it was the same";
  from("[2001:db8::2]");
  EXPECT_TRUE(is_refused(ask("acme/ann"), R"("reason":"throttled")")) << "the same /64";
  for (const std::string host : {"192.0.2.2", "[2001:db8:0:1::1]"}) {
    from(host);
    const std::size_t peer = connect("acme/ann");
    const Client* client = client_of(peer);
    ASSERT_NE(client, nullptr);
    EXPECT_EQ(client->address.text(), host.starts_with('[') ? "2001:db8:0:1::1" : host);
  }
}

// Before the service is asked: nobody can make it busy faster than that.
TEST_P(AdmissionsSim, AnAddressThatConnectsTooFastIsNotAskedAbout) {
  options_.limits.enabled = true;
  options_.limits.address_handshakes = {.per_second = 1, .burst = 3};
  start();
  authenticator_->results["junk"] = AuthFailure::refused;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(is_refused(ask("junk"), R"("reason":"refused")"));
  EXPECT_TRUE(is_refused(ask("junk"), R"("reason":"address_handshakes")"));
  EXPECT_EQ(authenticator_->counts().asked, 3U);
  world_->network().set_source(engine::Address::parse("192.0.2.7:0").take());
  connect("acme/ann");
}

TEST_P(AdmissionsSim, AnAddressHasOnlySoManyTokensThatWaitForTheService) {
  options_.auth.mode = AuthMode::service;
  start(1);
  authenticator_->holds = true;
  const auto from = [&](const std::string& host) {
    world_->network().set_source(engine::Address::parse(host + ":0").take());
  };
  from("192.0.2.1");
  std::vector<std::size_t> peers;
  for (std::uint32_t i = 0; i < kAuthQueuePerAddressMost; ++i) peers.push_back(ask("acme/u"));
  ASSERT_TRUE(until([&] { return authenticator_->held.size() == peers.size(); }));
  const std::size_t one_more = ask("acme/u");
  EXPECT_TRUE(is_refused(one_more, R"("reason":"overloaded")"));
  EXPECT_NE(clients_->received(one_more).find("503"), std::string::npos);
  // Whoever leaves has still asked.
  clients_->close(peers.back());
  ASSERT_TRUE(until([&] { return clients_known() == peers.size() - 1; }));
  EXPECT_TRUE(is_refused(ask("acme/u"), R"("reason":"overloaded")"));
  from("192.0.2.2");
  const std::size_t other = ask("acme/ann");
  ASSERT_TRUE(until([&] { return authenticator_->held.size() == peers.size() + 1; }));
  authenticator_->holds = false;
  authenticator_->answer_all();
  EXPECT_TRUE(hears(other, "connected"));
  from("192.0.2.1");
  connect("acme/u");
}

TEST_P(AdmissionsSim, RenewalsCountAmongThoseOfTheirAddress) {
  options_.auth.mode = AuthMode::service;
  start(1);
  const std::size_t peer = connect("acme/ann");
  authenticator_->holds = true;
  for (std::uint32_t i = 0; i < kAuthQueuePerAddressMost; ++i) ask("acme/u" + std::to_string(i));
  ASSERT_TRUE(until([&] { return authenticator_->held.size() == kAuthQueuePerAddressMost; }));
  EXPECT_EQ(ask_for(peer, "auth:refresh", {{"token", "acme/ann"}}).at("data").at("code"),
            "AUTH_FAILED");
  authenticator_->holds = false;
  authenticator_->answer_all();
  EXPECT_EQ(ask_for(peer, "auth:refresh", {{"token", "acme/ann"}}).at("event"), "auth:refreshed");
}

// So that the first of two to be answered cannot be undone by the other.
TEST_P(AdmissionsSim, OneTokenOfAConnectionIsCheckedAtATime) {
  start();
  const std::size_t peer = connect("acme/ann");
  authenticator_->holds = true;
  say(peer, "auth:refresh", {{"token", "acme/ann"}}, "first");
  ASSERT_TRUE(until([&] { return authenticator_->held.size() == 1; }));
  const Json second = ask_for(peer, "auth:refresh", {{"token", "acme/ann"}});
  EXPECT_EQ(second.at("data").at("code"), "CLIENT_ERROR");
  EXPECT_EQ(authenticator_->held.size(), 1U);
  authenticator_->holds = false;
  authenticator_->answer_all();
  EXPECT_TRUE(hears(peer, "auth:refreshed"));
  authenticator_->results["bad"] = AuthFailure::signature;
  EXPECT_EQ(ask_for(peer, "auth:refresh", {{"token", "bad"}}).at("data").at("code"), "AUTH_FAILED");
  EXPECT_EQ(ask_for(peer, "auth:refresh", {{"token", "acme/ann"}}).at("event"), "auth:refreshed");
}

TEST_P(AdmissionsSim, ARevokedTokenIsRefusedWhateverTheAuthenticatorSays) {
  start();
  authenticator_->results["t"] = Identity{.user = "ann", .tenant = "acme", .token_id = "j1"};
  ASSERT_TRUE(services_->revocations.revoke_token("j1", unix_seconds() + 100).ok());
  EXPECT_TRUE(is_refused(ask("t"), R"("reason":"revoked")"));
}

TEST_P(AdmissionsSim, NobodyIsInBeforeTheAnswer) {
  start();
  authenticator_->holds = true;
  std::vector<std::size_t> peers;
  for (int i = 0; i < 6; ++i) peers.push_back(ask("acme/u" + std::to_string(i)));
  ASSERT_TRUE(until([&] { return authenticator_->held.size() == peers.size(); }));
  run_for(seconds{1});
  for (const std::size_t peer : peers) EXPECT_EQ(clients_->received(peer), "");
  EXPECT_EQ(clients_known(), peers.size());
  authenticator_->answer_all();
  for (const std::size_t peer : peers) EXPECT_TRUE(hears(peer, "connected"));
}

TEST_P(AdmissionsSim, AClientThatLeavesWhileItIsAskedAboutIsForgotten) {
  start();
  authenticator_->holds = true;
  base::Prng prng(GetParam());
  for (int round = 0; round < 8; ++round) {
    const std::size_t leaves = ask("acme/leaves");
    ASSERT_TRUE(until([&] { return authenticator_->held.size() == 1; }));
    clients_->close(leaves);
    // Its answer comes before, while, or after its end is known; or its place is another's then.
    run_for(std::chrono::microseconds{prng.below(300)});
    if (prng.below(2) == 0) {
      authenticator_->answer_all();
      EXPECT_TRUE(until([&] { return clients_known() == 0; }));
      continue;
    }
    ASSERT_TRUE(until([&] { return clients_known() == 0; }));
    const std::size_t stays = ask("acme/stays");
    ASSERT_TRUE(until([&] { return authenticator_->held.size() == 2; }));
    authenticator_->answer_one();
    run_for(milliseconds{2});
    EXPECT_EQ(clients_->received(stays), "") << "another's answer let it in";
    authenticator_->answer_all();
    ASSERT_TRUE(hears(stays, "connected"));
    EXPECT_EQ(data(stays, "connected").at("userId"), "stays");
    close(stays);
  }
}

TEST_P(AdmissionsSim, WhoIsNeverAnsweredIsDroppedWithTheHandshake) {
  start();
  authenticator_->holds = true;
  const std::size_t peer = ask("acme/ann");
  ASSERT_TRUE(until([&] { return authenticator_->held.size() == 1; }));
  EXPECT_TRUE(until([&] { return clients_->ended(peer) && clients_known() == 0; }, seconds{60}));
}

TEST_P(AdmissionsSim, AnAnswerAfterTheEndFindsNobody) {
  start();
  authenticator_->holds = true;
  ask("acme/ann");
  ASSERT_TRUE(until([&] { return authenticator_->held.size() == 1; }));
  end();
  authenticator_->answer_all();
  EXPECT_FALSE(services_->posts.post(0, [](NativeGateway&) {}));
}

TEST_P(AdmissionsSim, AnEventThatIsNoneGetsAnError) {
  start(1);
  const std::size_t peer = connect("acme/ann");
  say_text(peer, "{");
  say(peer, "no:such:event", Json::object(), "1");
  ASSERT_TRUE(hears(peer, "error", 2));
  EXPECT_EQ(events(peer, "error")[0].at("code"), "PROTOCOL_ERROR");
  EXPECT_EQ(events(peer, "error")[1].at("code"), "CLIENT_ERROR");
}

TEST_P(AdmissionsSim, TheTokenEndsItsSessionAtTheSecond) {
  start();
  const std::int64_t ends = unix_seconds() + 5;
  authenticator_->results["t"] = Identity{.user = "ann", .tenant = "acme", .expires_at = ends};
  const std::size_t peer = connect("t");
  const std::size_t other = connect("acme/bob");
  EXPECT_FALSE(until([&] { return close_code(peer) != 0; },
                     milliseconds{ends * 1000 - 1 - services_->clock.unix_ms(world_->now())}));
  ASSERT_TRUE(until([&] { return close_code(peer) != 0; }, milliseconds{10}));
  EXPECT_EQ(close_code(peer), 1008);
  EXPECT_EQ(data(peer, "error").at("code"), "AUTH_FAILED");
  EXPECT_EQ(data(peer, "error").at("recoverable"), false);
  EXPECT_TRUE(until([&] { return clients_known() == 1; }, seconds{60}));
  EXPECT_EQ(ask_for(other, "ping", Json::object()).at("event"), "pong");
}

TEST_P(AdmissionsSim, ARenewedTokenEndsLater) {
  start();
  const std::int64_t now = unix_seconds();
  authenticator_->results["short"] =
      Identity{.user = "ann", .tenant = "acme", .expires_at = now + 3};
  authenticator_->results["long"] =
      Identity{.user = "ann", .tenant = "acme", .expires_at = now + 9};
  const std::size_t peer = connect("short");
  for (int i = 0; i < 3; ++i) {
    const Json answer = ask_for(peer, "auth:refresh", {{"token", "long"}});
    EXPECT_EQ(answer.at("event"), "auth:refreshed") << answer;
    EXPECT_EQ(answer.at("data").at("expiresAt"), now + 9);
  }
  run_for(seconds{5});
  EXPECT_EQ(close_code(peer), 0);
  EXPECT_TRUE(until([&] { return close_code(peer) == 1008; }, seconds{6}));
  EXPECT_EQ(sum([](GatewayShard& one) { return one.native().context().counters.expired.value(); }),
            1U);
}

TEST_P(AdmissionsSim, ATokenOfAnotherChangesNothing) {
  start();
  const std::size_t peer = connect("acme/ann");
  authenticator_->results["bad"] = AuthFailure::signature;
  for (const char* token : {"acme/bob", "other/ann", "bad"}) {
    const Json answer = ask_for(peer, "auth:refresh", {{"token", token}});
    EXPECT_EQ(answer.at("data").at("code"), "AUTH_FAILED") << token;
  }
  EXPECT_EQ(ask_for(peer, "ping", Json::object()).at("event"), "pong");
}

TEST_P(AdmissionsSim, ARefreshOfWhoHasLeftIsForgotten) {
  start();
  const std::size_t peer = connect("acme/ann");
  authenticator_->holds = true;
  say(peer, "auth:refresh", {{"token", "acme/ann"}}, "1");
  ASSERT_TRUE(until([&] { return authenticator_->held.size() == 1; }));
  close(peer);
  authenticator_->answer_all();
  run_for(milliseconds{5});
  EXPECT_EQ(clients_known(), 0U);
}

// Long tokens and short sessions: what is remembered of them is bounded by who is there.
TEST_P(AdmissionsSim, ExpiriesOfThoseWhoLeftAreForgotten) {
  start(1);
  authenticator_->results["t"] =
      Identity{.user = "ann", .tenant = "acme", .expires_at = unix_seconds() + 86'400};
  const std::size_t stays = connect("t");
  for (int i = 0; i < 300; ++i) ask_for(stays, "auth:refresh", {{"token", "t"}});
  EXPECT_LE(gateway(0).context().clients.expiries(), 65U);
}

TEST_P(AdmissionsSim, ADrainTellsEveryoneWhenToComeBack) {
  start();
  std::vector<std::size_t> peers;
  for (int i = 0; i < 9; ++i) peers.push_back(connect("acme/u" + std::to_string(i)));
  group_->drain(seconds{2});
  for (const std::size_t peer : peers) {
    ASSERT_TRUE(until([&] { return close_code(peer) == 1001; }));
    const std::int64_t after = data(peer, "server:draining").at("reconnectAfter");
    EXPECT_GE(after, 1000);
    EXPECT_LE(after, 10'000);
  }
}

// Neither a refresh nor coming back brings back the roles that the server API has taken away; a
// token that was issued since does.
TEST_P(AdmissionsSim, RolesThatWereChangedStayChangedForTokensOfBefore) {
  start();
  const auto token = [&](const std::string& text, std::int64_t issued_at) {
    authenticator_->results[text] =
        Identity{.user = "ann", .tenant = "acme", .roles = {"staff"}, .issued_at = issued_at};
  };
  const std::int64_t now = unix_seconds();
  token("old", now - 1);
  token("silent", 0);
  token("new", now + 1);
  using Roles = std::vector<std::string>;
  std::size_t ann = connect("old");
  EXPECT_EQ(client_of(ann)->grants->roles, Roles{"staff"});
  ASSERT_TRUE(services_->role_changes
                  .set("acme", "ann", {.roles = {"guest"}, .at = now, .until = now + 1000})
                  .ok());
  for (const char* text : {"old", "silent"}) {
    EXPECT_EQ(client_of(connect(text))->grants->roles, Roles{"guest"}) << text;
    EXPECT_EQ(ask_for(ann, "auth:refresh", {{"token", text}}).at("event"), "auth:refreshed");
    EXPECT_EQ(client_of(ann)->grants->roles, Roles{"guest"}) << text;
  }
  EXPECT_EQ(client_of(connect("new"))->grants->roles, Roles{"staff"});
  EXPECT_EQ(ask_for(ann, "auth:refresh", {{"token", "new"}}).at("event"), "auth:refreshed");
  EXPECT_EQ(client_of(ann)->grants->roles, Roles{"staff"});
}

INSTANTIATE_TEST_SUITE_P(Seeds, AdmissionsSim, testing::Range<std::uint64_t>(1, 13));

}  // namespace
}  // namespace app
