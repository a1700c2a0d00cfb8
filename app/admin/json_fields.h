// JsonFields: the fields of one JSON object of an admin call, read strictly: types, bounds, and no
// field that nobody asked for, because a typo must not pass in silence.
//
// Each reader takes a field by its name and notes what is wrong with it; finish() notes the fields
// that were left over. The text must outlive the object and be valid JSON (json_check.h). One
// thread. Values are kept as they were written: numbers of `data` keep all their digits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/admin/field_mistakes.h"
#include "app/admin/field_rules.h"

namespace app {

class JsonFields {
 public:
  // `path` names the object in mistakes: "target." or empty.
  JsonFields(std::string_view object, std::string path, FieldMistakes& mistakes);

  bool has(std::string_view name) const noexcept;

  // Absent or wrong: noted, and empty.
  std::string text(std::string_view name, TextRule rule);
  std::string optional_text(std::string_view name, TextRule rule);
  std::int64_t optional_number(std::string_view name, std::int64_t least, std::int64_t most,
                               std::int64_t otherwise);
  bool optional_flag(std::string_view name, bool otherwise);
  // The object's text; nothing: noted.
  std::optional<std::string_view> object(std::string_view name);
  // The elements' texts, at most `most`, of any type.
  std::vector<std::string_view> elements(std::string_view name, std::size_t most);
  std::vector<std::string> texts(std::string_view name, std::size_t most, TextRule rule);
  // Any JSON, without its white space.
  std::string json(std::string_view name);

  void mistake(std::string_view name, std::string_view message);
  void finish();

 private:
  struct Field {
    std::string name{};
    std::string_view value{};
    bool is_taken = false;
  };

  std::optional<std::string_view> take(std::string_view name);
  // Notes it when there is no such field.
  std::optional<std::string_view> demand(std::string_view name);
  std::optional<std::vector<std::string_view>> list(std::string_view name, std::size_t most);
  std::string read_text(const std::string& field, std::string_view value, TextRule rule);

  std::string path_;
  FieldMistakes& mistakes_;
  std::vector<Field> fields_;
};

}  // namespace app
