#include "base/log.h"

#include <gtest/gtest.h>

#include <string>

namespace base {
namespace {

class LogTest : public testing::Test {
 protected:
  void SetUp() override { testing::internal::CaptureStderr(); }
  void TearDown() override { configure_log(LogLevel::info, LogFormat::text); }
  static std::string captured() { return testing::internal::GetCapturedStderr(); }
};

TEST_F(LogTest, WritesOneLineWithUtcTimeAndLevel) {
  configure_log(LogLevel::info, LogFormat::text);
  log_info("listening on {}:{}", "0.0.0.0", 9001);
  const std::string line = captured();
  EXPECT_TRUE(line.ends_with("Z info listening on 0.0.0.0:9001\n")) << line;
  EXPECT_EQ(line[4], '-') << line;
  EXPECT_EQ(line[10], 'T') << line;
}

TEST_F(LogTest, LeavesOutWhatIsBelowTheLevel) {
  configure_log(LogLevel::warn, LogFormat::text);
  log_debug("debug");
  log_info("info");
  log_warn("warn");
  log_error("error");
  const std::string lines = captured();
  EXPECT_EQ(lines.find("debug"), std::string::npos);
  EXPECT_EQ(lines.find("info"), std::string::npos);
  EXPECT_NE(lines.find("warning warn"), std::string::npos) << lines;
  EXPECT_NE(lines.find("error error"), std::string::npos) << lines;
}

TEST_F(LogTest, OffMeansOff) {
  configure_log(LogLevel::off, LogFormat::text);
  log_error("error");
  EXPECT_EQ(captured(), "");
}

TEST_F(LogTest, APeerCannotForgeALine) {
  configure_log(LogLevel::debug, LogFormat::text);
  log_debug("origin {}", "evil\n2030-01-01T00:00:00Z info all is well\x1B[2J");
  const std::string line = captured();
  EXPECT_NE(line.find("evil\\x0a2030"), std::string::npos) << line;
  EXPECT_NE(line.find("\\x1b[2J"), std::string::npos) << line;
}

TEST_F(LogTest, JsonLinesAreJsonWhateverThePeerSent) {
  configure_log(LogLevel::info, LogFormat::json);
  log_info("origin {}", "\"},{\"x\":\"\n\xFF%v%n");
  const std::string line = captured();
  EXPECT_TRUE(line.starts_with("{\"time\":\"20")) << line;
  EXPECT_TRUE(
      line.ends_with("Z\",\"level\":\"info\",\"message\":\"origin "
                     "\\\"},{\\\"x\\\":\\\"\\n\xEF\xBF\xBD%v%n\"}\n"))
      << line;
}

TEST_F(LogTest, FieldsAreKeysOfAJsonLine) {
  configure_log(LogLevel::info, LogFormat::json);
  log_fields(LogLevel::warn, {{"connection", "0-7f"}, {"request", "a\",\"level\":\"x"}}, "{} of {}",
             1, 2);
  const std::string line = captured();
  EXPECT_TRUE(line.starts_with("{\"time\":\"20")) << line;
  EXPECT_TRUE(
      line.ends_with("Z\",\"level\":\"warning\",\"message\":\"1 of 2\",\"connection\":\"0-7f\","
                     "\"request\":\"a\\\",\\\"level\\\":\\\"x\"}\n"))
      << line;
}

TEST_F(LogTest, FieldsFollowTheMessageOfATextLine) {
  configure_log(LogLevel::info, LogFormat::text);
  log_fields(LogLevel::info, {{"connection", "0-7f"}, {"request", "a\" user=\"root\n"}}, "closed");
  const std::string line = captured();
  EXPECT_TRUE(
      line.ends_with(" info closed connection=\"0-7f\" request=\"a\\\" user=\\\"root\\n\"\n"))
      << line;
}

TEST_F(LogTest, AFieldWithoutAValueIsLeftOut) {
  for (const LogFormat format : {LogFormat::text, LogFormat::json}) {
    configure_log(LogLevel::info, format);
    log_fields(LogLevel::info, {{"connection", ""}, {"request", "r"}}, "closed");
  }
  const std::string lines = captured();
  EXPECT_EQ(lines.find("connection"), std::string::npos) << lines;
  EXPECT_NE(lines.find(" closed request=\"r\"\n"), std::string::npos) << lines;
  EXPECT_NE(lines.find("\"message\":\"closed\",\"request\":\"r\"}"), std::string::npos) << lines;
}

TEST_F(LogTest, FieldsBelowTheLevelAreNotWritten) {
  configure_log(LogLevel::warn, LogFormat::text);
  log_fields(LogLevel::info, {{"connection", "0-7f"}}, "closed");
  EXPECT_EQ(captured(), "");
}

}  // namespace
}  // namespace base
