#include "app/rooms/place_cursor.h"

#include <charconv>
#include <limits>

#include "app/config/gateway_limits.h"

namespace app {

static_assert(2 * (std::numeric_limits<std::uint32_t>::digits10 + 1) + 1 <= kPlaceCursorBytesMax,
              "two numbers and the dot between them");

PlaceCursor PlaceCursor::parse(std::string_view text) noexcept {
  PlaceCursor cursor;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, cursor.shard);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.') return {};
  const auto second = std::from_chars(first.ptr + 1, end, cursor.place);
  return second.ec == std::errc{} && second.ptr == end ? cursor : PlaceCursor{};
}

std::string PlaceCursor::text() const {
  return std::to_string(shard) + "." + std::to_string(place);
}

}  // namespace app
