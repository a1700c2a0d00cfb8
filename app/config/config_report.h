// Reports on a configuration, for people: what differs from the defaults and who said so, or all of
// it as a file that could be used. Secrets are never shown.
//
// Pure, main thread; for --check-config and --print-config.
#pragma once

#include <string>

#include "app/config/setting_value.h"

namespace app {

// One line for each setting that was given another value than its default.
std::string differences_text(const SettingValues& values);

// All settings in TOML. Secrets, and what depends on the host, are comments.
std::string config_text(const SettingValues& values);

}  // namespace app
