// Reload: what of a new configuration may take effect while the gateway runs, and what waits for a
// restart.
//
// Pure; main thread, at SIGHUP. The schema says of each setting which it is; [auth], [limits],
// [[access]] and rooms.guest_rooms may change as a whole. Files that settings name count by their
// content: a new key in the same file is a change.
#pragma once

#include <string>
#include <vector>

#include "app/config/options.h"

namespace app {

struct ReloadPlan {
  // Paths of the settings that differ; "access" for the rules.
  std::vector<std::string> now{};
  std::vector<std::string> at_restart{};
};

ReloadPlan plan_reload(const Options& running, const Options& fresh);

// Takes over from `fresh` what may change now; the rest stays.
void apply_reload(Options& running, const Options& fresh);

}  // namespace app
