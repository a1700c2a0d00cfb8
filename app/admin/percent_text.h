// Percent text: a part of a path or query without its escapes: "%2F" is a slash.
//
// Pure function, any thread. Each part is decoded by itself, after the text was taken apart, so an
// escaped slash never divides. Never longer than its input.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace app {

enum class PlusIs { plus, space };  // A space in queries only.

// Nothing when an escape is not % and two hex digits.
std::optional<std::string> decode_percents(std::string_view text, PlusIs plus);

}  // namespace app
