// Base64url: the unpadded base64 of RFC 7515 that tokens and key sets are made of, read strictly.
//
// One value has one spelling here: padding, other alphabets, white space and left-over bits that
// are not zero are refused, so that no second text passes for a token that was signed. Pure, any
// thread. Bound: the text's; the result has three quarters of its size.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace app {

// Nothing when the text is not base64url.
std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace app
