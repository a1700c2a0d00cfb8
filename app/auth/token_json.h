// Token JSON: the header or the payload of a token, read more strictly than JSON itself asks.
//
// Refused besides what is no JSON: a name that comes twice in one object (two readers may take
// different ones), nesting past kTokenJsonDepthMax, and a zero octet. Pure, any thread; bounded by
// the token's size.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace app {

enum class TokenJson : std::uint8_t {
  good,
  malformed,
  // JSON, but with a number past 64 bits or U+0000 in a text, which libjwt does not read.
  out_of_bounds,
};

// `object` is set when it is good, and then it is an object.
TokenJson read_token_json(std::string_view text, nlohmann::json& object);

}  // namespace app
