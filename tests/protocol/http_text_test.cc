#include "protocol/http_text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace protocol {
namespace {

TEST(HttpText, TokenCharactersOverTheWholeDomain) {
  const std::string others = "!#$%&'*+-.^_`|~";
  for (int value = 0; value < 256; ++value) {
    const char c = static_cast<char>(value);
    const bool alphanumeric =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool expected = alphanumeric || others.find(c) != std::string::npos;
    EXPECT_EQ(is_token_character(c), expected) << value;
  }
  EXPECT_FALSE(is_token(""));
  EXPECT_TRUE(is_token("Sec-WebSocket-Key"));
  EXPECT_FALSE(is_token("two words"));
}

TEST(HttpText, ComparesAndTrimsAscii) {
  EXPECT_TRUE(equal_ignoring_case("WebSocket", "websocket"));
  EXPECT_FALSE(equal_ignoring_case("websocket", "websockets"));
  EXPECT_FALSE(equal_ignoring_case("[", "{")) << "these differ by the bit of case only";
  EXPECT_EQ(trim(" \t a b \t"), "a b");
  EXPECT_EQ(trim(" \t"), "");
}

TEST(HttpText, WalksLists) {
  std::string_view list = " ,a, b c ,,\td,";
  std::vector<std::string_view> elements;
  for (auto element = next_list_element(list); !element.empty();
       element = next_list_element(list)) {
    elements.push_back(element);
  }
  EXPECT_EQ(elements, (std::vector<std::string_view>{"a", "b c", "d"}));
}

}  // namespace
}  // namespace protocol
