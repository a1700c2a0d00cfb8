// Setting: one thing that an operator may say, and everything that is known of it before it is
// said.
//
// The file, the environment, the flags, --help, the checks and docs/CONFIGURATION.md all follow
// from this, so that they cannot differ. Plain value; made once at the start, then only read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace app {

enum class SettingKind : std::uint8_t {
  text,
  address,    // HOST:PORT.
  file,       // A path, whose content counts.
  count,      // A whole number.
  bytes,      // "64KiB", or a whole number.
  duration,   // "250ms".
  choice,     // One of `choices`.
  on_off,     // true or false.
  rate,       // "100/s burst 200", "100/min", or "off".
  byte_rate,  // "1MiB/s burst 4MiB", or "off".
  weights,    // A table of numbers by name; elsewhere NAME=NUMBER.
  access,     // A part of the [[access]] tables; only in the file.
};

struct Setting {
  std::string path{};  // In the file: the table and the key, as in "server.listen".
  SettingKind kind = SettingKind::text;
  std::string help{};
  std::string standard{};        // As it would be written; lists with a comma between two.
  std::string standard_words{};  // Instead of it, where it depends on the host.
  std::string flag{};            // Empty: none.
  std::uint64_t least = 0;       // Of a count, of bytes, or of the nanoseconds of a duration.
  std::uint64_t most = 0;
  bool or_zero = false;  // Zero too, although it is below the least: it switches something off.
  std::vector<std::string> choices{};
  bool is_list = false;
  bool is_reloadable = false;
  bool is_secret = false;
  // What a flag without a value says; empty: the flag has a value.
  std::string flag_says{};
};

// MILLRACE_ and the path in capitals, with _ for its dots; empty for what only a file can say.
std::string environment_name(const Setting& setting);

// The table that it is in: "auth.claims" of "auth.claims.user".
std::string_view table_of(std::string_view path) noexcept;
// And what it is called there: "user".
std::string_view key_of(std::string_view path) noexcept;

// "must be ...", for who wrote something else.
std::string allowed_text(const Setting& setting);

}  // namespace app
