// The schema: all settings there are, in the order in which the documents show them.
//
// Built once, on the first call; then constant, for any thread. Defaults are those of the option
// structs, which each subject keeps next to its code, so that none is written twice.
#pragma once

#include <string_view>
#include <vector>

#include "app/config/setting.h"

namespace app {

const std::vector<Setting>& all_settings();

// nullptr if there is none of that path.
const Setting* find_setting(std::string_view path);

// Whether it is a table of settings, such as "server" or "auth.claims".
bool is_table(std::string_view path);

// The path or table that was probably meant; empty if nothing is near.
std::string_view nearest_setting(std::string_view path);

// By subject; parts of all_settings().
void add_server_settings(std::vector<Setting>& settings);
void add_gateway_settings(std::vector<Setting>& settings);
void add_auth_settings(std::vector<Setting>& settings);
void add_limit_settings(std::vector<Setting>& settings);

}  // namespace app
