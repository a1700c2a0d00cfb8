// read_environment(): what variables such as MILLRACE_SERVER_LISTEN say of the settings.
//
// An empty one says nothing, and one of no setting's name is not ours: Kubernetes makes some for
// every service. Lists have commas between two. Main thread, while nobody changes the environment.
#pragma once

#include <string>

#include "app/config/setting_value.h"

namespace app {

void read_environment(SettingValues& values);

// The file that MILLRACE_CONFIG names; empty if it names none.
std::string config_file_of_environment();

}  // namespace app
