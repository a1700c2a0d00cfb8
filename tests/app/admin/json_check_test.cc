#include "app/admin/json_check.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

#include "app/gateway_limits.h"

namespace app {
namespace {

TEST(IsJsonObject, WantsOneValidObject) {
  for (const char* text : {"{}", " {\"a\":[1,2.5e3,-0,null,true,false,\"\\u00e9\",[],{}]}\n",
                           "{\"\":{\"b\" : [ ] }}"}) {
    EXPECT_TRUE(is_json_object(text)) << text;
  }
  for (const char* text : {"",
                           " ",
                           "[]",
                           "1",
                           "{",
                           "}",
                           "{}x",
                           "{} {}",
                           "{\"a\":}",
                           "{'a':1}",
                           "{\"a\":01}",
                           "{\"a\"}",
                           "{\"a\" 1}",
                           "{\"a\":1,}",
                           "{,}",
                           "{\"a\":[1,]}",
                           "{\"a\":[1 2]}",
                           "{\"a\":[1}",
                           "{\"a\":[",
                           "{\"a\":\"\x01\"}",
                           "{\"a\":\"\xff\"}",
                           "{\"a\":\"\\x\"}",
                           "{\"a\":\"\\ud800\"}",
                           "{\"\\x\":1}",
                           "{\"a\":nul}",
                           "{\"a\":trues}",
                           "{\"a\":-}",
                           "{\"a\":1.}",
                           "{\"a\":1e999}",
                           "{1:2}"}) {
    EXPECT_FALSE(is_json_object(text)) << text;
  }
}

// As an event over WebSocket.
TEST(IsJsonObject, IntegersHaveAsManyDigitsAsTheyLike) {
  for (const char* number : {"18446744073709551615", "18446744073709551616", "-9223372036854775809",
                             "123456789012345678901234567890"}) {
    EXPECT_TRUE(is_json_object(std::string("{\"data\":") + number + "}")) << number;
    EXPECT_TRUE(is_json_object(std::string("{\"data\":[{\"n\":") + number + "}]}")) << number;
  }
}

TEST(IsJsonObject, IsOfBoundedDepth) {
  const auto nested = [](std::size_t depth) {
    return "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_TRUE(is_json_object(nested(kJsonDepthMax - 1)));
  EXPECT_FALSE(is_json_object(nested(kJsonDepthMax)));
  EXPECT_FALSE(is_json_object("{\"a\":" + std::string(500'000, '[')));
  std::string objects;
  for (std::size_t i = 0; i <= kJsonDepthMax; ++i) objects += "{\"a\":";
  EXPECT_FALSE(is_json_object(objects + "1" + std::string(kJsonDepthMax + 1, '}')));
}

}  // namespace
}  // namespace app
