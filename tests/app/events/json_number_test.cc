// Which texts are JSON numbers, against the second parser, over every short text of their letters.
#include "app/events/json_number.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

#include "base/prng.h"

namespace app {
namespace {

void expect_same(const std::string& text) {
  const std::optional<double> ours = parse_json_number(text);
  const nlohmann::json theirs = nlohmann::json::parse(text, nullptr, false);
  ASSERT_EQ(ours.has_value(), theirs.is_number()) << text;
  if (ours) {
    ASSERT_EQ(*ours, theirs.get<double>()) << text;
  }
}

TEST(JsonNumberTest, EveryShortTextOfItsLetters) {
  constexpr std::string_view kLetters = "019.-+eEx ";
  for (std::size_t size = 1; size <= 5; ++size) {
    std::size_t texts = 1;
    for (std::size_t i = 0; i < size; ++i) texts *= kLetters.size();
    for (std::size_t number = 0; number < texts; ++number) {
      std::string text;
      for (std::size_t i = 0, rest = number; i < size; ++i, rest /= kLetters.size()) {
        text += kLetters[rest % kLetters.size()];
      }
      // The second parser lets space stand around a number; a token never has any.
      if (text.front() == ' ' || text.back() == ' ') {
        EXPECT_FALSE(parse_json_number(text)) << '\'' << text << '\'';
      } else {
        expect_same(text);
      }
    }
  }
}

TEST(JsonNumberTest, NumbersOfAnyLength) {
  base::Prng prng(7);
  for (int i = 0; i < 20'000; ++i) {
    std::string text = prng.chance(0.5) ? "-" : "";
    text += static_cast<char>('1' + prng.below(9));
    for (std::uint64_t digits = prng.below(40); digits > 0; --digits) {
      text += static_cast<char>('0' + prng.below(10));
    }
    if (prng.chance(0.5)) {
      text += '.';
      for (std::uint64_t digits = 1 + prng.below(40); digits > 0; --digits) {
        text += static_cast<char>('0' + prng.below(10));
      }
    }
    if (prng.chance(0.5)) {
      text += prng.chance(0.5) ? "e-" : "E+";
      text += std::to_string(prng.below(260));
    }
    expect_same(text);
  }
}

TEST(JsonNumberTest, WhatNoDoubleHoldsIsNone) {
  EXPECT_FALSE(parse_json_number(""));
  EXPECT_FALSE(parse_json_number("1e309"));
  EXPECT_FALSE(parse_json_number("-1e309"));
  EXPECT_FALSE(parse_json_number("1e-400"));
  EXPECT_FALSE(parse_json_number(std::string(400, '9')));
  EXPECT_EQ(parse_json_number("1.7976931348623157e308"), 1.7976931348623157e308);
  EXPECT_EQ(parse_json_number("5e-324"), 5e-324);
  EXPECT_EQ(parse_json_number("0e999"), 0);
}

}  // namespace
}  // namespace app
