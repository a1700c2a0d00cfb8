// Epoch text: how the epoch of a room's numbers is written for clients, and read from them.
//
// Shortest lower-case hex, so that there is one text for each. Clients take it as it is and send it
// back. Pure, any thread. Bound: 16 digits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace app {

void append_epoch(std::string& out, std::uint64_t epoch);
// Nothing if it is not what append_epoch() writes.
std::optional<std::uint64_t> parse_epoch(std::string_view text);

}  // namespace app
