#include "app/config/config_report.h"

#include <fmt/format.h>

#include "app/config/schema.h"

namespace app {

namespace {

std::string origin_text(const Setting& setting, const SettingValue& value) {
  switch (value.origin) {
    case SettingOrigin::file:
      return value.place.text();
    case SettingOrigin::environment:
      return environment_name(setting);
    case SettingOrigin::flag:
      return setting.flag;
    case SettingOrigin::standard:
      break;
  }
  return "default";
}

std::string list_text(const std::vector<std::string>& names) {
  std::string text = "[";
  for (const std::string& name : names) {
    if (text.size() > 1) text += ", ";
    text += toml_string(name);
  }
  text += ']';
  return text;
}

std::string rule_text(const AccessRule& rule, std::string_view separator) {
  std::string text = "pattern = " + toml_string(rule.pattern);
  for (std::size_t i = 0; i < kRoomOperationCount; ++i) {
    if (rule.admits[i].empty()) continue;
    text += fmt::format("{}{} = {}", separator, name(static_cast<RoomOperation>(i)),
                        list_text(rule.admits[i]));
  }
  return text;
}

std::string line_of(const Setting& setting, const SettingValue& value) {
  const bool is_standard = value.origin == SettingOrigin::standard;
  const std::string_view key = key_of(setting.path);
  if (setting.is_secret) {
    const bool is_set = !is_standard && !value.texts.empty();
    return fmt::format("# {} is {}\n", key, is_set ? "set, and not shown" : "not set");
  }
  if (is_standard && !setting.standard_words.empty()) {
    return fmt::format("# {} is the default: {}\n", key, setting.standard_words);
  }
  return fmt::format("{} = {}{}\n", key, shown_value(setting, value),
                     is_standard ? "" : "  # " + origin_text(setting, value));
}

}  // namespace

std::string differences_text(const SettingValues& values) {
  std::string text;
  for (const Setting& setting : all_settings()) {
    const SettingValue& value = values.of(setting.path);
    const std::string shown = shown_value(setting, value);
    if (value.origin == SettingOrigin::standard) continue;
    if (!setting.is_secret && shown == shown_value(setting, SettingValues().of(setting.path))) {
      continue;
    }
    text += fmt::format("{} = {}  ({})\n", setting.path, shown, origin_text(setting, value));
  }
  for (const AccessEntry& entry : values.access()) {
    text += fmt::format("access: {}  ({})\n", rule_text(entry.rule, ", "), entry.place.text());
  }
  return text;
}

std::string config_text(const SettingValues& values) {
  std::string text;
  std::string table;
  for (const Setting& setting : all_settings()) {
    if (setting.kind == SettingKind::access) continue;
    const std::string of(table_of(setting.path));
    if (of != table) text += fmt::format("{}[{}]\n", text.empty() ? "" : "\n", of);
    table = of;
    text += line_of(setting, values.of(setting.path));
  }
  for (const AccessEntry& entry : values.access()) {
    text +=
        fmt::format("\n[[access]]  # {}\n{}\n", entry.place.text(), rule_text(entry.rule, "\n"));
  }
  return text;
}

}  // namespace app
