#include "app/admin/query_fields.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

#include "app/gateway_limits.h"
#include "protocol/url_text.h"

namespace app {

QueryFields::QueryFields(std::string_view query, FieldMistakes& mistakes) : mistakes_(mistakes) {
  while (!query.empty()) {
    const protocol::QueryPair pair = protocol::next_query_pair(query);
    if (pair.text.empty()) continue;
    std::optional<std::string> name = decode_percents(pair.name, protocol::PlusIs::space);
    std::optional<std::string> value = decode_percents(pair.value, protocol::PlusIs::space);
    if (!name || !value) {
      mistakes_.add(std::string(pair.text), "has an escape that is not % and two hex digits");
      continue;
    }
    if (has(*name)) mistakes_.add(*name, "is there more than once");
    fields_.push_back({*std::move(name), *std::move(value)});
  }
}

bool QueryFields::has(std::string_view name) const noexcept {
  return std::ranges::any_of(fields_, [&](const Field& field) { return field.name == name; });
}

QueryFields::Field* QueryFields::take(std::string_view name) noexcept {
  Field* taken = nullptr;
  for (Field& field : fields_) {
    if (field.name != name) continue;
    field.is_taken = true;
    taken = &field;
  }
  return taken;
}

std::string QueryFields::optional_text(std::string_view name, TextRule rule) {
  Field* const field = take(name);
  if (field == nullptr) return {};
  if (const std::string_view wrong = rule(field->value); !wrong.empty()) {
    mistakes_.add(field->name, wrong);
    return {};
  }
  return field->value;
}

std::uint64_t QueryFields::optional_number(std::string_view name, std::uint64_t least,
                                           std::uint64_t most, std::uint64_t otherwise) {
  const Field* const field = take(name);
  if (field == nullptr) return otherwise;
  const char* const last = field->value.data() + field->value.size();
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(field->value.data(), last, number);
  if (error == std::errc() && end == last && number >= least && number <= most) return number;
  mistakes_.add(field->name, "must be a whole number from " + std::to_string(least) + " to " +
                                 std::to_string(most));
  return otherwise;
}

std::uint32_t QueryFields::limit() {
  return static_cast<std::uint32_t>(
      optional_number("limit", 1, kPageEntriesMost, kPageEntriesDefault));
}

void QueryFields::finish() {
  for (const Field& field : fields_) {
    if (!field.is_taken) mistakes_.add(field.name, "is not a parameter of this call");
  }
}

}  // namespace app
