// Schema: rules for the top fields of an event's data, and the check of an event against them.
//
// Rules are plain values whose texts outlive them: constants of the code, or the configuration's.
// A checker belongs to one shard; its fault names the field and holds until the next check. Fields
// without a rule are ignored, so that clients may be newer than the gateway. `null` is as good as
// not there, unless the rule admits it. Bounds: kSchemaRulesMost rules.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "app/config/gateway_limits.h"
#include "app/events/event_reader.h"

namespace app {

// A set of FieldKind.
class FieldKinds {
 public:
  template <typename... Kinds>
  constexpr explicit FieldKinds(Kinds... kinds) noexcept : bits_((0U | ... | bit(kinds))) {}

  constexpr bool has(FieldKind kind) const noexcept { return (bits_ & bit(kind)) != 0; }

 private:
  static constexpr std::uint32_t bit(FieldKind kind) noexcept {
    return std::uint32_t{1} << static_cast<std::uint32_t>(kind);
  }

  std::uint32_t bits_;
};

struct FieldRule {
  std::string_view name{};
  std::string_view other_name{};  // Read where `name` is not there; empty for none.
  FieldKinds kinds{FieldKind::string};
  bool required = false;
  // Of a string's text; of an array or object as it came.
  std::size_t bytes_least = 0;
  std::size_t bytes_max = std::numeric_limits<std::size_t>::max();
  // Of a number.
  double least = std::numeric_limits<double>::lowest();
  double most = std::numeric_limits<double>::max();
  bool whole = false;                             // A number without a fraction.
  std::span<const std::string_view> one_of = {};  // What a string may be; empty for anything.
};

class SchemaChecker {
 public:
  // Null when all rules are kept; else a client_error that says what is wrong with which field.
  const EventFault* check(const Event& event, std::span<const FieldRule> rules);

  // After a check without fault: the field of each rule, in their order; nullptr: not there.
  std::span<const Field* const> found() const noexcept {
    return std::span<const Field* const>(found_).first(found_count_);
  }

 private:
  void match(std::span<const Field> fields, std::span<const FieldRule> rules);
  bool check_field(const Field& field, const FieldRule& rule);
  bool check_text(const Field& field, const FieldRule& rule);
  bool check_number(const Field& field, const FieldRule& rule);
  void say(std::string_view field, std::string_view what);

  std::array<const Field*, kSchemaRulesMost> found_{};
  std::size_t found_count_ = 0;
  std::string text_;
  EventFault fault_;
};

}  // namespace app
