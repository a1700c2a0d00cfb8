#include "app/rooms/epoch_text.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "base/prng.h"

namespace app {
namespace {

std::string written(std::uint64_t epoch) {
  std::string text;
  append_epoch(text, epoch);
  return text;
}

TEST(EpochText, IsReadAsItWasWritten) {
  EXPECT_EQ(written(0x1f), "1f");
  base::Prng prng(5);
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t epoch = prng.next() >> prng.below(64);
    EXPECT_EQ(parse_epoch(written(epoch)), epoch);
  }
  for (const std::uint64_t epoch : {std::uint64_t{0}, std::numeric_limits<std::uint64_t>::max()}) {
    EXPECT_EQ(parse_epoch(written(epoch)), epoch);
  }
}

TEST(EpochText, IsAppended) {
  std::string text = "epoch ";
  append_epoch(text, 10);
  EXPECT_EQ(text, "epoch a");
}

TEST(EpochText, NothingElseIsOne) {
  for (const char* text : {"", " ", "zz", "1g", "1 ", " 1", "-1", "+1", "0x1", "01", "00", "1F",
                           "10000000000000000", "fffffffffffffffff", "\xff"}) {
    EXPECT_EQ(parse_epoch(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_epoch(std::string("1\0", 2)), std::nullopt);
}

}  // namespace
}  // namespace app
