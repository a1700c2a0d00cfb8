#include "app/auth/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/gateway_limits.h"

namespace app {
namespace {

using testing::HasSubstr;

Identity good() {
  return Identity{
      .user = "u-1", .tenant = "acme.eu_1", .roles = {"driver"}, .permissions = {"a b"}};
}

template <typename Change>
std::string_view mistake_after(Change change) {
  Identity identity = good();
  change(identity);
  return mistake_of(identity);
}

TEST(Identity, TypesHaveNames) {
  EXPECT_EQ(name(UserType::employee), "employee");
  EXPECT_EQ(name(UserType::guest), "guest");
  EXPECT_EQ(name(UserType::supervisor), "supervisor");
}

TEST(Identity, AGoodOneHasNoMistake) {
  EXPECT_EQ(mistake_of(good()), "");
  EXPECT_EQ(mistake_after([](Identity& i) { i.user = "J\xc3\xbcrgen <x@y>"; }), "");
  EXPECT_EQ(mistake_after([](Identity& i) { i.roles.clear(); }), "");
}

TEST(Identity, ATenantAndAGrantAreJudgedAloneToo) {
  EXPECT_EQ(mistake_of_tenant(std::string(kTenantBytesMax, 't')), "");
  EXPECT_NE(mistake_of_tenant(std::string(kTenantBytesMax + 1, 't')), "");
  EXPECT_NE(mistake_of_tenant(""), "");
  EXPECT_NE(mistake_of_tenant("a b"), "");
  EXPECT_TRUE(is_grant_name(std::string(kRoleBytesMax, 'r')));
  EXPECT_FALSE(is_grant_name(std::string(kRoleBytesMax + 1, 'r')));
  EXPECT_FALSE(is_grant_name("\xff"));
  EXPECT_FALSE(is_grant_name(""));
}

TEST(Identity, EachBoundIsKeptToTheByte) {
  const auto user = [](std::size_t size) {
    return mistake_after([=](Identity& i) { i.user = std::string(size, 'u'); });
  };
  EXPECT_EQ(user(kUserBytesMax), "");
  EXPECT_THAT(user(kUserBytesMax + 1), HasSubstr("user is too long"));
  EXPECT_THAT(user(0), HasSubstr("user is empty"));
  const auto tenant = [](std::size_t size) {
    return mistake_after([=](Identity& i) { i.tenant = std::string(size, 't'); });
  };
  EXPECT_EQ(tenant(kTenantBytesMax), "");
  EXPECT_THAT(tenant(kTenantBytesMax + 1), HasSubstr("tenant is too long"));
  EXPECT_THAT(tenant(0), HasSubstr("tenant is empty"));
  const auto display_name = [](std::size_t size) {
    return mistake_after([=](Identity& i) { i.display_name = std::string(size, 'n'); });
  };
  EXPECT_EQ(display_name(0), "");
  EXPECT_EQ(display_name(kDisplayNameBytesMax), "");
  EXPECT_THAT(display_name(kDisplayNameBytesMax + 1), HasSubstr("display name is too long"));
  const auto token_id = [](std::size_t size) {
    return mistake_after([=](Identity& i) { i.token_id = std::string(size, 'j'); });
  };
  EXPECT_EQ(token_id(kTokenIdBytesMax), "");
  EXPECT_THAT(token_id(kTokenIdBytesMax + 1), HasSubstr("token's id is too long"));
}

TEST(Identity, ListsAreBoundedInNumberAndSize) {
  const auto roles = [](std::size_t count, std::size_t size) {
    return mistake_after([=](Identity& i) { i.roles.assign(count, std::string(size, 'r')); });
  };
  EXPECT_EQ(roles(kRolesMost, kRoleBytesMax), "");
  EXPECT_THAT(roles(kRolesMost + 1, 1), HasSubstr("too many roles"));
  EXPECT_THAT(roles(1, kRoleBytesMax + 1), HasSubstr("a role is"));
  EXPECT_THAT(roles(1, 0), HasSubstr("a role is empty"));
  const auto permissions = [](std::size_t count, std::size_t size) {
    return mistake_after([=](Identity& i) { i.permissions.assign(count, std::string(size, 'p')); });
  };
  EXPECT_EQ(permissions(kPermissionsMost, kRoleBytesMax), "");
  EXPECT_THAT(permissions(kPermissionsMost + 1, 1), HasSubstr("too many permissions"));
  EXPECT_THAT(permissions(1, kRoleBytesMax + 1), HasSubstr("a permission is"));
}

TEST(Identity, ControlCharactersAndBrokenTextAreRefusedEverywhere) {
  using namespace std::literals;
  for (const std::string& bad : {"a\0b"s, "a\n"s, "\x1b[31m"s, "a\x7f"s, "a\xc2\x85z"s, "\xff"s,
                                 "\xed\xa0\x80"s, "a\xc2"s}) {
    EXPECT_NE(mistake_after([&](Identity& i) { i.user = bad; }), "");
    EXPECT_NE(mistake_after([&](Identity& i) { i.tenant = bad; }), "");
    EXPECT_NE(mistake_after([&](Identity& i) { i.display_name = bad; }), "");
    EXPECT_NE(mistake_after([&](Identity& i) { i.roles = {"good", bad}; }), "");
    EXPECT_NE(mistake_after([&](Identity& i) { i.permissions = {bad}; }), "");
    EXPECT_NE(mistake_after([&](Identity& i) { i.token_id = bad; }), "");
  }
  EXPECT_EQ(mistake_after([](Identity& i) { i.user = "\xc2\xa0"; }), "");  // Just past C1.
}

TEST(Identity, ATenantBecomesPartOfRoomNames) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  for (int octet = 0; octet < 256; ++octet) {
    const char c = static_cast<char>(octet);
    const bool allowed = kAllowed.find(c) != std::string_view::npos;
    EXPECT_EQ(mistake_after([=](Identity& i) { i.tenant = c; }).empty(), allowed) << octet;
  }
}

TEST(Identity, TimesAreOfThisAge) {
  EXPECT_EQ(mistake_after([](Identity& i) { i.expires_at = kTokenTimeMost; }), "");
  EXPECT_NE(mistake_after([](Identity& i) { i.expires_at = kTokenTimeMost + 1; }), "");
  EXPECT_NE(mistake_after([](Identity& i) { i.expires_at = -1; }), "");
  EXPECT_NE(mistake_after([](Identity& i) { i.issued_at = kTokenTimeMost + 1; }), "");
  EXPECT_NE(mistake_after([](Identity& i) { i.issued_at = -1; }), "");
}

}  // namespace
}  // namespace app
