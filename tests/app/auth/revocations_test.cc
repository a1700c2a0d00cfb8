#include "app/auth/revocations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "app/gateway_limits.h"

namespace app {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kNow = 1'800'000'000;

Identity who(std::string user, std::string tenant, std::string token_id, std::int64_t issued_at) {
  return Identity{.user = std::move(user),
                  .tenant = std::move(tenant),
                  .token_id = std::move(token_id),
                  .issued_at = issued_at};
}

TEST(Revocations, ATokenById) {
  Revocations revocations;
  EXPECT_FALSE(revocations.is_revoked(who("u", "t", "id", kNow), kNow));
  ASSERT_TRUE(revocations.revoke_token("id", kNow + 10).ok());
  EXPECT_TRUE(revocations.is_revoked(who("u", "t", "id", kNow), kNow));
  EXPECT_TRUE(revocations.is_revoked(who("u", "t", "id", kNow), kNow + 10));
  EXPECT_FALSE(revocations.is_revoked(who("u", "t", "id", kNow), kNow + 11));
  EXPECT_FALSE(revocations.is_revoked(who("u", "t", "other", kNow), kNow));
  EXPECT_FALSE(revocations.is_revoked(who("u", "t", "", kNow), kNow));
}

TEST(Revocations, AUsersTokensOfBefore) {
  Revocations revocations;
  ASSERT_TRUE(revocations.revoke_user("t", "u", kNow, kNow + 100).ok());
  EXPECT_TRUE(revocations.is_revoked(who("u", "t", "", kNow - 1), kNow));
  EXPECT_FALSE(revocations.is_revoked(who("u", "t", "", kNow), kNow)) << "issued since";
  EXPECT_TRUE(revocations.is_revoked(who("u", "t", "", 0), kNow)) << "does not say when";
  EXPECT_FALSE(revocations.is_revoked(who("u", "t2", "", 0), kNow));
  EXPECT_FALSE(revocations.is_revoked(who("u2", "t", "", 0), kNow));
  EXPECT_FALSE(revocations.is_revoked(who("u", "t", "", 0), kNow + 101));
}

TEST(Revocations, TheStrongerOfTwoHolds) {
  Revocations revocations;
  ASSERT_TRUE(revocations.revoke_user("t", "u", kNow, kNow + 100).ok());
  ASSERT_TRUE(revocations.revoke_user("t", "u", kNow - 50, kNow + 200).ok());
  EXPECT_EQ(revocations.counts().entries, 1U);
  EXPECT_TRUE(revocations.is_revoked(who("u", "t", "", kNow - 1), kNow + 200));
  ASSERT_TRUE(revocations.revoke_token("id", kNow + 100).ok());
  ASSERT_TRUE(revocations.revoke_token("id", kNow).ok());
  EXPECT_TRUE(revocations.is_revoked(who("x", "t", "id", kNow), kNow + 100));
}

TEST(Revocations, NamesKeepTheirBounds) {
  Revocations revocations;
  EXPECT_FALSE(revocations.revoke_token("", kNow).ok());
  EXPECT_FALSE(revocations.revoke_token(std::string(kTokenIdBytesMax + 1, 'i'), kNow).ok());
  EXPECT_THAT(revocations.revoke_user("", "u", 0, kNow).error().message, HasSubstr("tenant"));
  EXPECT_THAT(revocations.revoke_user("t", "", 0, kNow).error().message, HasSubstr("user"));
  EXPECT_EQ(revocations.counts().entries, 0U);
}

TEST(Revocations, FullSaysSoUntilSomeHaveRunOut) {
  Revocations revocations;
  for (std::size_t i = 0; i < kRevocationsMost; ++i) {
    ASSERT_TRUE(revocations.revoke_token("t" + std::to_string(i), kNow + (i < 10 ? 5 : 500)).ok());
  }
  EXPECT_THAT(revocations.revoke_token("more", kNow + 500).error().message,
              HasSubstr("100000 revocations are in force"));
  EXPECT_TRUE(revocations.revoke_token("t7", kNow + 5).ok()) << "is there already";
  EXPECT_TRUE(revocations.revoke_user("t", "u", kNow, kNow + 500).ok()) << "counted apart";
  EXPECT_FALSE(revocations.is_revoked(who("x", "t", "more", kNow), kNow + 6));
  EXPECT_TRUE(revocations.revoke_token("more", kNow + 500).ok()) << "ten have run out";
  EXPECT_EQ(revocations.counts().entries, kRevocationsMost - 10 + 2);
  EXPECT_TRUE(revocations.is_revoked(who("x", "t", "more", kNow), kNow));
}

TEST(Revocations, ShardsAskWhileTheServerRevokes) {
  Revocations revocations;
  std::atomic<bool> done{false};
  std::uint64_t seen = 0;
  std::jthread shard([&] {
    while (!done.load()) {
      seen += revocations.is_revoked(who("u", "t", "t0", kNow), kNow) ? 1 : 0;
    }
    seen += revocations.is_revoked(who("u", "t", "t999", kNow), kNow) ? 1 : 0;
  });
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(revocations.revoke_token("t" + std::to_string(i), kNow + 5).ok());
  }
  done.store(true);
  shard.join();
  EXPECT_GT(seen, 0U);
}

}  // namespace
}  // namespace app
