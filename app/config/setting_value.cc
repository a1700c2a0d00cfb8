#include "app/config/setting_value.h"

#include <fmt/format.h>

#include <utility>

#include "app/config/schema.h"
#include "base/check.h"

namespace app {

namespace {

SettingValue standard_value(const Setting& setting) {
  SettingValue value;
  if (setting.is_list) {
    value.texts = split_list(setting.standard);
  } else {
    value.texts = {setting.standard};
  }
  return value;
}

std::map<std::string, SettingValue, std::less<>> standard_values() {
  std::map<std::string, SettingValue, std::less<>> values;
  for (const Setting& setting : all_settings()) values[setting.path] = standard_value(setting);
  return values;
}

// As TOML: without quotes where the file would have none.
bool is_bare(const Setting& setting, std::string_view text) {
  if (setting.kind == SettingKind::count || setting.kind == SettingKind::on_off) return true;
  return setting.kind == SettingKind::bytes &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string shown_text(const Setting& setting, std::string_view text) {
  if (setting.is_secret) return "***";
  return is_bare(setting, text) ? std::string(text) : toml_string(text);
}

std::string shown_weights(const SettingValue& value) {
  std::string shown;
  for (const std::string& text : value.texts) {
    const std::size_t equals = text.rfind('=');
    shown +=
        fmt::format("{}{} = {}", shown.empty() ? "" : ", ", toml_string(text.substr(0, equals)),
                    equals == std::string::npos ? "" : text.substr(equals + 1));
  }
  return "{" + shown + "}";
}

}  // namespace

std::string FilePlace::text() const { return fmt::format("{}:{}:{}", file, line, column); }

const SettingValue& SettingValues::of(std::string_view path) const {
  static const std::map<std::string, SettingValue, std::less<>> kStandard = standard_values();
  if (const auto said = said_.find(path); said != said_.end()) return said->second;
  const auto standard = kStandard.find(path);
  CHECK(standard != kStandard.end());
  return standard->second;
}

void SettingValues::set(const Setting& setting, SettingValue value) {
  said_.insert_or_assign(setting.path, std::move(value));
}

void SettingValues::overlay(const SettingValues& later) {
  for (const auto& [path, value] : later.said_) said_.insert_or_assign(path, value);
}

void SettingValues::set_content_hash(const Setting& setting, std::size_t hash) {
  if (const auto said = said_.find(setting.path); said != said_.end()) {
    said->second.content_hash = hash;
  }
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view part = text.substr(0, comma);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

std::string where_said(const Setting& setting, const SettingValue& value) {
  switch (value.origin) {
    case SettingOrigin::flag:
      return setting.flag;
    case SettingOrigin::environment:
      return environment_name(setting);
    case SettingOrigin::file:
      return value.place.text() + ": " + setting.path;
    case SettingOrigin::standard:
      break;
  }
  return setting.path;
}

std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string shown_value(const Setting& setting, const SettingValue& value) {
  if (setting.kind == SettingKind::weights) return shown_weights(value);
  if (!setting.is_list) return shown_text(setting, value.texts.front());
  std::string shown;
  for (const std::string& text : value.texts) {
    shown += (shown.empty() ? "" : ", ") + shown_text(setting, text);
  }
  return "[" + shown + "]";
}

std::string quotable(std::string_view text, std::size_t bytes_max) {
  std::string quoted;
  for (const char c : text) {
    if (quoted.size() > bytes_max) return quoted + "...";
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      quoted += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      quoted += c;
    }
  }
  return quoted;
}

}  // namespace app
