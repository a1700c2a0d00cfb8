// Byte text: counts of bytes as operators write them, such as "4096", "64KiB", "1MB" or "1.5GiB".
//
// Used by options, configuration and reports; never on the data plane. Units with an i are powers
// of 1024, units without are powers of 1000, and no unit means bytes. Fractions of a byte and
// counts that do not fit 64 bits are refused with a sentence that quotes the text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace base {

Result<std::uint64_t> parse_byte_count(std::string_view text);

// The shortest text that parse_byte_count() reads back as the same count: 65536 is "64KiB".
std::string format_byte_count(std::uint64_t count);

}  // namespace base
