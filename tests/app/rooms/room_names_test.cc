#include "app/rooms/room_names.h"

#include <gtest/gtest.h>

#include <string>

#include "app/gateway_limits.h"
#include "engine/room/room_name.h"

namespace app {
namespace {

TEST(RoomNames, EveryOctetIsJudged) {
  for (int octet = 0; octet < 256; ++octet) {
    const std::string name = std::string("a") + static_cast<char>(octet);
    EXPECT_EQ(is_room_name(name), octet >= 0x20 && octet != 0x7F) << octet;
  }
}

TEST(RoomNames, LengthsAreBounded) {
  EXPECT_FALSE(is_room_name(""));
  EXPECT_TRUE(is_room_name(std::string(kRoomNameTextMax, 'r')));
  EXPECT_FALSE(is_room_name(std::string(kRoomNameTextMax + 1, 'r')));
}

TEST(RoomNames, ThoseOfUsersAndTenantsAreReserved) {
  EXPECT_TRUE(is_reserved("user:ann"));
  EXPECT_TRUE(is_reserved("user:"));
  EXPECT_TRUE(is_reserved("tenant:acme"));
  EXPECT_FALSE(is_reserved("User:ann"));
  EXPECT_FALSE(is_reserved("user"));
  EXPECT_FALSE(is_reserved("my user:ann"));
}

TEST(RoomNames, TheEnginesNameIsRoomAndTenant) {
  std::string name = "before";
  set_engine_name(name, "support", "acme");
  EXPECT_EQ(name,
            "support\x01"
            "acme");
  EXPECT_EQ(tenant_of(name), "acme");
  EXPECT_TRUE(is_engine_name(name, "support", "acme"));
  EXPECT_FALSE(is_engine_name(name, "support", "acm"));
  EXPECT_FALSE(is_engine_name(name, "suppor", "tacme"));
  EXPECT_FALSE(is_engine_name(name, "supports", "cme"));
  EXPECT_FALSE(is_engine_name(name, "supporT", "acme"));
  EXPECT_FALSE(is_engine_name(name, "support", "acmE"));
  EXPECT_FALSE(is_engine_name("", "support", "acme"));
  EXPECT_EQ(engine::without_tag(name), "support");
  set_tenant_room(name, "acme");
  EXPECT_EQ(name,
            "tenant:acme\x01"
            "acme");
  EXPECT_TRUE(is_reserved(name));
}

// No name that a client may say leads to a room of another tenant, or to everybody's.
TEST(RoomNames, NamesOfTwoTenantsNeverMeet) {
  std::string one;
  std::string other;
  set_engine_name(one, "a", "bc");
  set_engine_name(other, "ab", "c");
  EXPECT_NE(one, other);
  EXPECT_FALSE(
      is_room_name("a\x01"
                   "c"));
  EXPECT_FALSE(is_room_name(kEverybody));
  set_engine_name(one, "everybody", "acme");
  EXPECT_NE(one, kEverybody);
  EXPECT_EQ(tenant_of(kEverybody), "");
  EXPECT_EQ(tenant_of("raw"), "");
}

TEST(RoomNames, APersonalRoomNamesItsUser) {
  EXPECT_EQ(user_of_room("user:ann"), "ann");
  EXPECT_EQ(user_of_room("user:a:b"), "a:b");
  for (const char* other : {"user:", "users:ann", "USER:ann", "tenant:acme", ""}) {
    EXPECT_FALSE(user_of_room(other).has_value()) << other;
  }
}

}  // namespace
}  // namespace app
