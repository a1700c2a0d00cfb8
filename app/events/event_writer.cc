#include "app/events/event_writer.h"

#include <array>
#include <charconv>
#include <cstddef>

#include "app/events/time_text.h"
#include "base/json_text.h"

namespace app {

namespace {

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

void append_json_time(std::string& out, std::int64_t unix_ms) { out += TimeText().at(unix_ms); }

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
