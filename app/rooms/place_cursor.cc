#include "app/rooms/place_cursor.h"

#include <charconv>
#include <limits>
#include <string>
#include <system_error>

#include "app/gateway_limits.h"

namespace app {

static_assert(2 * (std::numeric_limits<std::uint32_t>::digits10 + 1) + 1 <= kPlaceCursorBytesMax,
              "two numbers and the dot between them");

std::optional<PlaceCursor> PlaceCursor::parse(std::string_view text) noexcept {
  PlaceCursor cursor;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, cursor.shard);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.') {
    return std::nullopt;
  }
  const auto second = std::from_chars(first.ptr + 1, end, cursor.place);
  if (second.ec != std::errc{} || second.ptr != end) return std::nullopt;
  return cursor;
}

std::string PlaceCursor::text() const {
  return std::to_string(shard) + "." + std::to_string(place);
}

}  // namespace app
