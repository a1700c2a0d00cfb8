// JSON text: escapes any bytes so that they may stand between the quotes of a JSON string.
//
// For log lines and small replies written by hand; the bytes may come from a peer. Quotes,
// backslashes and control characters are escaped, and each byte that is not part of valid UTF-8
// becomes U+FFFD, so the result is always valid JSON. Grows the output by at most six times.
#pragma once

#include <string>
#include <string_view>

namespace base {

void append_json_escaped(std::string& out, std::string_view text);

}  // namespace base
