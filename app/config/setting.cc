#include "app/config/setting.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/byte_text.h"
#include "base/duration_text.h"

namespace app {

namespace {

std::string duration_text(std::uint64_t nanoseconds) {
  return base::format_duration(base::Duration(static_cast<std::int64_t>(nanoseconds)));
}

std::string allowed_one(const Setting& setting) {
  switch (setting.kind) {
    case SettingKind::text:
    case SettingKind::file:
      return "a text in quotes";
    case SettingKind::address:
      return "an address such as \"127.0.0.1:8080\"";
    case SettingKind::count:
      return fmt::format("a whole number from {} to {}", setting.least, setting.most);
    case SettingKind::bytes:
      return fmt::format("a number of bytes from {} to {}, such as \"64KiB\"",
                         base::format_byte_count(setting.least),
                         base::format_byte_count(setting.most));
    case SettingKind::duration:
      return fmt::format("a duration from {} to {}, such as \"250ms\"",
                         duration_text(setting.least), duration_text(setting.most));
    case SettingKind::choice:
      return fmt::format("one of {}", fmt::join(setting.choices, ", "));
    case SettingKind::on_off:
      return "true or false";
    case SettingKind::rate:
      return "a rate such as \"100/min\" or \"100/s burst 200\", or \"off\"";
    case SettingKind::byte_rate:
      return "a rate such as \"1MiB/s\" or \"1MiB/s burst 4MiB\", or \"off\"";
    case SettingKind::weights:
      return "a table of numbers by name, such as {acme = 3}";
    case SettingKind::access:
      return "a text in quotes";
  }
  return {};
}

}  // namespace

std::string environment_name(const Setting& setting) {
  if (setting.kind == SettingKind::access) return {};
  std::string name = "MILLRACE_" + setting.path;
  std::ranges::transform(name, name.begin(), [](char c) {
    if (c == '.') return '_';
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return name;
}

std::string_view table_of(std::string_view path) noexcept {
  return path.substr(0, path.rfind('.'));
}

std::string_view key_of(std::string_view path) noexcept { return path.substr(path.rfind('.') + 1); }

std::string allowed_text(const Setting& setting) {
  const std::string one = allowed_one(setting);
  return setting.is_list ? fmt::format("must be a list; each is {}", one)
                         : fmt::format("must be {}", one);
}

}  // namespace app
