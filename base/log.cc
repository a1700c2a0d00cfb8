#include "base/log.h"

#define SPDLOG_NO_EXCEPTIONS  // This layer is compiled without them.
#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <memory>
#include <string>

#include "base/check.h"
#include "base/json_text.h"
#include "base/log_writer.h"

namespace base {

namespace {

constexpr auto kTextPattern = "%Y-%m-%dT%H:%M:%S.%eZ %l %v";
constexpr auto kJsonPattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";

constinit std::atomic<LogFormat> log_format{LogFormat::text};

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::trace:
      return spdlog::level::trace;
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::off:
      return spdlog::level::off;
  }
  return spdlog::level::off;
}

// One line stays one line: control characters are shown, as in "\x0a".
void append_on_one_line(std::string& out, std::string_view text) {
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet >= 0x20 && octet != 0x7F) {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", octet);
    }
  }
}

// A value cannot end its quotes, so a peer forges no field either.
std::string text_line(std::string_view message, std::initializer_list<LogField> fields) {
  std::string line;
  append_on_one_line(line, message);
  for (const LogField& field : fields) {
    if (field.value.empty()) continue;
    line += ' ';
    line += field.key;
    line += "=\"";
    append_json_escaped(line, field.value);
    line += '"';
  }
  return line;
}

void append_json_member(std::string& out, std::string_view key, std::string_view value) {
  out += '"';
  out += key;
  out += "\":\"";
  append_json_escaped(out, value);
  out += '"';
}

// The members of the line's object after those of the pattern.
std::string json_members(std::string_view message, std::initializer_list<LogField> fields) {
  std::string members;
  append_json_member(members, "message", message);
  for (const LogField& field : fields) {
    if (field.value.empty()) continue;
    members += ',';
    append_json_member(members, field.key, field.value);
  }
  return members;
}

}  // namespace

// Never destroyed, so that static objects may log while they are.
spdlog::logger& detail::plain_log_writer() {
  static spdlog::logger& instance = *[] {
    auto* const created =
        new spdlog::logger("millrace", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    created->set_level(spdlog::level::trace);  // Our own threshold decides, before formatting.
    created->set_pattern(kTextPattern, spdlog::pattern_time_type::utc);
    return created;
  }();
  return instance;
}

void configure_log(LogLevel level, LogFormat format) {
  const auto pattern = format == LogFormat::json ? kJsonPattern : kTextPattern;
  detail::plain_log_writer().set_pattern(pattern, spdlog::pattern_time_type::utc);
  log_format.store(format, std::memory_order_relaxed);
  detail::log_threshold.store(level, std::memory_order_relaxed);
}

void detail::write_log_line(LogLevel level, std::initializer_list<LogField> fields,
                            fmt::string_view format, fmt::format_args args) {
  CHECK(level != LogLevel::off);
  fmt::memory_buffer message;
  fmt::vformat_to(std::back_inserter(message), format, args);
  const std::string_view text(message.data(), message.size());
  const bool json = log_format.load(std::memory_order_relaxed) == LogFormat::json;
  const std::string line = json ? json_members(text, fields) : text_line(text, fields);
  spdlog::logger* const of_thread = log_writer.load(std::memory_order_acquire);
  spdlog::logger& writer = of_thread != nullptr ? *of_thread : plain_log_writer();
  writer.log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace base
