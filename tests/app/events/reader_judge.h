// Reader judge: runs EventReader against a second parser of JSON, nlohmann's, over any bytes.
//
// For the hostile test and the fuzzer. What the second parser refuses must be a fault; what is
// accepted must mean the same to both, slice by slice. One thread; a message of any size.
#pragma once

#include <nlohmann/json.hpp>

#include <span>
#include <string>
#include <string_view>

#include "app/events/event_reader.h"
#include "app/gateway_limits.h"
#include "base/bytes.h"

namespace app {

struct Verdict {
  bool accepted = false;
  std::string_view mistake{};  // Empty: the two parsers agree.
};

// Whether what was read of a value is what the second parser reads.
inline bool same_value(const Field& field, const nlohmann::json& value) {
  if (nlohmann::json::parse(field.raw, nullptr, false) != value) return false;
  switch (field.kind) {
    case FieldKind::null:
      return value.is_null();
    case FieldKind::boolean:
      return value.is_boolean() && value.get<bool>() == field.truth;
    case FieldKind::number:
      return value.is_number() && value.get<double>() == field.number;
    case FieldKind::string:
      return value.is_string() && value.get_ref<const std::string&>() == field.text;
    case FieldKind::array:
      return value.is_array();
    case FieldKind::object:
      return value.is_object();
  }
  return false;
}

inline std::string_view mistake_in_fields(const Event& event, const nlohmann::json& data) {
  if (event.fields.size() != data.size()) return "the number of fields differs";
  for (const Field& field : event.fields) {
    const auto known = data.find(std::string(field.key));
    if (known == data.end()) return "a field is not there";
    if (!same_value(field, *known)) return "a field's value differs";
    if (event.find(field.key) != &field) return "a field is not found by its key";
  }
  return {};
}

inline std::string_view mistake_in_event(const Event& event, const nlohmann::json& whole) {
  if (!whole.is_object() || !whole.contains("event")) return "accepted without an event";
  if (whole["event"] != std::string(event.name)) return "the name differs";
  if (event.name.empty() || event.name.size() > kEventNameBytesMax) return "the name's bound";
  if (event.request_id.size() > kRequestIdBytesMax) return "the request id's bound";
  const nlohmann::json request_id = whole.value("requestId", nlohmann::json());
  if (event.request_id_raw.empty() != request_id.is_null()) return "the request id is missing";
  if (!request_id.is_null()) {
    if (nlohmann::json::parse(event.request_id_raw, nullptr, false) != request_id) {
      return "the request id differs";
    }
  }
  const nlohmann::json data = whole.value("data", nlohmann::json());
  if (!whole.contains("data")) return event.data.raw.empty() ? "" : "data out of nowhere";
  if (!same_value(event.data, data)) return "data differs";
  return data.is_object() ? mistake_in_fields(event, data) : "";
}

inline Verdict judge(EventReader& reader, std::string_view message) {
  Event event;
  const EventFault* const fault = reader.read(base::as_bytes(message), event);
  const nlohmann::json whole = nlohmann::json::parse(message, nullptr, false);
  if (fault != nullptr) {
    // The second parser lets a byte order mark pass, and takes a zero for the end.
    const bool lenient = message.starts_with("\xEF\xBB\xBF") || message.find('\0') != message.npos;
    // And numbers that are too small for a double.
    const bool small = fault->message.starts_with("a number is") &&
                       (message.find("e-") != message.npos || message.find("E-") != message.npos ||
                        message.size() > 300);
    const bool should_read = !whole.is_discarded() && !lenient && !small;
    const bool no_json = fault->message.find("not valid") != std::string_view::npos ||
                         fault->message.starts_with("a number is");
    return {.mistake = should_read && no_json ? "refused as no JSON, which it is" : ""};
  }
  if (whole.is_discarded()) return {.accepted = true, .mistake = "accepted what is no JSON"};
  return {.accepted = true, .mistake = mistake_in_event(event, whole)};
}

}  // namespace app
