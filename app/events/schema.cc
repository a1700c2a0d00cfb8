#include "app/events/schema.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

#include "app/events/event_writer.h"

namespace app {

namespace {

struct KindText {
  FieldKind kind;
  std::string_view text;
};

constexpr std::array<KindText, 6> kKindTexts{{{FieldKind::string, "a string"},
                                              {FieldKind::number, "a number"},
                                              {FieldKind::boolean, "true or false"},
                                              {FieldKind::object, "an object"},
                                              {FieldKind::array, "an array"},
                                              {FieldKind::null, "null"}}};

// "must be a string or an object"
void append_kinds(std::string& out, FieldKinds kinds) {
  std::string_view between = "must be ";
  for (const KindText& each : kKindTexts) {
    if (!kinds.has(each.kind)) continue;
    out += between;
    out += each.text;
    between = " or ";
  }
}

// "must be one of: a, b"
void append_choices(std::string& out, std::span<const std::string_view> choices) {
  std::string_view between = "must be one of: ";
  for (const std::string_view choice : choices) {
    out += between;
    out += choice;
    between = ", ";
  }
}

void append_double(std::string& out, double number) {
  std::array<char, 32> digits{};
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), result.ptr);
}

// "must be a number from 1 to 10", as far as there are ends.
void append_range(std::string& out, const FieldRule& rule) {
  out += rule.whole ? "must be a whole number" : "must be a number";
  if (rule.least != std::numeric_limits<double>::lowest()) {
    out += " from ";
    append_double(out, rule.least);
  }
  if (rule.most != std::numeric_limits<double>::max()) {
    out += " up to ";
    append_double(out, rule.most);
  }
}

void append_bytes(std::string& out, std::string_view what, std::size_t bytes) {
  out += what;
  append_json_number(out, bytes);
  out += " bytes";
}

// Whether a field of one of the rule's names counts rather than another that came before it.
bool displaces(const Field& field, const Field& before, const FieldRule& rule) {
  if (before.kind == FieldKind::null) return true;
  return field.kind != FieldKind::null && field.key == rule.name;
}

}  // namespace

const EventFault* SchemaChecker::check(const Event& event, const Schema& schema) {
  found_count_ = 0;
  if (event.data.kind != FieldKind::object && event.data.kind != FieldKind::null) {
    say({}, "must be an object");
    return &fault_;
  }
  // Of the rules, those whose field is there or must be.
  for (std::uint64_t rules = match(event.fields, schema) | schema.required_; rules != 0;
       rules &= rules - 1) {
    const auto i = static_cast<std::size_t>(std::countr_zero(rules));
    const FieldRule& rule = schema.rules_[i];
    const Field*& field = found_[i];
    if (field != nullptr && field->kind == FieldKind::null && !rule.kinds.has(FieldKind::null)) {
      field = nullptr;
    }
    if (field == nullptr && rule.required) {
      say(rule.name, "is missing");
      return &fault_;
    }
    if (field != nullptr && !check_field(*field, rule)) return &fault_;
  }
  found_count_ = schema.rules_.size();
  return nullptr;
}

// Finds the rules of the fields, of which there are few, and not the fields of the rules, most of
// which have none. The other name counts where the first is not there, or null. Returns a bit for
// each rule.
std::uint64_t SchemaChecker::match(std::span<const Field> fields, const Schema& schema) {
  found_.fill(nullptr);  // All of them: their number is known when this is compiled.
  std::uint64_t matched = 0;
  for (const Field& field : fields) {
    const std::uint8_t rule = schema.find(field.key);
    if (rule == Schema::kNone) continue;
    const Field*& found = found_[rule];
    if (found == nullptr || displaces(field, *found, schema.rules_[rule])) found = &field;
    matched |= std::uint64_t{1} << rule;
  }
  return matched;
}

bool SchemaChecker::check_field(const Field& field, const FieldRule& rule) {
  if (!rule.kinds.has(field.kind)) {
    say(field.key, {});
    append_kinds(text_, rule.kinds);
    fault_.message = text_;
    return false;
  }
  if (field.kind == FieldKind::number) return check_number(field, rule);
  if (field.kind == FieldKind::boolean || field.kind == FieldKind::null) return true;
  return check_text(field, rule);
}

bool SchemaChecker::check_text(const Field& field, const FieldRule& rule) {
  const bool string = field.kind == FieldKind::string;
  const std::size_t bytes = string ? field.text.size() : field.raw.size();
  const bool chosen = !string || rule.one_of.empty() ||
                      std::ranges::find(rule.one_of, field.text) != rule.one_of.end();
  if (bytes >= rule.bytes_least && bytes <= rule.bytes_max && chosen) return true;
  say(field.key, {});
  if (bytes > rule.bytes_max) {
    append_bytes(text_, "is longer than ", rule.bytes_max);
  } else if (bytes == 0) {
    text_ += "is empty";
  } else if (bytes < rule.bytes_least) {
    append_bytes(text_, "is shorter than ", rule.bytes_least);
  } else {
    append_choices(text_, rule.one_of);
  }
  fault_.message = text_;
  return false;
}

bool SchemaChecker::check_number(const Field& field, const FieldRule& rule) {
  const bool within = field.number >= rule.least && field.number <= rule.most;
  if (within && (!rule.whole || std::trunc(field.number) == field.number)) return true;
  say(field.key, {});
  append_range(text_, rule);
  fault_.message = text_;
  return false;
}

void SchemaChecker::say(std::string_view field, std::string_view what) {
  text_ = "data";
  if (!field.empty()) text_ += '.';
  text_ += field;
  text_ += ' ';
  text_ += what;
  fault_ = {.code = ErrorCode::client_error, .message = text_, .recoverable = true};
}

}  // namespace app
