// read_*_options(): from what was said of the settings to the options of each subject.
//
// Mistakes go to the reader, which knows who said what. Main thread, at the start and at a reload.
#pragma once

#include "app/config/options.h"
#include "app/config/setting_reader.h"

namespace app {

void read_server_options(SettingReader& reader, Options& options);
void read_auth_options(SettingReader& reader, AuthOptions& auth);
void read_gateway_options(SettingReader& reader, Options& options);

}  // namespace app
