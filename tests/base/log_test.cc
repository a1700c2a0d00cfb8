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

}  // namespace
}  // namespace base
