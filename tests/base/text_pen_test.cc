#include "base/text_pen.h"

#include <gtest/gtest.h>

#include <string>

namespace base {
namespace {

TEST(TextPen, WritesBehindWhatIsThere) {
  std::string out = "before ";
  {
    TextPen pen(out, 100);
    EXPECT_EQ(pen.size(), 7U);
    pen.write("");
    pen.write("one,");
    pen.write_json_escaped("two");
    pen.write_spaces(2);
    EXPECT_EQ(pen.size(), 16U);
  }
  EXPECT_EQ(out, "before one,two  ");
}

TEST(TextPen, WhatIsEscapedMayOutgrowTheRoom) {
  std::string out;
  {
    TextPen pen(out, 40 + 3);
    pen.write_json_escaped(std::string(40, '\x01'));
    pen.write("end");
  }
  std::string wanted;
  for (int i = 0; i < 40; ++i) wanted += "\\u0001";
  EXPECT_EQ(out, wanted + "end");
}

TEST(TextPenDeathTest, KeepsItsBound) {
  std::string out;
  TextPen pen(out, 3);
  pen.write("abc");
  EXPECT_DEATH(pen.write("d"), "CHECK");
  EXPECT_DEATH(pen.write_spaces(1), "CHECK");
}

}  // namespace
}  // namespace base
