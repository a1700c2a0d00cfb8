#include "app/events/event_reader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "app/events/json_number.h"
#include "app/events/json_tokens.h"
#include "app/gateway_limits.h"
#include "base/check.h"

namespace app {

namespace {

static_assert(kJsonDepthMax == 32 && kDataFieldsMost == 64 && kEventNameBytesMax == 64 &&
                  kRequestIdBytesMax == 64 && kEventVersionBytesMax == 16,
              "the texts below name these figures");

constexpr EventFault kNotJson{.message = "the message is not valid JSON"};
constexpr EventFault kNotUtf8{.message = "the message is not valid UTF-8"};
constexpr EventFault kNotObject{.message = "the message must be a JSON object"};
constexpr EventFault kTrailing{.message = "the message goes on after its JSON object"};
constexpr EventFault kNotNumber{.message = "a number is malformed, too large or too small"};
constexpr EventFault kTooDeep{.message = "objects and arrays are nested more than 32 deep"};
constexpr EventFault kKeyTwice{.message = "a key of the envelope is there twice"};
constexpr EventFault kNoEvent{.message = "the event's name is missing"};
constexpr EventFault kEventNotText{.message = "the event's name must be a string"};
constexpr EventFault kEventEmpty{.message = "the event's name is empty"};
constexpr EventFault kEventTooLong{.message = "the event's name is longer than 64 bytes"};
constexpr EventFault kRequestIdKind{.message = "the request id must be a string or an integer"};
constexpr EventFault kRequestIdTooLong{.message = "the request id is longer than 64 bytes"};
constexpr EventFault kVersionKind{.message = "the version must be a string"};
constexpr EventFault kVersionTooLong{.message = "the version is longer than 16 bytes"};
constexpr EventFault kTooManyFields{.message = "data has more than 64 fields"};
constexpr EventFault kFieldTwice{.message = "a key of data is there twice"};

// Written out, because the compiler makes a call of the comparison of the standard library here.
[[gnu::always_inline]] inline bool is(std::string_view key, const std::string& name) noexcept {
  return std::equal(key.begin(), key.end(), name.begin(), name.end());
}

// Of a number that is valid JSON.
bool is_integer(std::string_view raw) noexcept {
  return raw.find_first_of(".eE") == std::string_view::npos;
}

}  // namespace

const Field* Event::find(std::string_view key) const noexcept {
  const auto found = std::ranges::find(fields, key, &Field::key);
  return found == fields.end() ? nullptr : std::to_address(found);
}

// A recursive descent over the tokens that checks every value, because what is relayed as it came
// must be known to be good. The functions return false where the message is no JSON or too deep, so
// that the walk cannot go on; what is wrong with the envelope alone is noted, and the walk goes on
// to find the request id.
struct EventReader::Parser {
  explicit Parser(EnvelopeKeys its_keys) : keys(std::move(its_keys)) {}

  const EventFault* read(std::span<const std::byte> message, Event& event);
  bool read_envelope(Event& event);
  bool read_member(std::string_view key, Event& event);
  bool read_data(Field& data);
  // Inlined is what is called for each field: calls would cost a tenth of everything.
  [[gnu::always_inline]] inline void keep_field(const Field& field);
  [[gnu::always_inline]] inline bool read_field(std::size_t depth, Field& field);
  [[gnu::always_inline]] inline bool read_string(Field& field);
  bool read_value(std::size_t depth, Field& field);
  bool read_object(std::size_t depth);
  bool read_array(std::size_t depth);
  bool read_number(Field& field);
  bool read_word(std::string_view word, FieldKind kind, Field& field);
  void take_name(const Field& field, Event& event);
  void take_request_id(const Field& field, Event& event);
  void take_version(const Field& field, Event& event);
  bool take_once(bool& seen);

  // An object whose members `read_member(key)` reads the values of.
  template <typename ReadMember>
  bool read_members(ReadMember read_member);

  // The first fault is the one that is told.
  void note(const EventFault& what) {
    if (fault == nullptr) fault = &what;
  }
  bool stop(const EventFault& what) {
    note(what);
    return false;
  }

  struct Seen {
    bool event = false;
    bool data = false;
    bool request_id = false;
    bool version = false;
  };

  EnvelopeKeys keys;
  JsonTokens tokens;
  std::array<Field, kDataFieldsMost> fields;
  Field unkept;  // Values that are only checked.
  std::size_t field_count = 0;
  Seen seen;
  const EventFault* fault = nullptr;
};

EventReader::EventReader(EnvelopeKeys keys) : parser_(std::make_unique<Parser>(std::move(keys))) {
  const EnvelopeKeys& all = parser_->keys;
  CHECK(all.event != all.data && all.event != all.request_id && all.event != all.version);
  CHECK(all.data != all.request_id && all.data != all.version);
  CHECK(all.request_id != all.version);
}

EventReader::~EventReader() = default;

const EventFault* EventReader::read(std::span<const std::byte> message, Event& event) {
  return parser_->read(message, event);
}

const EventFault* EventReader::Parser::read(std::span<const std::byte> message, Event& event) {
  event = Event{};
  fault = nullptr;
  seen = Seen{};
  field_count = 0;
  const JsonTokens::Outcome outcome = tokens.scan(message);
  if (outcome == JsonTokens::Outcome::not_utf8) return &kNotUtf8;
  if (outcome == JsonTokens::Outcome::not_json) return &kNotJson;
  if (read_envelope(event) && !seen.event) note(kNoEvent);
  event.fields = std::span<const Field>(fields).first(field_count);
  return fault;
}

bool EventReader::Parser::read_string(Field& field) {
  field.kind = FieldKind::string;
  field.raw = tokens.take();
  return tokens.unescape(field.raw, field.text) || stop(kNotJson);
}

// Most fields are strings.
bool EventReader::Parser::read_field(std::size_t depth, Field& field) {
  return tokens.peek() == '"' ? read_string(field) : read_value(depth, field);
}

bool EventReader::Parser::read_envelope(Event& event) {
  if (!tokens.take('{')) return stop(kNotObject);
  const auto read = [this, &event](std::string_view key) { return read_member(key, event); };
  if (!read_members(read)) return false;
  return tokens.at_end() || stop(kTrailing);
}

template <typename ReadMember>
bool EventReader::Parser::read_members(ReadMember read_member) {
  if (tokens.take('}')) return true;
  do {
    if (tokens.peek() != '"') return stop(kNotJson);
    std::string_view key;
    if (!tokens.unescape(tokens.take(), key) || !tokens.take(':')) return stop(kNotJson);
    if (!read_member(key)) return false;
  } while (tokens.take(','));
  return tokens.take('}') || stop(kNotJson);
}

bool EventReader::Parser::read_member(std::string_view key, Event& event) {
  if (is(key, keys.data) && take_once(seen.data)) {
    event.data.key = keys.data;
    return read_data(event.data);
  }
  Field field;
  if (!read_field(2, field)) return false;
  if (is(key, keys.event)) {
    if (take_once(seen.event)) take_name(field, event);
  } else if (is(key, keys.request_id)) {
    if (take_once(seen.request_id)) take_request_id(field, event);
  } else if (is(key, keys.version)) {
    if (take_once(seen.version)) take_version(field, event);
  }
  return true;
}

bool EventReader::Parser::take_once(bool& seen_before) {
  if (seen_before) note(kKeyTwice);
  return !std::exchange(seen_before, true);
}

void EventReader::Parser::take_name(const Field& field, Event& event) {
  if (field.kind != FieldKind::string) {
    note(kEventNotText);
  } else if (field.text.empty()) {
    note(kEventEmpty);
  } else if (field.text.size() > kEventNameBytesMax) {
    note(kEventTooLong);
  } else {
    event.name = field.text;
  }
}

// Null is none: writers in some languages cannot leave a member out.
void EventReader::Parser::take_request_id(const Field& field, Event& event) {
  const bool integer = field.kind == FieldKind::number && is_integer(field.raw);
  if (field.kind == FieldKind::null) return;
  if (field.kind != FieldKind::string && !integer) {
    note(kRequestIdKind);
    return;
  }
  const std::string_view text = integer ? field.raw : field.text;
  if (text.size() > kRequestIdBytesMax) {
    note(kRequestIdTooLong);
    return;
  }
  event.request_id = text;
  event.request_id_raw = field.raw;
}

void EventReader::Parser::take_version(const Field& field, Event& event) {
  if (field.kind == FieldKind::null) return;
  if (field.kind != FieldKind::string) {
    note(kVersionKind);
  } else if (field.text.size() > kEventVersionBytesMax) {
    note(kVersionTooLong);
  } else {
    event.version = field.text;
  }
}

// A field was read into the next free place; if it is to be kept it stays there.
void EventReader::Parser::keep_field(const Field& field) {
  for (std::size_t i = 0; i < field_count; ++i) {
    if (fields[i].key == field.key) return note(kFieldTwice);
  }
  if (field_count == fields.size()) return note(kTooManyFields);
  ++field_count;
}

bool EventReader::Parser::read_data(Field& data) {
  if (!tokens.take('{')) return read_value(2, data);
  const char* const begin = tokens.last();
  const auto read = [this](std::string_view key) {
    Field& field = field_count < fields.size() ? fields[field_count] : unkept;
    field.key = key;
    field.text = {};  // One by one, because copying an empty field takes eighty instructions.
    field.number = 0;
    field.truth = false;
    if (!read_field(3, field)) return false;
    keep_field(field);
    return true;
  };
  if (!read_members(read)) return false;
  data.kind = FieldKind::object;
  data.raw = std::string_view(begin, tokens.last() + 1);
  return true;
}

// Recursion is bounded by kJsonDepthMax.
bool EventReader::Parser::read_value(std::size_t depth, Field& field) {
  switch (tokens.peek()) {
    case '"':
      return read_string(field);
    case '{':
    case '[': {
      field.kind = tokens.peek() == '{' ? FieldKind::object : FieldKind::array;
      const char* const begin = tokens.take().data();
      if (depth > kJsonDepthMax) return stop(kTooDeep);
      if (!(field.kind == FieldKind::object ? read_object(depth) : read_array(depth))) return false;
      field.raw = std::string_view(begin, tokens.last() + 1);
      return true;
    }
    case 't':
      field.truth = true;
      return read_word("true", FieldKind::boolean, field);
    case 'f':
      field.truth = false;
      return read_word("false", FieldKind::boolean, field);
    case 'n':
      return read_word("null", FieldKind::null, field);
    default:  // A number, or nothing that JSON knows: a char is not an enum of ours.
      return read_number(field);
  }
}

bool EventReader::Parser::read_object(std::size_t depth) {
  return read_members([this, depth](std::string_view) { return read_value(depth + 1, unkept); });
}

bool EventReader::Parser::read_array(std::size_t depth) {
  if (tokens.take(']')) return true;
  do {
    if (!read_value(depth + 1, unkept)) return false;
  } while (tokens.take(','));
  return tokens.take(']') || stop(kNotJson);
}

bool EventReader::Parser::read_number(Field& field) {
  const char first = tokens.peek();
  if (first != '-' && (first < '0' || first > '9')) return stop(kNotJson);
  field.kind = FieldKind::number;
  field.raw = tokens.take();
  const std::optional<double> number = parse_json_number(field.raw);
  if (!number) return stop(kNotNumber);
  field.number = *number;
  return true;
}

bool EventReader::Parser::read_word(std::string_view word, FieldKind kind, Field& field) {
  field.kind = kind;
  field.raw = tokens.take();
  return field.raw == word || stop(kNotJson);
}

}  // namespace app
