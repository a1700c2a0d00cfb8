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
#include <string_view>
#include <utility>

namespace base {

enum class LogLevel : std::uint8_t { trace, debug, info, warn, error, off };
enum class LogFormat : std::uint8_t { text, json };

// Takes effect for all threads at once. Before the first call: info, as text.
void configure_log(LogLevel level, LogFormat format);

namespace detail {

inline constinit std::atomic<LogLevel> log_threshold{LogLevel::info};

[[gnu::cold]] void write_log_line(LogLevel level, fmt::string_view format, fmt::format_args args);

}  // namespace detail

inline bool log_enabled(LogLevel level) noexcept {
  return level >= detail::log_threshold.load(std::memory_order_relaxed);
}

template <typename... Args>
void log_at(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
  if (log_enabled(level)) detail::write_log_line(level, format, fmt::make_format_args(args...));
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
