// JSON text: escapes any bytes so that they may stand between the quotes of a JSON string.
//
// For log lines and small replies written by hand; the bytes may come from a peer. Quotes,
// backslashes and control characters are escaped, and each byte that is not part of valid UTF-8
// becomes U+FFFD, so the result is always valid JSON. Grows the output by at most six times.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/byte_scan.h"

namespace base {

// How many octets at the front of the text stand for themselves: nearly always all of them.
inline std::size_t json_plain_size(std::string_view text) noexcept {
  return find_octet(
      text, [](auto octet) { return is_not_printable(octet) | (octet == '"') | (octet == '\\'); });
}

void append_json_escaped(std::string& out, std::string_view text);

}  // namespace base
