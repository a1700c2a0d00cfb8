#include "base/byte_text.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/scaled_text.h"

namespace base {

namespace {

struct ByteUnit {
  std::string_view name;
  std::uint64_t bytes;
};

// Largest first, then powers of two: of two texts of one length, format_byte_count() takes the
// first.
constexpr auto kByteUnits = std::to_array<ByteUnit>({
    {"TiB", std::uint64_t{1} << 40},
    {"GiB", std::uint64_t{1} << 30},
    {"MiB", std::uint64_t{1} << 20},
    {"KiB", std::uint64_t{1} << 10},
    {"TB", 1'000'000'000'000},
    {"GB", 1'000'000'000},
    {"MB", 1'000'000},
    {"KB", 1'000},
    {"", 1},
    {"B", 1},
});

bool equal_ignoring_case(std::string_view left, std::string_view right) noexcept {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::ranges::equal(left, right, {}, lower, lower);
}

}  // namespace

Result<std::uint64_t> parse_byte_count(std::string_view text) {
  const ScaledText scaled = split_scaled_text(text);
  for (const ByteUnit& unit : kByteUnits) {
    if (!equal_ignoring_case(scaled.unit, unit.name)) continue;
    const std::optional<std::uint64_t> count = scale_number(scaled.number, unit.bytes);
    if (!count) break;
    return *count;
  }
  return Error{"'" + std::string(text) +
               "' is not a number of bytes: write a whole number of bytes, or a number and one of "
               "KiB, MiB, GiB, TiB, KB, MB, GB, TB, as in 64KiB"};
}

std::string format_byte_count(std::uint64_t count) {
  std::string shortest = std::to_string(count);
  if (count == 0) return shortest;
  bool found = false;
  for (const ByteUnit& unit : kByteUnits) {
    if (count % unit.bytes != 0) continue;
    std::string text = std::to_string(count / unit.bytes);
    text += unit.name;
    if (text.size() < shortest.size() || (text.size() == shortest.size() && !found)) {
      shortest = std::move(text);
      found = true;
    }
  }
  return shortest;
}

}  // namespace base
