#include "engine/room/room_policy.h"

#include <array>

#include "base/limits.h"
#include "engine/room/room_name.h"

namespace engine {

namespace {

constexpr std::array kPolicies{RoomPolicy::reliable, RoomPolicy::latest, RoomPolicy::ephemeral};

}  // namespace

std::string_view name(RoomPolicy policy) noexcept {
  switch (policy) {
    case RoomPolicy::reliable:
      return "reliable";
    case RoomPolicy::latest:
      return "latest";
    case RoomPolicy::ephemeral:
      return "ephemeral";
  }
  return "reliable";
}

base::Status PolicyTable::add(std::string_view rule) {
  const std::size_t equals = rule.rfind('=');
  if (equals == std::string_view::npos || equals == 0) {
    return base::Error{"write PATTERN=POLICY, such as ticks.*=latest"};
  }
  const std::string_view pattern = rule.substr(0, equals);
  const std::string_view word = rule.substr(equals + 1);
  const std::size_t star = pattern.find('*');
  if (star != std::string_view::npos && star + 1 != pattern.size()) {
    return base::Error{"a pattern may have one '*', at its end"};
  }
  if (rules_.size() == base::kPolicyRulesMost) {
    return base::Error{"there are " + std::to_string(base::kPolicyRulesMost) + " rules already"};
  }
  for (const RoomPolicy policy : kPolicies) {
    if (word != name(policy)) continue;
    rules_.push_back({.beginning = std::string(pattern.substr(0, star)),
                      .whole_name = star == std::string_view::npos,
                      .policy = policy});
    return {};
  }
  return base::Error{"the policy must be one of reliable, latest, ephemeral"};
}

RoomPolicy PolicyTable::of(std::string_view name) const noexcept {
  name = without_tag(name);
  for (const Rule& rule : rules_) {
    const bool fits = rule.whole_name ? name == rule.beginning : name.starts_with(rule.beginning);
    if (fits) return rule.policy;
  }
  return RoomPolicy::reliable;
}

}  // namespace engine
