#include "app/events/clean_text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/prng.h"
#include "protocol/utf8.h"

namespace app {
namespace {

std::string clean(std::string_view text, bool escape_html = false) {
  std::string out;
  append_clean_text(out, text, escape_html);
  EXPECT_EQ(is_clean_text(text, escape_html), out == text) << text;
  return out;
}

std::string utf8(std::uint32_t code) {
  std::string out;
  if (code < 0x80) return std::string(1, static_cast<char>(code));
  if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
  } else {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
  }
  return out + static_cast<char>(0x80 | (code & 0x3F));
}

// Every character of three bytes and fewer, one by one.
TEST(CleanTextTest, RemovesExactlyWhatDeceives) {
  for (std::uint32_t code = 0; code < 0x10000; ++code) {
    if (code >= 0xD800 && code < 0xE000) continue;
    const bool control = (code < 0x20 && code != '\n' && code != '\t') || code == 0x7F ||
                         (code >= 0x80 && code < 0xA0);
    const bool direction = (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
    const std::string text = "a" + utf8(code) + "b";
    ASSERT_EQ(clean(text), control || direction ? "ab" : text) << code;
  }
}

TEST(CleanTextTest, LeavesTextsAsTheyAre) {
  EXPECT_EQ(clean(""), "");
  EXPECT_EQ(clean("line\n\ttab <b>&amp;</b> \xC3\xA9 \xF0\x9F\x98\x80"),
            "line\n\ttab <b>&amp;</b> \xC3\xA9 \xF0\x9F\x98\x80");
}

TEST(CleanTextTest, EscapesMarkupWhereAsked) {
  EXPECT_EQ(clean("<a href='x'>1 & 2</a>\x01", true), "&lt;a href='x'&gt;1 &amp; 2&lt;/a&gt;");
  EXPECT_EQ(clean("<>&", true), "&lt;&gt;&amp;");
}

TEST(CleanTextTest, ManyInARowAndAtTheEnds) {
  EXPECT_EQ(clean("\x01\x02 a \xE2\x80\xAE\xE2\x81\xA6 b \xC2\x85"), " a  b ");
  EXPECT_EQ(clean(std::string(1000, '\x7F')), "");
}

// No bytes at all may be read behind the text, and what was UTF-8 stays so.
TEST(CleanTextTest, AnyBytes) {
  base::Prng prng(3);
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (std::uint64_t n = prng.below(12); n > 0; --n) {
      text += prng.chance(0.5) ? utf8(static_cast<std::uint32_t>(prng.below(0xD800)))
                               : std::string(1, static_cast<char>(prng.below(256)));
    }
    const std::string once = clean(text, prng.chance(0.5));
    if (protocol::is_valid_utf8(base::as_bytes(text))) {
      ASSERT_TRUE(protocol::is_valid_utf8(base::as_bytes(once)));
      ASSERT_EQ(clean(once), once);
    }
  }
}

}  // namespace
}  // namespace app
