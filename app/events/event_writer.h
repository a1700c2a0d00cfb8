// EventWriter: appends the events that the gateway itself says: replies, errors, and the frame of
// any other event. Also the JSON strings and times that they are made of.
//
// Pure: time is an argument. It appends to a string that the caller keeps and reuses, so writing
// allocates nothing once that has grown. Constant after construction: shards may share one. Bounds:
// what is appended is at most six times the texts given, plus some hundred bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "app/events/error_code.h"
#include "app/events/event_reader.h"

namespace app {

// The version of the native protocol's events, docs/PROTOCOL.md.
inline constexpr std::string_view kEventVersion = "1.0";

// With its quotes. What is not UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

// ISO 8601 in UTC to the millisecond, with its quotes: "2026-11-27T15:51:47.012Z". Times before
// 1970 and after 9999 are written as the nearest that is not.
void append_json_time(std::string& out, std::int64_t unix_ms);

void append_json_number(std::string& out, std::uint64_t number);

struct ErrorReply {
  ErrorCode code = ErrorCode::server_error;
  std::string_view message{};
  bool recoverable = true;
  std::string_view details_raw = "{}";  // A JSON object.
};

class EventWriter {
 public:
  explicit EventWriter(const EnvelopeKeys& keys = {});

  // Everything before the value of `data`, which the caller then appends, and everything after it.
  // `request_id_raw` is JSON, as it came (Event::request_id_raw); without one it is left out.
  void append_head(std::string& out, std::string_view event,
                   std::string_view request_id_raw = {}) const;
  void append_tail(std::string& out) const;

  // A whole event, whose data is JSON already.
  void append_event(std::string& out, std::string_view event, std::string_view request_id_raw,
                    std::string_view data_raw) const;

  void append_error(std::string& out, const ErrorReply& error, std::string_view request_id_raw,
                    std::int64_t now_ms) const;

 private:
  // The keys with all that stands around them.
  std::string event_key_;       // {"event":
  std::string request_id_key_;  // ,"requestId":
  std::string data_key_;        // ,"data":
  std::string tail_;            // ,"version":"1.0"}
};

}  // namespace app
