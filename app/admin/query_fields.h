// QueryFields: the parameters of an admin call's query, read as strictly as a body's fields.
//
// Each reader takes a parameter by its name and notes what is wrong with it; finish() notes those
// that were left over. Owned by the call that is being read, one thread. Bound: the length of the
// target, kAdminTargetBytesMax.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/admin/field_mistakes.h"
#include "app/admin/field_rules.h"

namespace app {

class QueryFields {
 public:
  QueryFields(std::string_view query, FieldMistakes& mistakes);

  bool has(std::string_view name) const noexcept;

  std::string optional_text(std::string_view name, TextRule rule);
  std::uint64_t optional_number(std::string_view name, std::uint64_t least, std::uint64_t most,
                                std::uint64_t otherwise);
  // How many entries a page shall have.
  std::uint32_t limit();
  void finish();

 private:
  struct Field {
    std::string name{};
    std::string value{};
    bool is_taken = false;
  };

  Field* take(std::string_view name) noexcept;

  FieldMistakes& mistakes_;
  std::vector<Field> fields_;
};

}  // namespace app
