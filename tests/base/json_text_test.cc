#include "base/json_text.h"

#include <gtest/gtest.h>

namespace base {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  append_json_escaped(out, text);
  return out;
}

TEST(JsonText, LeavesPlainTextAlone) {
  EXPECT_EQ(escaped(""), "");
  EXPECT_EQ(escaped("plain text / 123"), "plain text / 123");
  EXPECT_EQ(escaped("caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"),
            "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80");
}

TEST(JsonText, EscapesWhatJsonForbids) {
  EXPECT_EQ(escaped("\"\\"), R"(\"\\)");
  EXPECT_EQ(escaped("a\nb\rc\td"), R"(a\nb\rc\td)");
  EXPECT_EQ(escaped(std::string_view("\0\x1F\x7F", 3)), R"(\u0000\u001f\u007f)");
}

// Long texts are looked at many octets at once.
TEST(JsonText, EscapesAtEveryPlaceOfALongText) {
  for (std::size_t at = 0; at < 40; ++at) {
    const std::string before(at, 'a');
    const std::string behind(40 - at, 'b');
    EXPECT_EQ(escaped(before + '"' + behind), before + "\\\"" + behind);
    EXPECT_EQ(escaped(before + "\xC3\xA9\xE2\x82\xAC\xFF" + behind),
              before + "\xC3\xA9\xE2\x82\xAC\xEF\xBF\xBD" + behind);
    EXPECT_EQ(escaped(before + '\x7F' + behind), before + "\\u007f" + behind);
  }
}

TEST(JsonText, ReplacesWhatIsNotUtf8ByteForByte) {
  const std::string replaced = "\xEF\xBF\xBD";
  EXPECT_EQ(escaped("\xFF"), replaced);
  EXPECT_EQ(escaped("\xC3"), replaced);
  EXPECT_EQ(escaped("\xC3(x"), replaced + "(x");
  EXPECT_EQ(escaped("\xC0\x80"), replaced + replaced);
  EXPECT_EQ(escaped("\xE0\x80\x80"), replaced + replaced + replaced);
  EXPECT_EQ(escaped("\xED\xA0\x80"), replaced + replaced + replaced);
  EXPECT_EQ(escaped("\xF0\x80\x80\x80"), replaced + replaced + replaced + replaced);
  EXPECT_EQ(escaped("\xF4\x90\x80\x80"), replaced + replaced + replaced + replaced);
  EXPECT_EQ(escaped("\xE2\x82"), replaced + replaced);
}

}  // namespace
}  // namespace base
