#include "app/events/event_writer.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <ctime>
#include <string>

#include "base/prng.h"

namespace app {
namespace {

constexpr std::int64_t kNow = 1'795'794'707'012;

std::string time_text(std::int64_t unix_ms) {
  std::string out;
  append_json_time(out, unix_ms);
  return out;
}

TEST(EventWriterTest, WritesTimes) {
  EXPECT_EQ(time_text(0), "\"1970-01-01T00:00:00.000Z\"");
  EXPECT_EQ(time_text(kNow), "\"2026-11-27T15:51:47.012Z\"");
  EXPECT_EQ(time_text(951'782'400'000), "\"2000-02-29T00:00:00.000Z\"");
  EXPECT_EQ(time_text(951'868'799'999), "\"2000-02-29T23:59:59.999Z\"");
  EXPECT_EQ(time_text(4'107'542'400'000), "\"2100-03-01T00:00:00.000Z\"");
  EXPECT_EQ(time_text(253'402'300'799'999), "\"9999-12-31T23:59:59.999Z\"");
  // Beyond the ends the nearest end.
  EXPECT_EQ(time_text(-1), "\"1970-01-01T00:00:00.000Z\"");
  EXPECT_EQ(time_text(INT64_MIN), "\"1970-01-01T00:00:00.000Z\"");
  EXPECT_EQ(time_text(253'402'300'800'000), "\"9999-12-31T23:59:59.999Z\"");
  EXPECT_EQ(time_text(INT64_MAX), "\"9999-12-31T23:59:59.999Z\"");
}

TEST(EventWriterTest, WritesTimesAsTheLibraryDoes) {
  base::Prng prng(1);
  for (int i = 0; i < 20'000; ++i) {
    const auto unix_ms = static_cast<std::int64_t>(prng.below(253'402'300'800'000));
    const std::time_t seconds = unix_ms / 1'000;
    std::tm broken{};
    ASSERT_NE(gmtime_r(&seconds, &broken), nullptr);
    std::array<char, 32> date{};
    ASSERT_GT(std::strftime(date.data(), date.size(), "\"%Y-%m-%dT%H:%M:%S.", &broken), 0U);
    const std::string ms = std::to_string(1'000 + unix_ms % 1'000).substr(1);
    ASSERT_EQ(time_text(unix_ms), date.data() + ms + "Z\"");
  }
}

TEST(EventWriterTest, WritesStringsAndNumbers) {
  std::string out = "x";
  append_json_string(out, "a\"b\\c\n\x01 </script> \xFF");
  EXPECT_EQ(out, "x\"a\\\"b\\\\c\\n\\u0001 </script> \xEF\xBF\xBD\"");
  out.clear();
  append_json_string(out, "");
  EXPECT_EQ(out, "\"\"");
  out.clear();
  append_json_number(out, 0);
  append_json_number(out, UINT64_MAX);
  EXPECT_EQ(out, "018446744073709551615");
}

TEST(EventWriterTest, WritesAnErrorWithTheRequestAsItCame) {
  const EventWriter writer;
  std::string out;
  writer.append_error(out, {.code = ErrorCode::rate_limited, .message = "too \"many\""}, "\"7\"",
                      kNow);
  EXPECT_EQ(out, R"({"event":"error","requestId":"7","data":{"code":"RATE_LIMITED",)"
                 R"("message":"too \"many\"","recoverable":true,)"
                 R"("timestamp":"2026-11-27T15:51:47.012Z","details":{}}})");
  out.clear();
  writer.append_error(out,
                      {.code = ErrorCode::auth_failed,
                       .message = "m",
                       .recoverable = false,
                       .details_raw = R"({"retryAfter":5})"},
                      {}, 0);
  EXPECT_EQ(out,
            R"({"event":"error","data":{"code":"AUTH_FAILED","message":"m","recoverable":false,)"
            R"("timestamp":"1970-01-01T00:00:00.000Z","details":{"retryAfter":5}}})");
}

TEST(EventWriterTest, WritesReplies) {
  const EventWriter writer;
  std::string out;
  writer.append_event(out, "room:joined", "12", R"({"room":"r"})");
  EXPECT_EQ(out, R"({"event":"room:joined","requestId":12,"data":{"room":"r"},"version":"1.0"})");
  out.clear();
  writer.append_head(out, "tick");
  out += "1";
  writer.append_tail(out);
  EXPECT_EQ(out, R"({"event":"tick","data":1,"version":"1.0"})");
}

TEST(EventWriterTest, KeysCanBeRenamed) {
  const EventWriter writer(
      {.event = "type", .data = "pay\"load", .request_id = "id", .version = "v"});
  std::string out;
  writer.append_event(out, "e", "3", "{}");
  EXPECT_EQ(out, R"({"type":"e","id":3,"pay\"load":{},"v":"1.0"})");
  out.clear();
  writer.append_error(out, {}, "3", 0);
  EXPECT_EQ(nlohmann::json::parse(out)["pay\"load"]["code"], "SERVER_ERROR");
}

}  // namespace
}  // namespace app
