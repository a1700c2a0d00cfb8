// Rate text: rates as operators write them, such as "100/min", "100/s burst 200" or "off".
//
// A number, a unit out of s, min and h, and what may come at once after a rest; without a burst it
// is as much as the number says. Rates of bytes have counts of bytes for numbers: "1MiB/s burst
// 4MiB". Pure; used by the configuration only.
#pragma once

#include <string>
#include <string_view>

#include "app/limits/limit_options.h"
#include "base/result.h"

namespace app {

enum class RateUnit : unsigned char { times, bytes };

base::Result<Rate> parse_rate(std::string_view text, RateUnit unit);

// A text that parse_rate() reads back as the same rate.
std::string format_rate(const Rate& rate, RateUnit unit);

}  // namespace app
