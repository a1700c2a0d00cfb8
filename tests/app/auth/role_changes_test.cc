#include "app/auth/role_changes.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "app/gateway_limits.h"

namespace app {
namespace {

constexpr std::int64_t kNow = 1'800'000'000;

std::vector<std::string> roles_of(const RoleChanges& changes, std::int64_t issued_at,
                                  std::int64_t now = kNow, std::string tenant = "t") {
  Identity identity{.user = "u",
                    .tenant = std::move(tenant),
                    .roles = {"token"},
                    .permissions = {"token:say"},
                    .issued_at = issued_at};
  changes.apply(identity, now);
  EXPECT_EQ(identity.permissions.empty(), identity.roles != std::vector<std::string>{"token"});
  return identity.roles;
}

using Roles = std::vector<std::string>;

TEST(RoleChanges, HoldForTokensOfBefore) {
  RoleChanges changes;
  EXPECT_EQ(roles_of(changes, kNow), Roles{"token"});
  ASSERT_TRUE(changes.set("t", "u", {.roles = {"new"}, .at = kNow, .until = kNow + 10}).ok());
  EXPECT_EQ(roles_of(changes, kNow - 1), Roles{"new"});
  EXPECT_EQ(roles_of(changes, kNow), Roles{"new"}) << "it cannot be told from one of before";
  EXPECT_EQ(roles_of(changes, 0), Roles{"new"}) << "it does not say when it was issued";
  EXPECT_EQ(roles_of(changes, kNow + 1), Roles{"token"}) << "it says the roles anew";
  EXPECT_EQ(roles_of(changes, kNow, kNow, "other"), Roles{"token"});
  EXPECT_EQ(roles_of(changes, kNow, kNow + 10), Roles{"new"});
  EXPECT_EQ(roles_of(changes, kNow, kNow + 11), Roles{"token"});
}

TEST(RoleChanges, TheLaterHolds) {
  RoleChanges changes;
  ASSERT_TRUE(changes.set("t", "u", {.roles = {"2"}, .at = kNow + 2, .until = kNow + 10}).ok());
  ASSERT_TRUE(changes.set("t", "u", {.roles = {"1"}, .at = kNow + 1, .until = kNow + 10}).ok());
  EXPECT_EQ(roles_of(changes, kNow), Roles{"2"});
  ASSERT_TRUE(changes.set("t", "u", {.roles = {"3"}, .at = kNow + 2, .until = kNow + 10}).ok());
  EXPECT_EQ(roles_of(changes, kNow), Roles{"3"});
  EXPECT_EQ(changes.counts().entries, 1U);
}

TEST(RoleChanges, AreBounded) {
  RoleChanges changes;
  for (std::size_t i = 0; i < kRoleChangesMost; ++i) {
    ASSERT_TRUE(changes.set("t", std::to_string(i), {.at = kNow, .until = kNow}).ok());
  }
  EXPECT_FALSE(changes.set("t", "u", {.at = kNow, .until = kNow + 10}).ok());
  EXPECT_TRUE(changes.set("t", "0", {.at = kNow, .until = kNow + 10}).ok());
  EXPECT_EQ(roles_of(changes, kNow, kNow + 1), Roles{"token"});
  EXPECT_TRUE(changes.set("t", "u", {.at = kNow, .until = kNow + 10}).ok());
  EXPECT_EQ(changes.counts().entries, 2U);
}

TEST(RoleChanges, AreBoundedInBytes) {
  RoleChanges changes;
  const RoleChanges::Change large{
      .permissions = std::vector<std::string>(kPermissionsMost, std::string(kRoleBytesMax, 'p')),
      .at = kNow,
      .until = kNow};
  std::size_t kept = 0;
  while (changes.set("t", std::to_string(kept), large).ok()) ++kept;
  EXPECT_EQ(changes.counts().entries, kept);
  EXPECT_LE(changes.counts().bytes, kRoleChangeBytesMost);
  EXPECT_GT(changes.counts().bytes, kRoleChangeBytesMost - 2 * large.bytes());
  EXPECT_EQ(changes.counts().refused, 1U);
  EXPECT_TRUE(changes.set("t", "0", large).ok()) << "it takes the place of its own";
  EXPECT_TRUE(changes.set("t", "1", {.at = kNow, .until = kNow}).ok());
  EXPECT_TRUE(changes.set("t", "more", large).ok()) << "one has become small";
  EXPECT_EQ(roles_of(changes, kNow, kNow + 1), Roles{"token"});
  EXPECT_TRUE(changes.set("t", "u", large).ok()) << "all have run out";
  EXPECT_EQ(changes.counts().entries, 1U);
}

}  // namespace
}  // namespace app
