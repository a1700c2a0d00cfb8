// Schema: rules for the top fields of an event's data, and the check of an event against them.
//
// Rules are plain values whose texts outlive them: constants of the code, or the configuration's. A
// schema is a table of their names, and refers to them. A checker belongs to one shard; its fault
// names the field and holds until the next check. Fields without a rule are ignored, so that
// clients may be newer than the gateway. `null` is as good as not there, unless the rule admits it.
// Bounds: kSchemaRulesMost rules.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "app/events/event_reader.h"
#include "app/gateway_limits.h"
#include "base/check.h"

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
  std::string_view other_name{};  // Read where `name` is not there, or null; empty for none.
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

// Made once for each kind of event, so that the rule of a field is found by one look.
class Schema {
 public:
  // The rules stay where they are; what they name, and what it is called besides, differs.
  constexpr explicit Schema(std::span<const FieldRule> rules) : rules_(rules) {
    CHECK(rules.size() <= kSchemaRulesMost);
    places_.fill(kNone);
    for (std::size_t i = 0; i < rules.size(); ++i) {
      add(rules[i].name, i);
      if (!rules[i].other_name.empty()) add(rules[i].other_name, i);
      if (rules[i].required) required_ |= std::uint64_t{1} << i;
    }
  }

 private:
  friend class SchemaChecker;

  static constexpr std::size_t kPlaces = 256;
  static constexpr std::uint8_t kNone = 0xFF;
  static_assert(2 * kSchemaRulesMost < kPlaces && kSchemaRulesMost <= 64, "a place stays empty");

  static constexpr std::size_t home(std::string_view name) noexcept {
    const auto first = static_cast<std::uint8_t>(name.front());
    const auto last = static_cast<std::uint8_t>(name.back());
    return (first * 5U + last * 3U + name.size() * 17U) % kPlaces;
  }
  constexpr void add(std::string_view name, std::size_t rule) {
    CHECK(!name.empty());
    const std::uint8_t found = find(name);
    if (found == rule) return;  // Its other name's home leads past its first.
    CHECK(found == kNone);
    std::size_t place = home(name);
    while (places_[place] != kNone) place = (place + 1) % kPlaces;
    places_[place] = static_cast<std::uint8_t>(rule);
  }
  // The rule of a field of that name, or kNone.
  constexpr std::uint8_t find(std::string_view name) const noexcept {
    if (name.empty()) return kNone;
    std::size_t place = home(name);
    while (places_[place] != kNone) {
      const FieldRule& rule = rules_[places_[place]];
      if (rule.name == name || rule.other_name == name) break;
      place = (place + 1) % kPlaces;
    }
    return places_[place];
  }

  std::span<const FieldRule> rules_;
  std::array<std::uint8_t, kPlaces> places_{};  // Rules by their names' homes, or the next free.
  std::uint64_t required_ = 0;                  // A bit for each rule.
};

class SchemaChecker {
 public:
  // Null when all rules are kept; else a client_error that says what is wrong with which field.
  const EventFault* check(const Event& event, const Schema& schema);

  // After a check without fault: the field of each rule, in their order; nullptr: not there.
  std::span<const Field* const> found() const noexcept {
    return std::span<const Field* const>(found_).first(found_count_);
  }

 private:
  std::uint64_t match(std::span<const Field> fields, const Schema& schema);
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
