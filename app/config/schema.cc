#include "app/config/schema.h"

#include <algorithm>
#include <string>

#include "app/config/nearest_name.h"
#include "base/check.h"

namespace app {

namespace {

// "auth.jwks_url" becomes "--auth-jwks-url".
std::string flag_of(const Setting& setting) {
  std::string flag = "--" + setting.path;
  std::ranges::replace(flag, '.', '-');
  std::ranges::replace(flag, '_', '-');
  return flag;
}

// A flag would show a secret to everybody on the host.
bool has_flag(const Setting& setting) {
  return !setting.is_secret && setting.kind != SettingKind::access;
}

// The order of the tables; a setting of another table would be a mistake of ours.
std::size_t rank(std::string_view path) {
  constexpr std::string_view kTables[] = {"server", "auth",  "auth.claims", "access", "limits",
                                          "events", "rooms", "admin",       "log",    "drain"};
  const auto found = std::ranges::find(kTables, table_of(path));
  CHECK(found != std::end(kTables));
  return static_cast<std::size_t>(found - std::begin(kTables));
}

std::vector<Setting> build() {
  std::vector<Setting> settings;
  add_server_settings(settings);
  add_auth_settings(settings);
  add_limit_settings(settings);
  add_gateway_settings(settings);
  std::ranges::stable_sort(settings, {}, [](const Setting& each) { return rank(each.path); });
  for (Setting& setting : settings) {
    if (setting.flag.empty() && has_flag(setting)) setting.flag = flag_of(setting);
    CHECK(setting.flag.empty() || has_flag(setting));
    CHECK(setting.least <= setting.most);
  }
  return settings;
}

}  // namespace

const std::vector<Setting>& all_settings() {
  static const std::vector<Setting> settings = build();
  return settings;
}

const Setting* find_setting(std::string_view path) {
  const auto found = std::ranges::find(all_settings(), path, &Setting::path);
  return found == all_settings().end() ? nullptr : &*found;
}

bool is_table(std::string_view path) {
  return std::ranges::any_of(all_settings(), [&](const Setting& setting) {
    return setting.path.starts_with(path) && setting.path.size() > path.size() &&
           setting.path[path.size()] == '.';
  });
}

std::string_view nearest_setting(std::string_view path) {
  if (path.find('.') == std::string_view::npos) {
    std::vector<std::string_view> tables;
    for (const Setting& setting : all_settings()) tables.push_back(table_of(setting.path));
    if (const std::string_view table = nearest_name(path, tables); !table.empty()) return table;
  }
  std::vector<std::string_view> keys;
  for (const Setting& setting : all_settings()) {
    if (table_of(setting.path) == table_of(path)) keys.push_back(key_of(setting.path));
  }
  const std::string_view key = nearest_name(key_of(path), keys);
  // The right key in the wrong table is the next best guess.
  for (const Setting& setting : all_settings()) {
    const bool is_near =
        key.empty() ? key_of(setting.path) == key_of(path)
                    : table_of(setting.path) == table_of(path) && key_of(setting.path) == key;
    if (is_near) return setting.path;
  }
  return {};
}

}  // namespace app
