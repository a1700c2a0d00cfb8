#include "app/config/nearest_name.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "app/gateway_limits.h"

namespace app {

namespace {

using Row = std::array<std::size_t, kNamesComparedBytesMax + 1>;

std::size_t distance(std::string_view from, std::string_view to) {
  Row before_last{};
  Row last{};
  Row row{};
  for (std::size_t column = 0; column <= to.size(); ++column) last[column] = column;
  for (std::size_t line = 1; line <= from.size(); ++line) {
    row[0] = line;
    for (std::size_t column = 1; column <= to.size(); ++column) {
      const bool same = from[line - 1] == to[column - 1];
      row[column] =
          std::min({last[column] + 1, row[column - 1] + 1, last[column - 1] + (same ? 0U : 1U)});
      const bool swapped = line > 1 && column > 1 && from[line - 1] == to[column - 2] &&
                           from[line - 2] == to[column - 1];
      if (swapped) row[column] = std::min(row[column], before_last[column - 2] + 1);
    }
    before_last = last;
    last = row;
  }
  return last[to.size()];
}

}  // namespace

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> names) {
  if (name.empty() || name.size() > kNamesComparedBytesMax) return {};
  std::string_view nearest;
  std::size_t least = std::max<std::size_t>(name.size() / 3, 1) + 1;
  for (const std::string_view candidate : names) {
    if (candidate.size() > kNamesComparedBytesMax) continue;
    const std::size_t far = distance(name, candidate);
    if (far >= least) continue;
    least = far;
    nearest = candidate;
  }
  return nearest;
}

}  // namespace app
