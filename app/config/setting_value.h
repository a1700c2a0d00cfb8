// SettingValue and SettingValues: what was said of each setting, by whom, before it is believed.
//
// A file, the environment and the flags each say some; the later wins. Plain values, owned by one
// thread at a time; the running gateway keeps them in its Options, to tell what a reload changes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/setting.h"
#include "app/gateway_limits.h"
#include "app/rooms/access_rules.h"

namespace app {

enum class SettingOrigin : std::uint8_t { standard, file, environment, flag };

// Where in a file something was said.
struct FilePlace {
  std::string file{};
  std::uint32_t line = 0;  // From 1; 0: in no file.
  std::uint32_t column = 0;

  std::string text() const;  // "millrace.toml:3:10".
};

struct SettingValue {
  std::vector<std::string> texts{};  // One, unless the setting is a list.
  SettingOrigin origin = SettingOrigin::standard;
  FilePlace place{};
  std::size_t content_hash = 0;  // Of the file that it names, once that was read.
};

// One [[access]] table.
struct AccessEntry {
  AccessRule rule{};
  FilePlace place{};
};

class SettingValues {
 public:
  // What nobody spoke of has its default.
  const SettingValue& of(std::string_view path) const;
  void set(const Setting& setting, SettingValue value);
  // What `later` says wins.
  void overlay(const SettingValues& later);
  void set_content_hash(const Setting& setting, std::size_t hash);

  std::vector<AccessEntry>& access() noexcept { return access_; }
  const std::vector<AccessEntry>& access() const noexcept { return access_; }

 private:
  std::map<std::string, SettingValue, std::less<>> said_;
  std::vector<AccessEntry> access_;
};

// Parts between commas, spaces around them dropped; none of an empty text.
std::vector<std::string> split_list(std::string_view text);

// What a person would look for to find the value: "--shards", "millrace.toml:3:10: server.shards"
// or "MILLRACE_SERVER_SHARDS".
std::string where_said(const Setting& setting, const SettingValue& value);

// The text as a string of TOML, with its quotes.
std::string toml_string(std::string_view text);

// The value as the configuration file would have it; *** for a secret.
std::string shown_value(const Setting& setting, const SettingValue& value);

// Text that may hold anything, as one line without control characters, and not too long.
std::string quotable(std::string_view text, std::size_t bytes_max = kQuotedBytesMax);

}  // namespace app
