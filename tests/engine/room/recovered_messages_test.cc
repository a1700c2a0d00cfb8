#include "engine/room/recovered_messages.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/bytes.h"

namespace engine {
namespace {

std::vector<std::byte> written(const std::vector<std::string>& texts) {
  RoomHistory history;
  std::vector<std::byte> out;
  std::uint64_t number = 0;
  for (const std::string& text : texts) {
    number += 2;
    history.add({.number = number,
                 .opcode = number % 4 == 0 ? protocol::Opcode::binary : protocol::Opcode::text},
                base::as_bytes(text));
  }
  history.for_each(0, UINT64_MAX, [&](const KeptMessage& message) {
    append_recovered(out, message);
    return true;
  });
  return out;
}

TEST(RecoveredMessages, AreReadAsTheyWereKept) {
  const std::vector<std::string> texts{"one", "", std::string(70'000, 'x')};
  const std::vector<std::byte> bytes = written(texts);
  const std::vector<RecoveredMessage> read = read_recovered(bytes, UINT64_MAX);
  ASSERT_EQ(read.size(), texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(read[i].number, 2 * (i + 1));
    EXPECT_EQ(read[i].opcode, i == 1 ? protocol::Opcode::binary : protocol::Opcode::text);
    EXPECT_EQ(base::as_text(read[i].bytes), texts[i]);
  }
}

TEST(RecoveredMessages, ThoseThatComeLiveAreLeftOut) {
  const std::vector<std::byte> bytes = written({"2", "4", "6"});
  EXPECT_EQ(read_recovered(bytes, 6).size(), 3U);
  EXPECT_EQ(read_recovered(bytes, 5).size(), 2U);
  EXPECT_EQ(read_recovered(bytes, 4).size(), 2U);
  EXPECT_EQ(read_recovered(bytes, 1).size(), 0U);
  EXPECT_EQ(read_recovered({}, 6).size(), 0U);
}

}  // namespace
}  // namespace engine
