#include "app/delivery/message_ids.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace app {
namespace {

TEST(MessageIdsTest, CountsInHex) {
  MessageIds ids(0x1F);
  for (int i = 1; i <= 0x1234; ++i) ASSERT_EQ(ids.next(), fmt::format("m1f-{:x}", i));
}

TEST(MessageIdsTest, ShardsDoNotMeet) {
  MessageIds first(0);
  MessageIds last(UINT32_MAX);
  EXPECT_EQ(first.next(), "m0-1");
  EXPECT_EQ(last.next(), "mffffffff-1");
}

}  // namespace
}  // namespace app
