#include "app/clients/grants_pool.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace app {
namespace {

TEST(GrantsPool, TheSameAreShared) {
  GrantsPool pool;
  const Grants grants{.tenant = "acme", .roles = {"a", "b"}, .permissions = {"p"}};
  const SharedGrants one = pool.share(grants);
  EXPECT_EQ(pool.share(grants), one);
  EXPECT_EQ(pool.size(), 1U);
  EXPECT_EQ(one->roles, grants.roles);
}

TEST(GrantsPool, WhatDiffersAnywhereIsApart) {
  GrantsPool pool;
  const std::vector<Grants> all{
      {.tenant = "acme"},
      {.tenant = "acm", .roles = {"e"}},
      {.tenant = "acme", .type = UserType::supervisor},
      {.tenant = "acme", .roles = {"a", "b"}},
      {.tenant = "acme", .roles = {"ab"}},
      {.tenant = "acme", .roles = {"b", "a"}},
      {.tenant = "acme", .roles = {"a"}, .permissions = {"b"}},
      {.tenant = "acme", .permissions = {"a", "b"}},
  };
  std::vector<SharedGrants> shared;
  for (const Grants& each : all) shared.push_back(pool.share(each));
  EXPECT_EQ(pool.size(), all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(shared[i]->roles, all[i].roles);
    EXPECT_EQ(shared[i]->permissions, all[i].permissions);
  }
}

TEST(GrantsPool, WhatNobodyHoldsIsForgotten) {
  GrantsPool pool;
  const SharedGrants kept = pool.share({.tenant = "kept"});
  for (int i = 0; i < 10'000; ++i) pool.share({.tenant = "t" + std::to_string(i)});
  EXPECT_LE(pool.size(), 64U);
  EXPECT_EQ(pool.share({.tenant = "kept"}), kept);
}

}  // namespace
}  // namespace app
