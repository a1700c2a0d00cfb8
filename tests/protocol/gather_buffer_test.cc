#include "protocol/gather_buffer.h"

#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"
#include "tests/protocol/frame_builder.h"

namespace protocol {
namespace {

TEST(GatherBuffer, HoldsNothingUntilTheFirstAppend) {
  GatherBuffer buffer;
  EXPECT_EQ(buffer.capacity(), 0u);
  buffer.append({}, 0);
  EXPECT_EQ(buffer.capacity(), 0u);
}

TEST(GatherBuffer, GrowsToTwiceWhatArrivedButNotPastWhatIsExpected) {
  GatherBuffer buffer;
  std::string expected;
  constexpr std::uint32_t kExpected = 1000;
  for (int i = 0; i < 1000; ++i) {
    const std::string piece(1, static_cast<char>('a' + i % 26));
    expected += piece;
    buffer.append(base::as_bytes(piece), kExpected);
    EXPECT_LE(buffer.capacity(), std::max(64u, 2 * buffer.size()));
    EXPECT_LE(buffer.capacity(), kExpected);
  }
  EXPECT_EQ(tests::text_of(buffer.bytes()), expected);
  EXPECT_EQ(buffer.capacity(), kExpected);
}

TEST(GatherBuffer, TruncatesAndReleases) {
  GatherBuffer buffer;
  buffer.append(base::as_bytes("hello world"), 100);
  buffer.truncate(5);
  EXPECT_EQ(tests::text_of(buffer.bytes()), "hello");
  buffer.append(base::as_bytes("!"), 100);
  EXPECT_EQ(tests::text_of(buffer.bytes()), "hello!");
  buffer.release();
  EXPECT_EQ(buffer.size(), 0u);
  EXPECT_EQ(buffer.capacity(), 0u);
}

TEST(GatherBuffer, MovesItsMemory) {
  GatherBuffer from;
  from.append(base::as_bytes("hello"), 100);
  GatherBuffer to(std::move(from));
  EXPECT_EQ(tests::text_of(to.bytes()), "hello");
  EXPECT_EQ(from.size(), 0u);  // NOLINT(bugprone-use-after-move): moved-from is empty.
  EXPECT_EQ(from.capacity(), 0u);
  from.append(base::as_bytes("again"), 100);
  to = std::move(from);
  EXPECT_EQ(tests::text_of(to.bytes()), "again");
}

TEST(GatherBufferDeathTest, MoreThanExpectedIsOurBug) {
  GatherBuffer buffer;
  EXPECT_DEATH(buffer.append(base::as_bytes("hello"), 4), "CHECK failed");
}

}  // namespace
}  // namespace protocol
