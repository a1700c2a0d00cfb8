// JSON numbers: whether a text is one, and which.
//
// Pure and total, for any thread: any bytes in. The grammar is RFC 8259's; the value is the double
// nearest to what is written. A number beyond those of a double, such as 1e999 and 1e-999, is none.
#pragma once

#include <optional>
#include <string_view>

namespace app {

std::optional<double> parse_json_number(std::string_view text) noexcept;

}  // namespace app
