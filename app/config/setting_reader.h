// SettingReader: reads what was said of settings as what it means, held against their bounds.
//
// What is refused is told to Mistakes and read as the least that is allowed, so that what others
// reckon from it before the mistake is told is possible. One thread, at the start and at a reload.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/config/mistakes.h"
#include "app/config/setting.h"
#include "app/config/setting_value.h"
#include "app/limits/limit_options.h"
#include "base/time.h"

namespace app {

class SettingReader {
 public:
  SettingReader(SettingValues& values, Mistakes& mistakes) : values_(values), mistakes_(mistakes) {}

  // Whether anybody spoke of it.
  bool is_said(std::string_view path);
  // As it was said, whatever it is.
  std::string said(std::string_view path);
  std::string text(std::string_view path);
  std::vector<std::string> list(std::string_view path);
  std::uint64_t count(std::string_view path);
  std::uint32_t small_count(std::string_view path) {
    return static_cast<std::uint32_t>(count(path));
  }
  std::uint64_t bytes(std::string_view path);
  base::Duration duration(std::string_view path);
  bool on(std::string_view path);
  Rate rate(std::string_view path);
  std::vector<std::pair<std::string, double>> weights(std::string_view path);
  // One of the setting's words.
  std::string choice(std::string_view path);
  std::vector<std::string> choices(std::string_view path);
  // What is in the file that it names; empty if it names none.
  std::string file_content(std::string_view path);

  // "--shards 0: must be ..."; a secret is not repeated.
  void fail(std::string_view path, std::string_view what);
  // "--listen 'x': is no ...", where the message repeats the value itself.
  void fail_quoted(std::string_view path, std::string_view what);
  void fail_one(std::string_view path, const std::string& text, std::string_view what);
  // Of something in the file that is no setting.
  void fail_at(const FilePlace& place, std::string_view what);

  // Whether a mistake of it was told.
  bool has_failed(std::string_view path) const { return failed_.contains(path); }
  // Paths of the schema that nobody asked for: there must be none.
  std::vector<std::string> unread() const;

 private:
  const Setting& setting(std::string_view path);
  const std::string& single(const Setting& setting);
  bool is_fine(std::string_view path, const std::string& text);
  bool is_choice(const Setting& setting, const std::string& text);

  SettingValues& values_;
  Mistakes& mistakes_;
  std::set<std::string, std::less<>> read_;
  std::set<std::string, std::less<>> failed_;
};

}  // namespace app
