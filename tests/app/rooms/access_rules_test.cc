#include "app/rooms/access_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "app/gateway_limits.h"

namespace app {
namespace {

AccessVerdict judge(const AccessRules& rules, const Identity& who, RoomOperation operation,
                    std::string_view room) {
  const Grants grants = grants_of(who);
  return rules.judge({who.user, &grants, operation, room});
}

bool admits(const AccessRules& rules, const Identity& who, RoomOperation operation,
            std::string_view room) {
  return judge(rules, who, operation, room) == AccessVerdict::yes;
}

using testing::HasSubstr;
using Names = std::vector<std::string>;

constexpr auto kOperations =
    std::to_array({RoomOperation::create, RoomOperation::join, RoomOperation::send,
                   RoomOperation::history, RoomOperation::presence});

Identity someone(UserType type = UserType::employee) {
  Identity identity;
  identity.user = "u1";
  identity.tenant = "acme";
  identity.type = type;
  return identity;
}

AccessRule rule(std::string pattern, Names join, Names send = {}) {
  AccessRule made{.pattern = std::move(pattern)};
  made.admits[static_cast<std::size_t>(RoomOperation::join)] = std::move(join);
  made.admits[static_cast<std::size_t>(RoomOperation::send)] = std::move(send);
  return made;
}

bool may_join(const AccessRules& rules, const Identity& who, std::string_view room) {
  return admits(rules, who, RoomOperation::join, room);
}

std::string error_of(const AccessRule& wrong) {
  AccessRules rules;
  const base::Status added = rules.add(wrong);
  return added.ok() ? "none" : added.error().message;
}

TEST(AccessRules, WithoutAnyMembersMayDoEverythingAndGuestsNothing) {
  const AccessRules rules;
  for (const RoomOperation operation : kOperations) {
    EXPECT_TRUE(admits(rules, someone(), operation, "lobby"));
    EXPECT_TRUE(admits(rules, someone(UserType::supervisor), operation, "lobby"));
    EXPECT_FALSE(admits(rules, someone(UserType::guest), operation, "lobby"));
  }
}

TEST(AccessRules, GuestRoomsAreForGuests) {
  AccessRules rules;
  ASSERT_TRUE(rules.add_guest_room("support.{user}").ok());
  for (const RoomOperation operation : kOperations) {
    EXPECT_TRUE(admits(rules, someone(UserType::guest), operation, "support.u1"));
    EXPECT_FALSE(admits(rules, someone(UserType::guest), operation, "support.u2"));
    EXPECT_TRUE(admits(rules, someone(), operation, "support.u2"));
  }
}

TEST(AccessRules, ARuleDecidesBeforeTheGuestRooms) {
  AccessRules rules;
  ASSERT_TRUE(rules.add(rule("support.closed", {"type:employee"})).ok());
  ASSERT_TRUE(rules.add_guest_room("support.*").ok());
  EXPECT_FALSE(may_join(rules, someone(UserType::guest), "support.closed"));
  EXPECT_TRUE(may_join(rules, someone(UserType::guest), "support.open"));
  EXPECT_FALSE(may_join(rules, someone(), "support.open")) << "no rule fits";
}

TEST(AccessRules, TheFirstThatFitsDecides) {
  AccessRules rules;
  ASSERT_TRUE(rules.add(rule("news.*", {"*"}, {"role:editor"})).ok());
  ASSERT_TRUE(rules.add(rule("news.inside", {}, {"*"})).ok());
  EXPECT_TRUE(may_join(rules, someone(), "news.inside"));
  EXPECT_FALSE(admits(rules, someone(), RoomOperation::send, "news.inside"));
  EXPECT_FALSE(may_join(rules, someone(), "other")) << "what no rule fits is closed";
}

TEST(AccessRules, AdmitByRolePermissionAndType) {
  AccessRules rules;
  ASSERT_TRUE(rules.add(rule("r", {"role:admin", "permission:chat:read", "type:guest"})).ok());
  EXPECT_FALSE(may_join(rules, someone(), "r"));
  EXPECT_TRUE(may_join(rules, someone(UserType::guest), "r"));
  Identity admin = someone();
  admin.roles = {"user", "admin"};
  EXPECT_TRUE(may_join(rules, admin, "r"));
  Identity reader = someone();
  reader.permissions = {"chat:read"};
  EXPECT_TRUE(may_join(rules, reader, "r"));
  Identity liar = someone();  // A role is no permission, and a word of its own.
  liar.roles = {"chat:read", "role:admin", "administrator", "*"};
  liar.permissions = {"admin"};
  EXPECT_FALSE(may_join(rules, liar, "r"));
}

TEST(AccessRules, AnEmptyListIsNobody) {
  AccessRules rules;
  ASSERT_TRUE(rules.add(rule("*", {})).ok());
  for (const RoomOperation operation : kOperations) {
    EXPECT_FALSE(admits(rules, someone(UserType::supervisor), operation, "r"));
  }
}

TEST(AccessRules, HostileUsersAreNotPatterns) {
  AccessRules rules;
  ASSERT_TRUE(rules.add(rule("dm.{user}", {"*"})).ok());
  Identity hostile = someone();
  for (const std::string user : {"*", "{tenant}", "u1*", ".*", "{user}"}) {
    hostile.user = user;
    EXPECT_FALSE(may_join(rules, hostile, "dm.u1")) << user;
    EXPECT_TRUE(may_join(rules, hostile, "dm." + user)) << user;
  }
}

TEST(AccessRules, SayWhatIsWrong) {
  EXPECT_THAT(error_of(rule("{me}", {})), HasSubstr("braces are for"));
  EXPECT_EQ(error_of(rule("r", {"admin"})),
            "'admin': write role:NAME, permission:NAME, type:TYPE, service, or * for everybody");
  EXPECT_EQ(error_of(rule("r", {"type:robot"})),
            "'type:robot': a type is one of employee, guest, supervisor");
  EXPECT_EQ(error_of(rule("r", {"role:"})), "'role:': the name is missing");
  EXPECT_THAT(error_of(rule("r", {"role:" + std::string(65, 'x')})), HasSubstr("at most 64 bytes"));
  EXPECT_EQ(error_of(rule("r", Names(65, "*"))), "at most 64 names for join");
}

TEST(AccessRules, AServiceIsAskedForWhomNothingElseAdmits) {
  AccessRules rules;
  EXPECT_FALSE(rules.asks_service());
  ASSERT_TRUE(rules.add(rule("desk-*", {"type:supervisor", "service"}, {"*"})).ok());
  EXPECT_TRUE(rules.asks_service());
  const auto verdict = [&](UserType type, RoomOperation operation, std::string_view room) {
    return judge(rules, someone(type), operation, room);
  };
  EXPECT_EQ(verdict(UserType::supervisor, RoomOperation::join, "desk-1"), AccessVerdict::yes);
  EXPECT_EQ(verdict(UserType::employee, RoomOperation::join, "desk-1"), AccessVerdict::ask);
  EXPECT_EQ(verdict(UserType::guest, RoomOperation::join, "desk-1"), AccessVerdict::ask);
  EXPECT_EQ(verdict(UserType::employee, RoomOperation::send, "desk-1"), AccessVerdict::yes);
  EXPECT_EQ(verdict(UserType::employee, RoomOperation::history, "desk-1"), AccessVerdict::no);
  EXPECT_EQ(verdict(UserType::employee, RoomOperation::join, "lobby"), AccessVerdict::no);
}

TEST(AccessRules, AreBounded) {
  AccessRules rules;
  for (std::size_t i = 0; i < kAccessRulesMost; ++i) ASSERT_TRUE(rules.add(rule("r", {})).ok());
  EXPECT_FALSE(rules.add(rule("r", {})).ok());
  for (std::size_t i = 0; i < kAccessRulesMost; ++i) ASSERT_TRUE(rules.add_guest_room("r").ok());
  EXPECT_FALSE(rules.add_guest_room("r").ok());
}

TEST(RoomOperation, HaveTheNamesOfTheTables) {
  EXPECT_EQ(name(RoomOperation::create), "create");
  EXPECT_EQ(name(RoomOperation::presence), "presence");
}

}  // namespace
}  // namespace app
