#include "app/events/event_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

#include "base/json_text.h"

namespace app {

namespace {

constexpr std::int64_t kMsPerDay = 86'400'000;
constexpr std::int64_t kUnixMsMost = 253'402'300'799'999;  // The end of the year 9999.

struct CivilDate {
  std::uint32_t year = 0;
  std::uint32_t month = 0;
  std::uint32_t day = 0;
};

// Counts from the 1st of March of the year 0, so that the leap day is the last of its year, in
// cycles of 400 years, after which the calendar repeats.
CivilDate date_of(std::uint32_t days_since_1970) noexcept {
  constexpr std::uint32_t kDaysBefore1970 = 719'468;
  constexpr std::uint32_t kDaysPerCycle = 146'097;
  const std::uint32_t days = days_since_1970 + kDaysBefore1970;
  const std::uint32_t cycle = days / kDaysPerCycle;
  const std::uint32_t day = days % kDaysPerCycle;
  const std::uint32_t year = (day - day / 1'460 + day / 36'524 - day / 146'096) / 365;
  const std::uint32_t day_of_year = day - (365 * year + year / 4 - year / 100);
  const std::uint32_t month = (5 * day_of_year + 2) / 153;  // March is 0.
  return {.year = cycle * 400 + year + (month >= 10 ? 1 : 0),
          .month = month < 10 ? month + 3 : month - 9,
          .day = day_of_year - (153 * month + 2) / 5 + 1};
}

// Right-aligned, with zeros before it.
void put_digits(char* at, std::size_t width, std::uint32_t number) noexcept {
  for (std::size_t i = width; i > 0; --i) {
    at[i - 1] = static_cast<char>('0' + number % 10);
    number /= 10;
  }
}

std::string key_text(std::string_view before, std::string_view key) {
  std::string text(before);
  append_json_string(text, key);
  text += ':';
  return text;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  base::append_json_escaped(out, text);
  out += '"';
}

void append_json_time(std::string& out, std::int64_t unix_ms) {
  const std::int64_t ms = std::clamp<std::int64_t>(unix_ms, 0, kUnixMsMost);
  const CivilDate date = date_of(static_cast<std::uint32_t>(ms / kMsPerDay));
  const auto of_day = static_cast<std::uint32_t>(ms % kMsPerDay);
  const std::size_t begin = out.size();
  out += "\"0000-00-00T00:00:00.000Z\"";
  char* const at = out.data() + begin;
  put_digits(at + 1, 4, date.year);
  put_digits(at + 6, 2, date.month);
  put_digits(at + 9, 2, date.day);
  put_digits(at + 12, 2, of_day / 3'600'000);
  put_digits(at + 15, 2, of_day / 60'000 % 60);
  put_digits(at + 18, 2, of_day / 1'000 % 60);
  put_digits(at + 21, 3, of_day % 1'000);
}

void append_json_number(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits{};
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), result.ptr);
}

EventWriter::EventWriter(const EnvelopeKeys& keys)
    : event_key_(key_text("{", keys.event)),
      request_id_key_(key_text(",", keys.request_id)),
      data_key_(key_text(",", keys.data)),
      tail_(key_text(",", keys.version)) {
  append_json_string(tail_, kEventVersion);
  tail_ += '}';
}

void EventWriter::append_head(std::string& out, std::string_view event,
                              std::string_view request_id_raw) const {
  out += event_key_;
  append_json_string(out, event);
  if (!request_id_raw.empty()) {
    out += request_id_key_;
    out += request_id_raw;
  }
  out += data_key_;
}

void EventWriter::append_tail(std::string& out) const { out += tail_; }

void EventWriter::append_event(std::string& out, std::string_view event,
                               std::string_view request_id_raw, std::string_view data_raw) const {
  append_head(out, event, request_id_raw);
  out += data_raw;
  append_tail(out);
}

void EventWriter::append_error(std::string& out, const ErrorReply& error,
                               std::string_view request_id_raw, std::int64_t now_ms) const {
  append_head(out, "error", request_id_raw);
  out += "{\"code\":\"";
  out += name(error.code);
  out += "\",\"message\":";
  append_json_string(out, error.message);
  out += error.recoverable ? ",\"recoverable\":true" : ",\"recoverable\":false";
  out += ",\"timestamp\":";
  append_json_time(out, now_ms);
  out += ",\"details\":";
  out += error.details_raw;
  out += "}}";
}

}  // namespace app
