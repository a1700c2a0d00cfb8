#include "app/events/event_reader.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <utility>

#include "app/config/gateway_limits.h"
#include "base/check.h"

namespace app {

namespace {

namespace ondemand = simdjson::ondemand;

static_assert(kJsonDepthMax == 32 && kDataFieldsMost == 64 && kEventNameBytesMax == 64 &&
                  kRequestIdBytesMax == 64 && kEventVersionBytesMax == 16,
              "the texts below name these figures");

constexpr EventFault kNotJson{.message = "the message is not valid JSON"};
constexpr EventFault kNotUtf8{.message = "the message is not valid UTF-8"};
constexpr EventFault kNotObject{.message = "the message must be a JSON object"};
constexpr EventFault kTrailing{.message = "the message goes on after its JSON object"};
constexpr EventFault kNumberRange{.message = "a number is too large or too small"};
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

// Of any number of so many digits.
constexpr std::size_t kDigitsOf64Bits = 19;

// A token of simdjson reaches to the next one; the space between them is not part of it.
std::string_view without_space_behind(std::string_view text) noexcept {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\r' ||
                           text.back() == '\t')) {
    text.remove_suffix(1);
  }
  return text;
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

// Walks every value once, because On Demand checks only what it is asked for. The functions return
// false where the message is no JSON or too deep, so that the walk cannot go on; what is wrong with
// the envelope alone is noted, and the walk goes on to find the request id.
struct EventReader::Parser {
  explicit Parser(EnvelopeKeys the_keys) : keys(std::move(the_keys)) {
    reserve(kEventScratchBytesFirst);
  }

  const EventFault* read(std::span<const std::byte> message, Event& event);
  void reserve(std::size_t bytes);
  simdjson::padded_string_view copy(std::span<const std::byte> message);
  bool read_envelope(Event& event);
  bool read_member(std::string_view key, ondemand::value& value, Event& event);
  bool read_data(ondemand::value& value, Field& data);
  bool read_key(ondemand::field& field, std::string_view& key);
  bool read_value(ondemand::value& value, std::size_t depth, Field& field);
  bool read_string(ondemand::value& value, std::string_view token, Field& field);
  bool read_object(ondemand::value& value, std::size_t depth, bool of_data);
  bool read_array(ondemand::value& value, std::size_t depth);
  bool read_number(ondemand::value& value, Field& field);
  bool read_truth(ondemand::value& value, Field& field);
  bool end_container(const char* begin, Field& field);
  void keep_field(const Field& field);
  void take_name(const Field& field, Event& event);
  void take_request_id(const Field& field, Event& event);
  void take_version(const Field& field, Event& event);
  bool take_once(bool& seen);

  // The first fault is the one that is told.
  bool note(const EventFault& what) {
    if (fault == nullptr) fault = &what;
    return true;
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
  std::unique_ptr<char[]> buffer;
  std::size_t capacity = 0;  // Without the padding.
  ondemand::parser json;
  ondemand::document document;
  std::array<Field, kDataFieldsMost> fields;
  Field unkept;  // For the values that are only checked.
  std::size_t field_count = 0;
  bool escapes = false;  // Whether the message has any, which few have.
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
  const simdjson::padded_string_view text = copy(message);
  escapes = text.find('\\') != std::string_view::npos;
  const simdjson::error_code error = json.iterate(text).get(document);
  if (error != simdjson::SUCCESS) {
    return error == simdjson::UTF8_ERROR ? &kNotUtf8 : &kNotJson;
  }
  if (read_envelope(event) && !seen.event) note(kNoEvent);
  event.fields = std::span<const Field>(fields).first(field_count);
  return fault;
}

void EventReader::Parser::reserve(std::size_t bytes) {
  if (bytes <= capacity) return;
  capacity = std::bit_ceil(bytes);
  buffer = std::make_unique<char[]>(capacity + simdjson::SIMDJSON_PADDING);
  const simdjson::error_code error = json.allocate(capacity);
  CHECK(error == simdjson::SUCCESS);  // The memory; or a message that nobody bounded.
}

// Zeros behind the message: nothing of an earlier one may look like the rest of this one.
simdjson::padded_string_view EventReader::Parser::copy(std::span<const std::byte> message) {
  reserve(message.size());
  if (!message.empty()) std::memcpy(buffer.get(), message.data(), message.size());
  std::memset(buffer.get() + message.size(), 0, simdjson::SIMDJSON_PADDING);
  return simdjson::padded_string_view(buffer.get(), message.size(),
                                      message.size() + simdjson::SIMDJSON_PADDING);
}

bool EventReader::Parser::read_envelope(Event& event) {
  ondemand::object envelope;
  const simdjson::error_code error = document.get_object().get(envelope);
  if (error == simdjson::INCORRECT_TYPE) return stop(kNotObject);
  if (error != simdjson::SUCCESS) return stop(kNotJson);
  for (auto member : envelope) {
    ondemand::field field;
    std::string_view key;
    if (std::move(member).get(field) != simdjson::SUCCESS) return stop(kNotJson);
    if (!read_key(field, key) || !read_member(key, field.value(), event)) return false;
  }
  return document.current_location().error() == simdjson::OUT_OF_BOUNDS || stop(kTrailing);
}

bool EventReader::Parser::read_member(std::string_view key, ondemand::value& value, Event& event) {
  if (key == keys.data && take_once(seen.data)) {
    event.data.key = keys.data;
    return read_data(value, event.data);
  }
  Field field;
  if (!read_value(value, 2, field)) return false;
  if (key == keys.event) {
    if (take_once(seen.event)) take_name(field, event);
  } else if (key == keys.request_id) {
    if (take_once(seen.request_id)) take_request_id(field, event);
  } else if (key == keys.version) {
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

bool EventReader::Parser::read_data(ondemand::value& value, Field& data) {
  const char* const begin = value.raw_json_token().data();
  if (*begin != '{') return read_value(value, 2, data);
  data.kind = FieldKind::object;
  return read_object(value, 2, true) && end_container(begin, data);
}

// A field was read into the next free place; if it is to be kept it stays there.
void EventReader::Parser::keep_field(const Field& field) {
  for (std::size_t i = 0; i < field_count; ++i) {
    if (fields[i].key == field.key) {
      note(kFieldTwice);
      return;
    }
  }
  if (field_count == fields.size()) {
    note(kTooManyFields);
  } else {
    ++field_count;
  }
}

// The first pass of simdjson has checked UTF-8, control characters and the closing quote of every
// string. One without a backslash is therefore good as it stands, and need not be copied; it ends
// with the last quote before the colon, which is the last before the value.
bool EventReader::Parser::read_key(ondemand::field& field, std::string_view& key) {
  if (escapes) {
    return field.unescaped_key().get(key) == simdjson::SUCCESS || stop(kNotJson);
  }
  const char* const begin = field.key().raw();
  const char* end = field.value().raw_json_token().data() - 1;
  while (*end != '"') --end;
  key = std::string_view(begin, static_cast<std::size_t>(end - begin));
  return true;
}

// Recursion is bounded by kJsonDepthMax.
bool EventReader::Parser::read_value(ondemand::value& value, std::size_t depth, Field& field) {
  const std::string_view token = value.raw_json_token();
  switch (*token.data()) {
    case '"':
      return read_string(value, token, field);
    case '{':
      field.kind = FieldKind::object;
      return read_object(value, depth, false) && end_container(token.data(), field);
    case '[':
      field.kind = FieldKind::array;
      return read_array(value, depth) && end_container(token.data(), field);
    case 'n':
      field.raw = without_space_behind(token);
      field.kind = FieldKind::null;
      return value.is_null().error() == simdjson::SUCCESS || stop(kNotJson);
    case 't':
    case 'f':
      field.raw = without_space_behind(token);
      return read_truth(value, field);
    default:  // A number, or nothing that JSON knows: a char is not an enum of ours.
      field.raw = without_space_behind(token);
      return read_number(value, field);
  }
}

bool EventReader::Parser::read_string(ondemand::value& value, std::string_view token,
                                      Field& field) {
  field.kind = FieldKind::string;
  field.raw = without_space_behind(token);
  if (field.raw.size() < 2 || field.raw.back() != '"') return stop(kNotJson);
  const std::string_view inner = field.raw.substr(1, field.raw.size() - 2);
  if (escapes && inner.find('\\') != std::string_view::npos) {
    return value.get_string().get(field.text) == simdjson::SUCCESS || stop(kNotJson);
  }
  field.text = inner;
  return value.get_raw_json_string().error() == simdjson::SUCCESS || stop(kNotJson);
}

// simdjson 3.0 checks a number well, but what it makes of more digits than fit in 64 bits may be
// another number: those are read again.
bool EventReader::Parser::read_number(ondemand::value& value, Field& field) {
  field.kind = FieldKind::number;
  if (value.get_double().get(field.number) != simdjson::SUCCESS) return stop(kNotJson);
  if (field.raw.size() <= kDigitsOf64Bits) return true;
  const char* const end = field.raw.data() + field.raw.size();
  const auto result = std::from_chars(field.raw.data(), end, field.number);
  return result.ec == std::errc{} || stop(kNumberRange);
}

bool EventReader::Parser::read_truth(ondemand::value& value, Field& field) {
  field.kind = FieldKind::boolean;
  return value.get_bool().get(field.truth) == simdjson::SUCCESS || stop(kNotJson);
}

// `of_data`: its fields are those of the event, to be kept.
bool EventReader::Parser::read_object(ondemand::value& value, std::size_t depth, bool of_data) {
  if (depth > kJsonDepthMax) return stop(kTooDeep);
  ondemand::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return stop(kNotJson);
  for (auto member : object) {
    ondemand::field field;
    if (std::move(member).get(field) != simdjson::SUCCESS) return stop(kNotJson);
    Field& read = of_data && field_count < kDataFieldsMost ? fields[field_count] : unkept;
    read = Field{};
    if (!read_key(field, read.key) || !read_value(field.value(), depth + 1, read)) return false;
    if (of_data) keep_field(read);
  }
  return true;
}

bool EventReader::Parser::read_array(ondemand::value& value, std::size_t depth) {
  if (depth > kJsonDepthMax) return stop(kTooDeep);
  ondemand::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) return stop(kNotJson);
  for (auto element : array) {
    ondemand::value inner;
    if (std::move(element).get(inner) != simdjson::SUCCESS) return stop(kNotJson);
    if (!read_value(inner, depth + 1, unkept)) return false;
  }
  return true;
}

// What was read ends before the next token, of which there is one: the envelope's end.
bool EventReader::Parser::end_container(const char* begin, Field& field) {
  const char* next = nullptr;
  if (document.current_location().get(next) != simdjson::SUCCESS) return stop(kNotJson);
  field.raw = without_space_behind(std::string_view(begin, static_cast<std::size_t>(next - begin)));
  return true;
}

}  // namespace app
