// Log: one line to stderr for what an operator wants to know, as text or as JSON.
//
// A thin front for spdlog, so that no other file depends on it. Any thread may log; a line below
// the configured level costs one relaxed load and formats nothing. Lines carry the UTC time in ISO
// 8601 form, and whatever a peer sent is escaped, so that it can forge neither a line nor JSON.
// Never on the path of a single message: log events of the process and of connections.
#pragma once

#include <fmt/core.h>

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace base {

enum class LogLevel : std::uint8_t { trace, debug, info, warn, error, off };
enum class LogFormat : std::uint8_t { text, json };

// Who a line is about, so that a log can be searched by it: "connection", "request". The key is a
// word of ours; the value may be a peer's, and a field without one is left out.
struct LogField {
  std::string_view key;
  std::string_view value;
};

// Takes effect for all threads at once. Before the first call: info, as text.
void configure_log(LogLevel level, LogFormat format);

namespace detail {

inline constinit std::atomic<LogLevel> log_threshold{LogLevel::info};

[[gnu::cold]] void write_log_line(LogLevel level, std::initializer_list<LogField> fields,
                                  fmt::string_view format, fmt::format_args args);

}  // namespace detail

inline bool log_enabled(LogLevel level) noexcept {
  return level >= detail::log_threshold.load(std::memory_order_relaxed);
}

template <typename... Args>
void log_at(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
  if (log_enabled(level)) detail::write_log_line(level, {}, format, fmt::make_format_args(args...));
}

// The same with fields: keys of the line's object as JSON, key="value" after the message as text.
template <typename... Args>
void log_fields(LogLevel level, std::initializer_list<LogField> fields,
                fmt::format_string<Args...> format, Args&&... args) {
  if (!log_enabled(level)) return;
  detail::write_log_line(level, fields, format, fmt::make_format_args(args...));
}

template <typename... Args>
void log_debug(fmt::format_string<Args...> format, Args&&... args) {
  log_at(LogLevel::debug, format, std::forward<Args>(args)...);
}

template <typename... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) {
  log_at(LogLevel::info, format, std::forward<Args>(args)...);
}

template <typename... Args>
void log_warn(fmt::format_string<Args...> format, Args&&... args) {
  log_at(LogLevel::warn, format, std::forward<Args>(args)...);
}

template <typename... Args>
void log_error(fmt::format_string<Args...> format, Args&&... args) {
  log_at(LogLevel::error, format, std::forward<Args>(args)...);
}

}  // namespace base
