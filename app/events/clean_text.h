// Clean text: what people have typed, without the characters that could deceive whoever reads it.
//
// Pure and total: any bytes, from any thread. Removed are control characters (C0 but newline and
// tab, DEL, C1) and the Unicode ones that turn the direction of what follows (U+202A to U+202E,
// U+2066 to U+2069). With `escape_html` also `<`, `>` and `&` become entities. Grows a text by at
// most five times.
#pragma once

#include <string>
#include <string_view>

namespace app {

// Whether append_clean_text would change nothing.
bool is_clean_text(std::string_view text, bool escape_html) noexcept;

void append_clean_text(std::string& out, std::string_view text, bool escape_html);

}  // namespace app
