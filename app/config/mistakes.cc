#include "app/config/mistakes.h"

#include <fmt/format.h>

#include <utility>

#include "app/config/gateway_limits.h"

namespace app {

void Mistakes::add(SettingOrigin origin, std::string line) {
  // A default is only wrong because of something that was said, and told of already.
  if (origin == SettingOrigin::standard && !lines_.empty()) return;
  if (origin == SettingOrigin::flag && std::exchange(has_flag_, true)) return;
  if (lines_.size() == kMistakesTold) {
    ++untold_;
    return;
  }
  lines_.push_back(std::move(line));
}

std::string Mistakes::text() const {
  std::string text;
  for (const std::string& line : lines_) text += fmt::format("millrace: {}\n", line);
  if (untold_ > 0) text += fmt::format("millrace: and {} more mistakes\n", untold_);
  return text;
}

}  // namespace app
