#include "app/limits/limiter.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "engine/room/name_index.h"

namespace app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::Instant kStart{seconds{1000}};
constexpr Rate kOne{.per_second = 1, .burst = 1};
constexpr LimitOwners kAnn{.user = 10, .tenant = 20, .address = 30};

LimitOptions nothing_limited() {
  LimitOptions options;
  options.guest_messages = options.connection_messages = options.connection_bytes = {};
  options.connection_joins = options.user_messages = options.address_connections = {};
  options.errors_per_minute = 0;
  return options;
}

class LimiterTest : public testing::Test {
 protected:
  LimitVerdict message(Limiter& limiter, ConnectionBuckets& from, std::uint64_t user = 10,
                       std::uint64_t tenant = 20, bool is_guest = false, std::uint64_t bytes = 100,
                       std::uint64_t address = 30) {
    return limiter.check_message(from, is_guest, {user, tenant, address}, bytes, kStart);
  }
  void expect_refused(const LimitVerdict& verdict, LimitKind kind, base::Duration wait) {
    EXPECT_FALSE(verdict.allowed);
    EXPECT_EQ(name(verdict.limit), name(kind));
    EXPECT_EQ(verdict.wait, wait);
  }

  LimitTables tables;
  ConnectionBuckets connection;
};

TEST_F(LimiterTest, WithoutLimitsEverythingPasses) {
  Limiter limiter(nothing_limited(), tables);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(message(limiter, connection).allowed);
    ASSERT_TRUE(limiter.check_join(connection, kAnn, kStart).allowed);
    ASSERT_TRUE(limiter.check_error(connection, kStart).allowed);
    ASSERT_TRUE(limiter.check_connection(1, 2, kStart).allowed);
    ASSERT_TRUE(limiter.check_handshake(1, kStart).allowed);
  }
}

// A table that is full gives the places of some to others, who begin anew.
TEST_F(LimiterTest, TellsHowManyWereForgottenForOthers) {
  LimitOptions options = nothing_limited();
  options.tenant_joins = kOne;
  Limiter limiter(options, tables);
  ASSERT_TRUE(limiter.check_join(connection, kAnn, kStart).allowed);
  EXPECT_EQ(tables.takeovers(), 0U);
  for (std::uint64_t tenant = 1; tenant <= 2 * kTenantSlots; ++tenant) {
    limiter.check_join(connection, {.tenant = tenant}, kStart);
  }
  const std::uint64_t by_joins = tables.takeovers();
  EXPECT_GE(by_joins, kTenantSlots);
  for (std::uint64_t tenant = 1; tenant <= 2 * kTenantSlots; ++tenant) {
    tables.total_messages.take(tenant, 1, {.per_second = 1e6, .burst = 1e6}, kStart);
  }
  EXPECT_GE(tables.takeovers(), by_joins + kTenantSlots);
}

TEST_F(LimiterTest, TheOneSwitchSwitchesAllOff) {
  LimitOptions options;
  options.connection_messages = options.connection_joins = options.address_connections = kOne;
  options.user_joins = options.address_messages = options.address_handshakes = kOne;
  options.errors_per_minute = 1;
  options.enabled = false;
  Limiter limiter(options, tables);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(message(limiter, connection).allowed);
    EXPECT_TRUE(limiter.check_join(connection, kAnn, kStart).allowed);
    EXPECT_TRUE(limiter.check_error(connection, kStart).allowed);
    EXPECT_TRUE(limiter.check_connection(1, 2, kStart).allowed);
    EXPECT_TRUE(limiter.check_handshake(1, kStart).allowed);
  }
}

TEST_F(LimiterTest, GuestsHaveTheirOwnRate) {
  LimitOptions options = nothing_limited();
  options.guest_messages = {.per_second = 100.0 / 60, .burst = 2};
  options.connection_messages = {.per_second = 10, .burst = 3};
  Limiter limiter(options, tables);
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(message(limiter, connection, 1, 2, true).allowed);
  expect_refused(message(limiter, connection, 1, 2, true), LimitKind::guest_messages,
                 milliseconds{600});
  ConnectionBuckets member;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(message(limiter, member).allowed);
  expect_refused(message(limiter, member), LimitKind::connection_messages, milliseconds{100});
  EXPECT_EQ(limiter.refused(LimitKind::guest_messages), 1U);
  EXPECT_EQ(limiter.refused(LimitKind::connection_messages), 1U);
  EXPECT_EQ(limiter.refused(LimitKind::user_messages), 0U);
}

TEST_F(LimiterTest, BytesOfAConnection) {
  LimitOptions options = nothing_limited();
  options.connection_bytes = {.per_second = 1000, .burst = 250};
  Limiter limiter(options, tables);
  EXPECT_TRUE(message(limiter, connection).allowed);
  EXPECT_TRUE(message(limiter, connection).allowed);
  expect_refused(message(limiter, connection), LimitKind::connection_bytes, milliseconds{50});
}

TEST_F(LimiterTest, AUserHasOneRateOnAllConnectionsAndShards) {
  LimitOptions options = nothing_limited();
  options.user_messages = {.per_second = 1, .burst = 2};
  Limiter shard(options, tables);
  Limiter other_shard(options, tables);
  ConnectionBuckets second;
  EXPECT_TRUE(message(shard, connection).allowed);
  EXPECT_TRUE(message(other_shard, second).allowed);
  expect_refused(message(shard, connection), LimitKind::user_messages, seconds{1});
  EXPECT_TRUE(message(shard, connection, 11).allowed) << "another user";
}

TEST_F(LimiterTest, WhatIsRefusedTakesNothingElsewhere) {
  LimitOptions options = nothing_limited();
  options.connection_messages = {.per_second = 1, .burst = 2};
  options.connection_bytes = {.per_second = 100, .burst = 200};
  options.user_messages = {.per_second = 1, .burst = 2};
  options.tenant_messages = kOne;
  Limiter limiter(options, tables);
  ConnectionBuckets neighbour;
  EXPECT_TRUE(message(limiter, neighbour, 99).allowed);
  for (int i = 0; i < 10; ++i) {
    expect_refused(message(limiter, connection), LimitKind::tenant_messages, seconds{1});
  }
  // In another tenant the same buckets of connection and user are still full.
  EXPECT_TRUE(message(limiter, connection, 10, 21).allowed);
  EXPECT_TRUE(message(limiter, connection, 10, 22).allowed);
}

TEST_F(LimiterTest, TheTotalGivesBackWhatWasTakenOfUserAndTenant) {
  LimitOptions options = nothing_limited();
  options.user_messages = options.tenant_messages = {.per_second = 1, .burst = 2};
  options.total_messages = kOne;
  Limiter limiter(options, tables);
  while (message(limiter, connection, 99, 98).allowed) continue;
  while (message(limiter, connection, 97, 96).allowed) continue;
  int granted = 0;
  for (int i = 0; i < 10; ++i) {
    const LimitVerdict verdict = message(limiter, connection);
    if (verdict.allowed)
      ++granted;
    else
      EXPECT_EQ(name(verdict.limit), "total_messages");
  }
  EXPECT_EQ(granted, 1) << "its own share";
  options.total_messages = {};
  limiter.set_options(options);
  EXPECT_TRUE(message(limiter, connection).allowed);
  EXPECT_FALSE(message(limiter, connection).allowed);
}

TEST_F(LimiterTest, WeightsAreThoseOfTheTenantsByName) {
  LimitOptions options = nothing_limited();
  options.total_messages = {.per_second = 1000, .burst = 10};
  options.tenant_weights = {{"large", 4.0}};
  Limiter limiter(options, tables);
  double large = 0;
  double small = 0;
  for (int ms = 0; ms < 10'000; ++ms) {
    const base::Instant now = kStart + milliseconds{ms};
    for (int i = 0; i < 3; ++i) {
      const auto of = [&](std::string_view tenant) {
        return limiter.check_message(connection, false, {1, engine::hash_name(tenant), 0}, 1, now)
            .allowed;
      };
      if (of("large")) ++large;
      if (of("small")) ++small;
    }
  }
  EXPECT_NEAR(large / small, 4.0, 0.4);
}

TEST_F(LimiterTest, JoinsAndErrorsOfAConnection) {
  LimitOptions options = nothing_limited();
  options.connection_joins = {.per_second = 10, .burst = 1};
  options.errors_per_minute = 2;
  Limiter limiter(options, tables);
  EXPECT_TRUE(limiter.check_join(connection, kAnn, kStart).allowed);
  expect_refused(limiter.check_join(connection, kAnn, kStart), LimitKind::connection_joins,
                 milliseconds{100});
  EXPECT_TRUE(limiter.check_error(connection, kStart).allowed);
  EXPECT_TRUE(limiter.check_error(connection, kStart).allowed);
  expect_refused(limiter.check_error(connection, kStart), LimitKind::connection_errors,
                 seconds{30});
}

TEST_F(LimiterTest, ConnectionsOfAnAddressAndOfATenant) {
  LimitOptions options = nothing_limited();
  options.address_connections = {.per_second = 1, .burst = 2};
  options.tenant_connections = kOne;
  Limiter limiter(options, tables);
  EXPECT_TRUE(limiter.check_connection(1, 5, kStart).allowed);
  expect_refused(limiter.check_connection(1, 5, kStart), LimitKind::tenant_connections, seconds{1});
  EXPECT_TRUE(limiter.check_connection(1, 0, kStart).allowed) << "was given back";
  expect_refused(limiter.check_connection(1, 6, kStart), LimitKind::address_connections,
                 seconds{1});
  EXPECT_TRUE(limiter.check_connection(0, 6, kStart).allowed) << "was not taken";
}

TEST_F(LimiterTest, BytesOfAUserAndOfATenant) {
  LimitOptions options = nothing_limited();
  options.user_bytes = {.per_second = 1000, .burst = 200};
  options.tenant_bytes = {.per_second = 1000, .burst = 300};
  Limiter shard(options, tables);
  Limiter other_shard(options, tables);
  ConnectionBuckets second;
  EXPECT_TRUE(message(shard, connection).allowed);
  EXPECT_TRUE(message(other_shard, second).allowed);
  expect_refused(message(shard, connection), LimitKind::user_bytes, milliseconds{100});
  EXPECT_TRUE(message(shard, connection, 11).allowed);
  expect_refused(message(other_shard, second, 11), LimitKind::tenant_bytes, milliseconds{100});
  // The other user's own bucket has lost nothing by that.
  EXPECT_TRUE(message(shard, connection, 11, 21).allowed);
  expect_refused(message(shard, connection, 11, 21), LimitKind::user_bytes, milliseconds{100});
}

TEST_F(LimiterTest, MessagesFromAnAddressWhoeverSpeaks) {
  LimitOptions options = nothing_limited();
  options.address_messages = {.per_second = 1, .burst = 2};
  options.user_messages = {.per_second = 1, .burst = 2};
  Limiter limiter(options, tables);
  EXPECT_TRUE(limiter.limits_address_messages());
  EXPECT_FALSE(Limiter(nothing_limited(), tables).limits_address_messages());
  ConnectionBuckets second;
  EXPECT_TRUE(message(limiter, connection).allowed);
  EXPECT_TRUE(message(limiter, second, 11, 21).allowed);
  expect_refused(message(limiter, second, 11, 21), LimitKind::address_messages, seconds{1});
  // From another address that user may still say one more; an unknown one is not limited at all.
  EXPECT_TRUE(message(limiter, second, 11, 21, false, 100, 31).allowed);
  for (std::uint64_t user = 100; user < 110; ++user) {
    EXPECT_TRUE(message(limiter, second, user, 21, false, 100, 0).allowed);
  }
}

TEST_F(LimiterTest, JoinsOfAUserAndOfATenant) {
  LimitOptions options = nothing_limited();
  options.connection_joins = {.per_second = 1, .burst = 2};
  options.user_joins = kOne;
  options.tenant_joins = {.per_second = 1, .burst = 2};
  Limiter shard(options, tables);
  Limiter other_shard(options, tables);
  ConnectionBuckets second;
  EXPECT_TRUE(shard.check_join(connection, kAnn, kStart).allowed);
  expect_refused(other_shard.check_join(second, kAnn, kStart), LimitKind::user_joins, seconds{1});
  EXPECT_TRUE(shard.check_join(connection, {.user = 11, .tenant = 20}, kStart).allowed);
  expect_refused(shard.check_join(connection, {.user = 12, .tenant = 21}, kStart),
                 LimitKind::connection_joins, seconds{1});
  expect_refused(shard.check_join(second, {.user = 12, .tenant = 20}, kStart),
                 LimitKind::tenant_joins, seconds{1});
  EXPECT_TRUE(shard.check_join(second, {.user = 12, .tenant = 21}, kStart).allowed);
}

TEST_F(LimiterTest, HandshakesOfAnAddress) {
  LimitOptions options = nothing_limited();
  options.address_handshakes = kOne;
  Limiter limiter(options, tables);
  EXPECT_TRUE(limiter.check_handshake(1, kStart).allowed);
  expect_refused(limiter.check_handshake(1, kStart), LimitKind::address_handshakes, seconds{1});
  EXPECT_TRUE(limiter.check_handshake(2, kStart).allowed);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limiter.check_handshake(0, kStart).allowed) << "unknown";
}

TEST(LimitKind, EachHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (std::uint8_t kind = 0; kind < kLimitKindCount; ++kind) {
    names.insert(name(static_cast<LimitKind>(kind)));
  }
  EXPECT_EQ(names.size(), kLimitKindCount);
}

}  // namespace
}  // namespace app
