#include "base/text_pen.h"

#include <gtest/gtest.h>

#include <string>

namespace base {
namespace {

std::string text_of(const TextPen& pen) { return {pen.text().begin(), pen.text().end()}; }

TEST(TextPen, WritesOnePieceBehindTheOther) {
  std::string room;
  TextPen pen(room, 100);
  EXPECT_EQ(pen.size(), 0U);
  pen.write("");
  pen.write("one,");
  pen.write_json_escaped("two");
  pen.write_spaces(2);
  EXPECT_EQ(pen.size(), 9U);
  EXPECT_EQ(text_of(pen), "one,two  ");
}

TEST(TextPen, UsesItsRoomAgain) {
  std::string room;
  TextPen(room, 8).write("the long");
  const char* const where = room.data();
  TextPen pen(room, 5);
  pen.write("short");
  EXPECT_EQ(text_of(pen), "short");
  EXPECT_EQ(room.data(), where);
}

TEST(TextPen, WhatIsEscapedMayOutgrowTheRoom) {
  std::string room(20, '?');  // Of an earlier text.
  TextPen pen(room, 6 + 40 + 3);
  pen.write("begin ");
  pen.write_json_escaped(std::string(40, '\x01'));
  pen.write("end");
  std::string wanted = "begin ";
  for (int i = 0; i < 40; ++i) wanted += "\\u0001";
  EXPECT_EQ(text_of(pen), wanted + "end");
}

TEST(TextPenDeathTest, KeepsItsBound) {
  std::string room(10, '?');  // There is room, but none was announced.
  TextPen pen(room, 3);
  pen.write("abc");
  EXPECT_DEATH(pen.write("d"), "CHECK");
  EXPECT_DEATH(pen.write_spaces(1), "CHECK");
}

}  // namespace
}  // namespace base
