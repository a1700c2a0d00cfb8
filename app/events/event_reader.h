// EventReader: reads one text message of the native protocol into an Event.
//
// The whole message is validated: UTF-8, grammar, escapes, numbers, depth, also of what is ignored.
// What is relayed as it came (Field::raw) is therefore known to be good JSON. Views point into the
// reader, not the message, and hold until the next read(). Threads: the shard's own, one reader
// each. Bounds: kJsonDepthMax, kDataFieldsMost, kEventNameBytesMax, kRequestIdBytesMax; the caller
// bounds the message, and the reader keeps memory for the largest it has seen, so that reading
// allocates nothing. A message that breaks a rule gives an EventFault and no more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "app/events/envelope_keys.h"
#include "app/events/error_code.h"

namespace app {

enum class FieldKind : std::uint8_t { null, boolean, number, string, array, object };

struct Field {
  std::string_view key{};  // Unescaped.
  FieldKind kind = FieldKind::null;
  std::string_view raw{};   // The value as JSON, as it came, without space around it.
  std::string_view text{};  // Of a string: unescaped.
  double number = 0;        // Of a number.
  bool truth = false;       // Of a boolean.
};

struct Event {
  std::string_view name{};
  std::string_view request_id{};      // Unescaped.
  std::string_view request_id_raw{};  // As JSON, a string or a number; empty if there was none.
  std::string_view version{};         // Empty if there was none.
  Field data{};                       // `null` if there was none.
  std::span<const Field> fields{};    // Of `data`, where that is an object; each key once.

  // The field of that name, or nullptr.
  const Field* find(std::string_view key) const noexcept;
};

struct EventFault {
  ErrorCode code = ErrorCode::protocol_error;
  std::string_view message{};  // One sentence, for the client's developer; static.
  bool recoverable = true;
};

class EventReader {
 public:
  // The keys differ from each other: the configuration's own check, and ours.
  explicit EventReader(EnvelopeKeys keys = {});
  ~EventReader();
  EventReader(const EventReader&) = delete;
  EventReader& operator=(const EventReader&) = delete;

  // Null when `event` holds the message; else what is wrong with it. Then `event` still has the
  // request id, if that could be read, so that the error can name it.
  const EventFault* read(std::span<const std::byte> message, Event& event);

 private:
  struct Parser;  // simdjson stays out of other files.
  std::unique_ptr<Parser> parser_;
};

}  // namespace app
