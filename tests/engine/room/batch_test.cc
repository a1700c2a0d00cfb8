#include "engine/room/batch.h"

#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"

namespace engine {
namespace {

constexpr SessionId kAda{1, 1};
constexpr SessionId kBob{2, 1};

std::string given(const Batch& batch, SessionId session, std::uint32_t* messages = nullptr) {
  std::string bytes;
  const std::uint32_t count = batch.for_session(
      session, [&](const Payload* payload, std::uint32_t offset, std::uint32_t size) {
        bytes += base::as_text({payload->bytes() + offset, size});
      });
  if (messages != nullptr) *messages = count;
  return bytes;
}

std::string frame(const std::string& text) {
  return std::string("\x81") + static_cast<char>(text.size()) + text;
}

class BatchTest : public testing::Test {
 protected:
  ~BatchTest() override { batch_.clear(pool_); }
  void append(const std::string& text) {
    batch_.append(pool_, protocol::Opcode::text, base::as_bytes(text));
  }

  PayloadPool pool_;
  Batch batch_;
};

TEST_F(BatchTest, IsOneStretchOfFramesWhileTheyFit) {
  append("one");
  append("two");
  EXPECT_EQ(batch_.messages(), 2U);
  ASSERT_EQ(batch_.stretches().size(), 1U);
  EXPECT_EQ(given(batch_, kAda), frame("one") + frame("two"));
  EXPECT_EQ(batch_.bytes(), 10U);
}

TEST_F(BatchTest, LeavesOutWhatASessionPublishedItself) {
  append("a1");
  batch_.exclude_last(kAda);
  append("b1");
  batch_.exclude_last(kBob);
  append("a2");
  batch_.exclude_last(kAda);
  append("c1");
  std::uint32_t messages = 0;
  EXPECT_EQ(given(batch_, kAda, &messages), frame("b1") + frame("c1"));
  EXPECT_EQ(messages, 2U);
  EXPECT_EQ(given(batch_, kBob, &messages), frame("a1") + frame("a2") + frame("c1"));
  EXPECT_EQ(messages, 3U);
  EXPECT_EQ(given(batch_, {3, 1}, &messages),
            frame("a1") + frame("b1") + frame("a2") + frame("c1"));
  EXPECT_EQ(messages, 4U);
}

TEST_F(BatchTest, LeavesNothingOverForASessionThatPublishedAll) {
  append("a1");
  batch_.exclude_last(kAda);
  std::uint32_t messages = 7;
  EXPECT_EQ(given(batch_, kAda, &messages), "");
  EXPECT_EQ(messages, 0U);
}

TEST_F(BatchTest, ExcludesAcrossStretches) {
  const std::string big(3000, 'x');
  append(big);
  batch_.exclude_last(kAda);
  append(big);
  batch_.exclude_last(kBob);
  append(big);
  batch_.exclude_last(kAda);
  EXPECT_GT(batch_.stretches().size(), 1U);
  std::uint32_t messages = 0;
  EXPECT_EQ(given(batch_, kAda, &messages).size(), 3004U);
  EXPECT_EQ(messages, 1U);
  EXPECT_EQ(given(batch_, kBob, &messages).size(), 2 * 3004U);
  EXPECT_EQ(messages, 2U);
}

TEST_F(BatchTest, TakesAMessageLargerThanAnyPoolBlock) {
  const std::string huge(300'000, 'y');
  append("small");
  append(huge);
  EXPECT_EQ(given(batch_, kAda).size(), frame("small").size() + 10 + huge.size());
}

// What the last batch had is expected again, and then is one piece.
TEST_F(BatchTest, ALargerOneIsOnePieceTheNextTime) {
  for (const std::size_t stretches : {3U, 1U, 1U}) {
    for (int i = 0; i < 48; ++i) append(std::string(100, 'm'));
    EXPECT_EQ(batch_.stretches().size(), stretches);
    batch_.clear(pool_);
  }
  EXPECT_EQ(pool_.bytes_in_use(), 0U);
}

TEST_F(BatchTest, IsEmptyAgainAfterClear) {
  append("one");
  batch_.exclude_last(kAda);
  batch_.clear(pool_);
  EXPECT_TRUE(batch_.empty());
  EXPECT_FALSE(batch_.has_exclusions());
  EXPECT_EQ(pool_.bytes_in_use(), 0U);
}

}  // namespace
}  // namespace engine
