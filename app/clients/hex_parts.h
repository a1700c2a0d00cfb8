// Hex parts: reads ids such as "c0-1f4-3": a letter and some numbers in their shortest hex form.
//
// What clients say is compared with such ids, so there must be one text for each: no upper case, no
// leading zeros. Pure, any thread. Bound: each number has 32 bits.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace app {

// False if it is anything else; then some of the parts may have been written.
bool read_hex_parts(std::string_view text, char letter,
                    std::initializer_list<std::uint32_t*> parts) noexcept;

}  // namespace app
