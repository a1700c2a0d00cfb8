#include "app/delivery/receipt_id.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace app {
namespace {

// Without anything behind it, so that a reader that goes too far is seen by the sanitizer.
std::optional<ReceiptId> parse_exactly(std::string_view text) {
  const std::vector<char> copy(text.begin(), text.end());
  return parse_receipt_id({copy.data(), copy.size()});
}

TEST(ReceiptId, IsReadAsItWasWritten) {
  const ReceiptId id{
      .shard = 3, .record = {.index = 0x1F, .generation = 0xFFFFFFFF}, .mark = 0xCAFE, .room = 7};
  EXPECT_EQ(text(id), "r3-1f-ffffffff-cafe-7");
  EXPECT_EQ(parse_exactly(text(id)), id);
}

TEST(ReceiptId, EveryPieceOfOneIsNone) {
  const std::string whole = "r1a-2b-3c-4d-5e";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const bool is_one = size == whole.size() - 1;  // Of another record.
    EXPECT_EQ(parse_exactly(whole.substr(0, size)).has_value(), is_one) << size;
    EXPECT_FALSE(parse_exactly(whole.substr(size + 1))) << size;
  }
}

TEST(ReceiptId, NothingElseIsOne) {
  constexpr std::array<std::string_view, 14> kOthers{"r",
                                                     "r-",
                                                     "r0-",
                                                     "r0--",
                                                     "r0-0",
                                                     "r0-1-2",
                                                     "r0-1-2-3",
                                                     "r0-1-2-3-4-",
                                                     "r0-1-2-3-4-5",
                                                     "c0-1-2-3-4",
                                                     "r0-1-2-3-4 ",
                                                     "r00-1-2-3-4",
                                                     "r0-1-2A-3-4",
                                                     "r0-1-2-3-100000000"};
  for (const std::string_view other : kOthers) EXPECT_FALSE(parse_exactly(other)) << other;
}

}  // namespace
}  // namespace app
