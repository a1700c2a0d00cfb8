#include "app/auth/guest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <set>

namespace app {
namespace {

TEST(Guest, IsOfTheOptionsTenantWithTheirPermissions) {
  AuthOptions options;
  options.guest_tenant = "lobby";
  options.guest_permissions = {"chat:read"};
  const Identity guest = make_guest(options, 0x0123456789abcdef);
  EXPECT_THAT(guest.user, testing::MatchesRegex("guest-[a-z2-7]{13}"));
  EXPECT_EQ(guest.tenant, "lobby");
  EXPECT_THAT(guest.permissions, testing::ElementsAre("chat:read"));
  EXPECT_EQ(guest.type, UserType::guest);
  EXPECT_EQ(guest.expires_at, 0);
  EXPECT_EQ(mistake_of(guest), "");
}

TEST(Guest, EachNumberIsAnotherName) {
  std::set<std::string> names;
  for (int bit = 0; bit < 64; ++bit) {
    names.insert(make_guest({}, std::uint64_t{1} << bit).user);
  }
  names.insert(make_guest({}, 0).user);
  names.insert(make_guest({}, std::numeric_limits<std::uint64_t>::max()).user);
  EXPECT_EQ(names.size(), 66U);
}

}  // namespace
}  // namespace app
