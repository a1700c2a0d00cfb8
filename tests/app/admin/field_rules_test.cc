#include "app/admin/field_rules.h"

#include <gtest/gtest.h>

#include <string>

#include "app/gateway_limits.h"
#include "app/rooms/room_names.h"
#include "base/limits.h"

namespace app {
namespace {

TEST(FieldRules, ATenantHasFewCharacters) {
  EXPECT_EQ(rule_of_tenant("Acme-1_2.eu"), "");
  EXPECT_EQ(rule_of_tenant(std::string(kTenantBytesMax, 'a')), "");
  for (const std::string& text :
       {std::string(), std::string(kTenantBytesMax + 1, 'a'), std::string("a b"),
        std::string("a/b"), std::string("\xC3\xA9")}) {
    EXPECT_NE(rule_of_tenant(text), "") << text;
  }
}

TEST(FieldRules, NamesAreBoundedUtf8WithoutControlCharacters) {
  struct Case {
    TextRule rule;
    std::size_t bytes_max;
  };
  for (const auto& [rule, bytes_max] :
       {Case{rule_of_user, kUserBytesMax}, Case{rule_of_room, kRoomNameTextMax},
        Case{rule_of_event, kEventNameBytesMax}, Case{rule_of_connection, kConnectionIdBytesMax},
        Case{rule_of_message_id, kRequestIdBytesMax}, Case{rule_of_token_id, kTokenIdBytesMax},
        Case{rule_of_role, kRoleBytesMax}}) {
    EXPECT_EQ(rule("\xC3\xBC"
                   "ber uns"),
              "");
    EXPECT_EQ(rule(std::string(bytes_max, 'x')), "");
    EXPECT_NE(rule(std::string(bytes_max + 1, 'x')), "");
    EXPECT_NE(rule(""), "");
    EXPECT_NE(rule("a\nb"), "");
    EXPECT_NE(rule(std::string("a\0b", 3)), "");
    EXPECT_NE(rule("a\x7f"), "");
    EXPECT_NE(rule("\xff"), "");
  }
}

// The gateway relies on it, and would end the process over a name that slipped through.
TEST(FieldRules, ARoomIsOneOfTheGateways) {
  for (const std::size_t size : {0UL, 1UL, 2UL, kRoomNameTextMax, kRoomNameTextMax + 1}) {
    for (int octet = 0; octet < 256; ++octet) {
      std::string name(size, 'x');
      if (!name.empty()) name.back() = static_cast<char>(octet);
      EXPECT_TRUE(!rule_of_room(name).empty() || is_room_name(name)) << size << ' ' << octet;
    }
  }
}

// As clients' are: any text.
TEST(FieldRules, AKeyIsBoundedInBytesAlone) {
  EXPECT_EQ(rule_of_key("a\nb"), "");
  EXPECT_EQ(rule_of_key(std::string(kConflationKeyBytesMax, 'k')), "");
  EXPECT_NE(rule_of_key(std::string(kConflationKeyBytesMax + 1, 'k')), "");
  EXPECT_NE(rule_of_key(""), "");
}

TEST(FieldRules, SomeTextsMayBeEmpty) {
  EXPECT_EQ(rule_of_prefix(""), "");
  EXPECT_EQ(rule_of_cursor(""), "");
  EXPECT_EQ(rule_of_reason(""), "");
  EXPECT_EQ(rule_of_reason(std::string(base::kCloseReasonBytesMax, 'x')), "");
  EXPECT_NE(rule_of_reason(std::string(base::kCloseReasonBytesMax + 1, 'x')), "");
  EXPECT_EQ(rule_of_cursor("1.20"), "");
  EXPECT_NE(rule_of_cursor("1."), "");
  EXPECT_NE(rule_of_cursor(std::string(kAdminCursorBytesMax, '0') + "1.2"), "");
  EXPECT_NE(rule_of_prefix("\xff"), "");
}

}  // namespace
}  // namespace app
