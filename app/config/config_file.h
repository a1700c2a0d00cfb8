// read_config_file(): what a TOML file says of the settings.
//
// The whole file is read, and everything wrong with it is told: what is no TOML, keys that are no
// settings (with the nearest that is), values of the wrong type. Whether a value is within its
// bounds is for SettingReader to say. Main thread, at the start and at a reload. Bound:
// kConfigFileBytesMax.
#pragma once

#include <string>
#include <string_view>

#include "app/config/mistakes.h"
#include "app/config/setting_value.h"

namespace app {

void read_config_file(const std::string& path, SettingValues& values, Mistakes& mistakes);

// The same for a text, which is called `name` in mistakes.
void read_config_text(std::string_view text, const std::string& name, SettingValues& values,
                      Mistakes& mistakes);

}  // namespace app
