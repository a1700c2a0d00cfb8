#include "base/duration_text.h"

#include <gtest/gtest.h>

namespace base {
namespace {

using namespace std::chrono_literals;

TEST(DurationText, ReadsEachUnit) {
  EXPECT_EQ(parse_duration("7ns").value(), 7ns);
  EXPECT_EQ(parse_duration("7us").value(), 7us);
  EXPECT_EQ(parse_duration("250ms").value(), 250ms);
  EXPECT_EQ(parse_duration("10s").value(), 10s);
  EXPECT_EQ(parse_duration("2m").value(), 2min);
  EXPECT_EQ(parse_duration("1.5h").value(), 90min);
  EXPECT_EQ(parse_duration("1d").value(), 24h);
  EXPECT_EQ(parse_duration("0").value(), 0ns);
  EXPECT_EQ(parse_duration("0.25 s").value(), 250ms);
}

TEST(DurationText, RefusesWhatIsNoDuration) {
  for (const char* text : {"", "s", "10", "-1s", "1.s", ".5s", "1..5s", "1s2", "1 parsec", "0x1s",
                           "1.0000000001s", "300000d", "9999999999999999999ns"}) {
    const Result<Duration> result = parse_duration(text);
    ASSERT_FALSE(result.ok()) << text;
    EXPECT_NE(result.error().message.find(text), std::string::npos);
  }
}

TEST(DurationText, WritesTheLargestExactUnit) {
  EXPECT_EQ(format_duration(0ns), "0s");
  EXPECT_EQ(format_duration(90s), "90s");
  EXPECT_EQ(format_duration(120s), "2m");
  EXPECT_EQ(format_duration(1500ms), "1500ms");
  EXPECT_EQ(format_duration(48h), "2d");
  EXPECT_EQ(format_duration(-5ms), "-5ms");
  EXPECT_EQ(format_duration(Duration::min()), "-9223372036854775808ns");
}

TEST(DurationText, ReadsBackWhatItWrites) {
  for (const Duration duration : {Duration(1), Duration(123456789), Duration(3'600'000'000'000)}) {
    EXPECT_EQ(parse_duration(format_duration(duration)).value(), duration);
  }
}

}  // namespace
}  // namespace base
