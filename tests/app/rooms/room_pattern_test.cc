#include "app/rooms/room_pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "app/gateway_limits.h"
#include "base/limits.h"
#include "base/prng.h"

namespace app {
namespace {

using testing::HasSubstr;

bool matches(std::string_view pattern, std::string_view room, std::string_view user = "u1",
             std::string_view tenant = "acme") {
  return RoomPattern::parse(pattern).take().matches(room, user, tenant);
}

std::string error_of(std::string_view pattern) {
  const auto parsed = RoomPattern::parse(pattern);
  return parsed.ok() ? "none" : parsed.error().message;
}

TEST(RoomPattern, WithoutSpecialCharactersIsOneRoom) {
  EXPECT_TRUE(matches("lobby", "lobby"));
  EXPECT_FALSE(matches("lobby", "lobby2"));
  EXPECT_FALSE(matches("lobby", "Lobby"));
  EXPECT_FALSE(matches("lobby", "lobb"));
  EXPECT_FALSE(matches("lobby", ""));
  EXPECT_TRUE(matches("[a-z]?.+\\d", "[a-z]?.+\\d"));
}

TEST(RoomPattern, AStarIsAnyTextAndNone) {
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("*", "anything at all"));
  EXPECT_TRUE(matches("a*", "a"));
  EXPECT_TRUE(matches("*z", "a.z"));
  EXPECT_TRUE(matches("a*z", "az"));
  EXPECT_FALSE(matches("a*a", "a")) << "one letter is not two";
  EXPECT_TRUE(matches("a*b*c", "a-b-b-c"));
  EXPECT_FALSE(matches("a*b*c", "a-c-b"));
  EXPECT_TRUE(matches("***", "x"));
  EXPECT_TRUE(matches("*ab*ab*", "abab"));
  EXPECT_FALSE(matches("*ab*ab*", "aba"));
  EXPECT_TRUE(matches("*aab", "aaab"));
}

TEST(RoomPattern, TheAskersNamesStandForThemselves) {
  EXPECT_TRUE(matches("dm_{user}", "dm_u1"));
  EXPECT_FALSE(matches("dm_{user}", "dm_u2"));
  EXPECT_TRUE(matches("{tenant}.{user}.*", "acme.u1.x"));
  EXPECT_FALSE(matches("{tenant}.{user}.*", "acme.u2.x"));
  EXPECT_TRUE(matches("*_{user}_*", "a_u1_b"));
  EXPECT_TRUE(matches("{user}{user}", "u1u1"));
  EXPECT_TRUE(matches("*{tenant}", "acme.acme"));
}

TEST(RoomPattern, HostileNamesAreTakenLiterally) {
  EXPECT_FALSE(matches("dm_{user}", "dm_anything", "*"));
  EXPECT_TRUE(matches("dm_{user}", "dm_*", "*"));
  EXPECT_FALSE(matches("dm_{user}", "dm_acme", "{tenant}"));
  EXPECT_TRUE(matches("dm_{user}", "dm_{tenant}", "{tenant}"));
  EXPECT_FALSE(matches("{user}", "", "u"));
  EXPECT_FALSE(matches("a{user}", "a", std::string(128, 'u')));
  const std::string nul("a\0b", 3);
  EXPECT_FALSE(matches("a", nul));
  EXPECT_TRUE(matches("a*", nul));
  EXPECT_TRUE(matches("{user}", nul, nul));
  EXPECT_FALSE(matches("{user}", "a", nul));
}

TEST(RoomPattern, ManyStarsOverALongNameEnd) {
  std::string pattern;
  while (pattern.size() + 3 <= kRoomPatternBytesMax) pattern += "a*";
  pattern += "b";
  const std::string name(base::kRoomNameBytesMax, 'a');
  EXPECT_FALSE(matches(pattern, name));
  EXPECT_TRUE(matches(pattern, name.substr(1) + "b"));
}

// The textbook's definition, which may take for ever and therefore sees only short names.
bool is_match(std::string_view pattern, std::string_view room) {
  if (pattern.empty()) return room.empty();
  if (pattern[0] == '*') {
    return is_match(pattern.substr(1), room) ||
           (!room.empty() && is_match(pattern, room.substr(1)));
  }
  return !room.empty() && room[0] == pattern[0] && is_match(pattern.substr(1), room.substr(1));
}

TEST(RoomPattern, AgreesWithTheDefinitionOnRandomNames) {
  base::Prng random(1);
  const auto text = [&](std::string_view letters, std::uint64_t least) {
    std::string made;
    const std::uint64_t size = least + random.below(8);
    while (made.size() < size) made += letters[random.below(letters.size())];
    return made;
  };
  int fits = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::string pattern = text("ab*", 1);
    const std::string room = text("ab", 0);
    const bool expected = is_match(pattern, room);
    ASSERT_EQ(matches(pattern, room), expected) << pattern << " over " << room;
    if (expected) ++fits;
  }
  EXPECT_GT(fits, 1000);
}

TEST(RoomPattern, SaysWhatIsWrong) {
  EXPECT_THAT(error_of(""), HasSubstr("not empty"));
  EXPECT_THAT(error_of("a{usr}"), HasSubstr("'a{usr}': braces are for {user} and {tenant}"));
  EXPECT_THAT(error_of("a}"), HasSubstr("braces"));
  EXPECT_THAT(error_of("{user"), HasSubstr("braces"));
  EXPECT_EQ(error_of(std::string(kRoomPatternBytesMax, 'r')), "none");
  EXPECT_THAT(error_of(std::string(kRoomPatternBytesMax + 1, 'r')), HasSubstr("at most 255 bytes"));
}

}  // namespace
}  // namespace app
