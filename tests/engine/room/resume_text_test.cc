#include "engine/room/resume_text.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "base/limits.h"

namespace engine {
namespace {

TEST(ResumeText, IsEmptyAtFirst) {
  std::array<char, 10> memory{};
  EXPECT_EQ(ResumeText(memory).size(), 0U);
}

TEST(ResumeText, NamesRoomsOnlyWhenTold) {
  std::array<char, base::kCloseReasonBytesMax> memory{};
  ResumeText one(memory);
  EXPECT_TRUE(one.add(12345, ""));
  EXPECT_EQ(std::string(memory.data(), one.size()), "slow: last=12345");
  ResumeText two(memory);
  EXPECT_TRUE(two.add(UINT64_MAX, "a"));
  EXPECT_TRUE(two.add(0, "b c=\xFF%/;"));
  EXPECT_EQ(std::string(memory.data(), two.size()),
            "slow: last=18446744073709551615 room=a; last=0 room=b%20c%3D%FF%25/%3B");
}

TEST(ResumeText, WritesAnEntryWholeOrNotAtAll) {
  std::array<char, 40> memory{};
  ResumeText text(memory);
  EXPECT_TRUE(text.add(1, "abc"));
  EXPECT_FALSE(text.add(2, std::string(30, 'x')));
  EXPECT_TRUE(text.add(3, "d"));
  EXPECT_EQ(std::string(memory.data(), text.size()), "slow: last=1 room=abc; last=3 room=d");
}

}  // namespace
}  // namespace engine
