#include "base/byte_text.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(ByteText, ReadsEachUnit) {
  EXPECT_EQ(parse_byte_count("0").value(), 0u);
  EXPECT_EQ(parse_byte_count("4096").value(), 4096u);
  EXPECT_EQ(parse_byte_count("4096B").value(), 4096u);
  EXPECT_EQ(parse_byte_count("64KiB").value(), 65536u);
  EXPECT_EQ(parse_byte_count("64kib").value(), 65536u);
  EXPECT_EQ(parse_byte_count("1MB").value(), 1'000'000u);
  EXPECT_EQ(parse_byte_count("1.5 GiB").value(), 1'610'612'736u);
  EXPECT_EQ(parse_byte_count("2TiB").value(), std::uint64_t{2} << 40);
}

TEST(ByteText, RefusesWhatIsNoCount) {
  for (const char* text : {"", "KiB", "-1", "1.5", "0.0001KB", "64KiBs", "1e6", "1,000",
                           "18446744073709551616", "99999999TiB"}) {
    const Result<std::uint64_t> result = parse_byte_count(text);
    ASSERT_FALSE(result.ok()) << text;
    EXPECT_NE(result.error().message.find(text), std::string::npos);
  }
}

TEST(ByteText, WritesTheShortestExactText) {
  EXPECT_EQ(format_byte_count(0), "0");
  EXPECT_EQ(format_byte_count(17), "17");
  EXPECT_EQ(format_byte_count(1000), "1KB");
  EXPECT_EQ(format_byte_count(4096), "4KiB");
  EXPECT_EQ(format_byte_count(65536), "64KiB");
  EXPECT_EQ(format_byte_count(1'000'000), "1MB");
  EXPECT_EQ(format_byte_count(std::uint64_t{1} << 30), "1GiB");
}

TEST(ByteText, ReadsBackWhatItWrites) {
  for (std::uint64_t count = 1; count < std::uint64_t{1} << 50; count = count * 3 + 1) {
    EXPECT_EQ(parse_byte_count(format_byte_count(count)).value(), count);
  }
}

}  // namespace
}  // namespace base
