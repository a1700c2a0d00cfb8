#include "loadgen/indented_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace loadgen {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kIndent = 2;

std::string on_one_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool is_plain(const Json& json) {
  return !json.is_structured() || json.empty() ||
         (json.is_array() && std::all_of(json.begin(), json.end(), [](const Json& element) {
            return !element.is_structured();
          }));
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the JSON that we made ourselves.
void append(std::string& text, const Json& json, std::size_t indent) {
  if (is_plain(json)) {
    text += on_one_line(json);
    return;
  }
  const std::string margin(indent + kIndent, ' ');
  std::string separator = "\n";
  text += json.is_object() ? '{' : '[';
  for (const auto& [key, value] : json.items()) {
    text += separator + margin;
    if (json.is_object()) text += on_one_line(key) + ": ";
    append(text, value, indent + kIndent);
    separator = ",\n";
  }
  text += '\n' + std::string(indent, ' ') + (json.is_object() ? '}' : ']');
}

}  // namespace

std::string indented_json(const Json& json) {
  std::string text;
  append(text, json, 0);
  return text;
}

}  // namespace loadgen
