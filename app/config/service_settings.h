// Service settings: how settings are read that say where another service is and how long to wait
// for it.
//
// Mistakes go to the reader. Main thread, at the start and at a reload.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <type_traits>

#include "app/config/setting_reader.h"

namespace app {

// In whole units of T; what would be cut off is a mistake.
template <typename T>
T duration_as(SettingReader& reader, std::string_view path) {
  const base::Duration exact = reader.duration(path);
  const T whole = std::chrono::duration_cast<T>(exact);
  if (whole != exact) {
    reader.fail(path, std::is_same_v<T, std::chrono::seconds> ? "must be whole seconds"
                                                              : "must be whole milliseconds");
  }
  return whole;
}

// Of http:// or https://, as HttpClient takes it; may be empty.
std::string read_web_address(SettingReader& reader, std::string_view path);

}  // namespace app
