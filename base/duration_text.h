// Duration text: durations as operators write them, such as "250ms", "10s", "1.5h" or "2m".
//
// Used by options, configuration and reports; never on the data plane. A duration is a decimal
// number and one unit out of ns, us, ms, s, m, h, d; negative ones and ones that do not fit 64 bits
// of nanoseconds are refused with a sentence that quotes the text.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace base {

Result<Duration> parse_duration(std::string_view text);

// The shortest text that parse_duration() reads back as the same duration: 90 s is "90s".
std::string format_duration(Duration duration);

}  // namespace base
