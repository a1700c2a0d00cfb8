#include "app/admin/json_fields.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "base/check.h"

namespace app {

namespace {

namespace ondemand = simdjson::ondemand;

std::string_view trim_json(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) + 1 - first);
}

// The text of a value of a document that is known to be valid, perhaps with space behind it.
std::string_view raw_text(ondemand::value value) {
  switch (ondemand::json_type(value.type())) {
    case ondemand::json_type::object: {
      ondemand::object object = value.get_object();
      return object.raw_json();
    }
    case ondemand::json_type::array: {
      ondemand::array array = value.get_array();
      return array.raw_json();
    }
    case ondemand::json_type::string:
    case ondemand::json_type::number:
    case ondemand::json_type::boolean:
    case ondemand::json_type::null:
      break;
  }
  return value.raw_json_token();
}

// A view into `padded`, as a view of the text that `padded` is a copy of.
std::string_view same_in(std::string_view text, const simdjson::padded_string& padded,
                         std::string_view part) {
  const auto offset = static_cast<std::size_t>(part.data() - padded.data());
  CHECK(offset + part.size() <= text.size());
  return trim_json(text.substr(offset, part.size()));
}

std::vector<std::pair<std::string, std::string_view>> split_object(std::string_view text) {
  std::vector<std::pair<std::string, std::string_view>> fields;
  const simdjson::padded_string padded(text);
  ondemand::parser parser;
  ondemand::document document = parser.iterate(padded);
  for (auto entry : document.get_object()) {
    const std::string_view name = entry.unescaped_key();
    fields.emplace_back(name, same_in(text, padded, raw_text(entry.value())));
  }
  return fields;
}

std::vector<std::string_view> split_array(std::string_view text) {
  std::vector<std::string_view> elements;
  const simdjson::padded_string padded(text);
  ondemand::parser parser;
  ondemand::document document = parser.iterate(padded);
  for (auto entry : document.get_array()) {
    elements.push_back(same_in(text, padded, raw_text(entry.value())));
  }
  return elements;
}

std::string unescape(std::string_view quoted) {
  const simdjson::padded_string padded(quoted);
  ondemand::parser parser;
  ondemand::document document = parser.iterate(padded);
  return std::string(std::string_view(document.get_string()));
}

}  // namespace

JsonFields::JsonFields(std::string_view object, std::string path, FieldMistakes& mistakes)
    : path_(std::move(path)), mistakes_(mistakes) {
  for (auto& [name, value] : split_object(object)) {
    if (has(name)) mistakes_.add(path_ + name, "is there more than once");
    fields_.push_back({std::move(name), value});
  }
}

bool JsonFields::has(std::string_view name) const noexcept {
  return std::ranges::any_of(fields_, [&](const Field& field) { return field.name == name; });
}

std::optional<std::string_view> JsonFields::take(std::string_view name) {
  std::optional<std::string_view> value;
  for (Field& field : fields_) {
    if (field.name != name) continue;
    field.is_taken = true;
    value = field.value;
  }
  return value;
}

std::optional<std::string_view> JsonFields::demand(std::string_view name) {
  const std::optional<std::string_view> value = take(name);
  if (!value) mistake(name, "is missing");
  return value;
}

void JsonFields::mistake(std::string_view name, std::string_view message) {
  mistakes_.add(path_ + std::string(name), message);
}

std::string JsonFields::read_text(const std::string& field, std::string_view value, TextRule rule) {
  if (!value.starts_with('"')) {
    mistakes_.add(field, "must be a string");
    return {};
  }
  std::string text = unescape(value);
  if (const std::string_view wrong = rule(text); !wrong.empty()) {
    mistakes_.add(field, wrong);
    return {};
  }
  return text;
}

std::string JsonFields::text(std::string_view name, TextRule rule) {
  const std::optional<std::string_view> value = demand(name);
  return value ? read_text(path_ + std::string(name), *value, rule) : std::string();
}

std::string JsonFields::optional_text(std::string_view name, TextRule rule) {
  const std::optional<std::string_view> value = take(name);
  return value ? read_text(path_ + std::string(name), *value, rule) : std::string();
}

std::int64_t JsonFields::optional_number(std::string_view name, std::int64_t least,
                                         std::int64_t most, std::int64_t otherwise) {
  const std::optional<std::string_view> value = take(name);
  if (!value) return otherwise;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), number);
  const bool is_whole = error == std::errc() && end == value->data() + value->size();
  if (is_whole && number >= least && number <= most) return number;
  mistake(name,
          "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return otherwise;
}

bool JsonFields::optional_flag(std::string_view name, bool otherwise) {
  const std::optional<std::string_view> value = take(name);
  if (!value) return otherwise;
  if (*value != "true" && *value != "false") mistake(name, "must be true or false");
  return *value == "true";
}

std::optional<std::string_view> JsonFields::object(std::string_view name) {
  std::optional<std::string_view> value = demand(name);
  if (value && !value->starts_with('{')) {
    mistake(name, "must be an object");
    value.reset();
  }
  return value;
}

std::optional<std::vector<std::string_view>> JsonFields::list(std::string_view name,
                                                              std::size_t most) {
  const std::optional<std::string_view> value = demand(name);
  if (!value) return std::nullopt;
  if (!value->starts_with('[')) {
    mistake(name, "must be a list");
    return std::nullopt;
  }
  std::vector<std::string_view> elements = split_array(*value);
  if (elements.size() > most) {
    mistake(name, "must have at most " + std::to_string(most) + " elements");
    return std::nullopt;
  }
  return elements;
}

std::vector<std::string_view> JsonFields::elements(std::string_view name, std::size_t most) {
  return list(name, most).value_or(std::vector<std::string_view>());
}

std::vector<std::string> JsonFields::texts(std::string_view name, std::size_t most, TextRule rule) {
  std::vector<std::string> texts;
  const auto elements = list(name, most);
  if (!elements) return texts;
  for (std::size_t i = 0; i < elements->size(); ++i) {
    const std::string field = path_ + std::string(name) + "[" + std::to_string(i) + "]";
    texts.push_back(read_text(field, (*elements)[i], rule));
  }
  return texts;
}

std::string JsonFields::json(std::string_view name) {
  const std::optional<std::string_view> value = demand(name);
  if (!value) return "null";
  std::string compact(value->size(), '\0');
  std::size_t size = 0;
  const auto error = simdjson::minify(value->data(), value->size(), compact.data(), size);
  CHECK(error == simdjson::SUCCESS);
  CHECK(size <= compact.size());
  compact.resize(size);
  return compact;
}

void JsonFields::finish() {
  for (const Field& field : fields_) {
    if (!field.is_taken) mistakes_.add(path_ + field.name, "is not a field of this call");
  }
}

}  // namespace app
