#include "app/config/mistakes.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/gateway_limits.h"

namespace app {

void Mistakes::add(SettingOrigin origin, std::string line, const FilePlace& place) {
  // A default is only wrong because of something that was said, and told of already.
  if (origin == SettingOrigin::standard && !mistakes_.empty()) return;
  if (origin == SettingOrigin::flag && std::exchange(has_flag_, true)) return;
  if (mistakes_.size() == kMistakesTold) {
    ++untold_;
    return;
  }
  mistakes_.push_back({.line = std::move(line), .place = place});
}

std::string Mistakes::text() const {
  std::vector<Mistake> sorted = mistakes_;
  std::ranges::stable_sort(sorted, {}, [](const Mistake& each) {
    const std::uint32_t line = each.place.line == 0 ? UINT32_MAX : each.place.line;
    return std::pair(line, each.place.column);
  });
  std::string text;
  for (const Mistake& each : sorted) text += fmt::format("millrace: {}\n", each.line);
  if (untold_ > 0) text += fmt::format("millrace: and {} more mistakes\n", untold_);
  return text;
}

}  // namespace app
