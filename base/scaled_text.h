// Scaled text: reads decimal numbers that count a unit, exactly and without floating point.
//
// What duration_text.h and byte_text.h have in common. Pure functions; at most eighteen digits, and
// a result that is not a whole number or does not fit 64 bits is no result.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace base {

struct ScaledText {
  std::string_view number;  // Digits, with at most one point among them.
  std::string_view unit;    // All that follows, spaces between the two dropped.
};

ScaledText split_scaled_text(std::string_view text) noexcept;

// "1.5" of unit 1000 is 1500; "0.0001" of unit 1000 is not a whole number.
std::optional<std::uint64_t> scale_number(std::string_view number, std::uint64_t unit) noexcept;

}  // namespace base
