#include "app/rooms/access_rules.h"

#include <algorithm>
#include <utility>

#include "app/config/gateway_limits.h"

namespace app {

namespace {

constexpr std::array<std::pair<std::string_view, UserType>, 3> kTypes{{
    {"employee", UserType::employee},
    {"guest", UserType::guest},
    {"supervisor", UserType::supervisor},
}};

// Drops `prefix` from the text, if it begins with it.
bool eat(std::string_view& text, std::string_view prefix) noexcept {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool has(const std::vector<std::string>& all, std::string_view one) noexcept {
  return std::ranges::find(all, one) != all.end();
}

}  // namespace

bool AccessRules::Admission::admits(const Grants& who) const noexcept {
  switch (kind) {
    case Kind::everybody:
      return true;
    case Kind::role:
      return has(who.roles, name);
    case Kind::permission:
      return has(who.permissions, name);
    case Kind::type:
      return who.type == type;
    case Kind::service:
      break;
  }
  return false;
}

base::Result<AccessRules::Admission> AccessRules::parse_admission(std::string_view text) {
  const std::string quoted = "'" + std::string(text) + "'";
  if (text == "*") return Admission{};
  if (text == "service") return Admission{.kind = Admission::Kind::service};
  if (eat(text, "type:")) {
    for (const auto& [word, type] : kTypes) {
      if (word == text) return Admission{.kind = Admission::Kind::type, .type = type};
    }
    return base::Error{quoted + ": a type is one of employee, guest, supervisor"};
  }
  const bool role = eat(text, "role:");
  if (!role && !eat(text, "permission:")) {
    return base::Error{
        quoted + ": write role:NAME, permission:NAME, type:TYPE, service, or * for everybody"};
  }
  if (text.empty()) return base::Error{quoted + ": the name is missing"};
  if (text.size() > kRoleBytesMax) {
    return base::Error{quoted + ": a name has at most " + std::to_string(kRoleBytesMax) + " bytes"};
  }
  return Admission{.kind = role ? Admission::Kind::role : Admission::Kind::permission,
                   .name = std::string(text)};
}

base::Status AccessRules::add(const AccessRule& rule) {
  if (rules_.size() == kAccessRulesMost) {
    return base::Error{"at most " + std::to_string(kAccessRulesMost) + " rules"};
  }
  auto pattern = RoomPattern::parse(rule.pattern);
  if (!pattern.ok()) return pattern.error();
  Rule parsed{.pattern = pattern.take()};
  for (std::size_t operation = 0; operation < kRoomOperationCount; ++operation) {
    if (rule.admits[operation].size() > kAdmissionsMost) {
      return base::Error{"at most " + std::to_string(kAdmissionsMost) + " names for " +
                         std::string(name(static_cast<RoomOperation>(operation)))};
    }
    for (const std::string& text : rule.admits[operation]) {
      auto admission = parse_admission(text);
      if (!admission.ok()) return admission.error();
      parsed.admissions[operation].push_back(admission.take());
    }
  }
  rules_.push_back(std::move(parsed));
  return {};
}

base::Status AccessRules::add_guest_room(std::string_view pattern) {
  if (guest_rooms_.size() == kAccessRulesMost) {
    return base::Error{"at most " + std::to_string(kAccessRulesMost) + " guest rooms"};
  }
  auto parsed = RoomPattern::parse(pattern);
  if (!parsed.ok()) return parsed.error();
  guest_rooms_.push_back(parsed.take());
  return {};
}

AccessVerdict AccessRules::judge(const AccessQuestion& question) const noexcept {
  const Grants& who = *question.grants;
  const auto word = [](bool admitted) { return admitted ? AccessVerdict::yes : AccessVerdict::no; };
  const auto fits = [&](const RoomPattern& pattern) {
    return pattern.matches(question.room, question.user, who.tenant);
  };
  const auto rule = std::ranges::find_if(rules_, fits, &Rule::pattern);
  if (rule != rules_.end()) {
    const auto& admissions = rule->admissions[static_cast<std::size_t>(question.operation)];
    const auto admits = [&](const Admission& each) { return each.admits(who); };
    if (std::ranges::any_of(admissions, admits)) return AccessVerdict::yes;
    const bool asks = std::ranges::find(admissions, Admission::Kind::service, &Admission::kind) !=
                      admissions.end();
    return asks ? AccessVerdict::ask : AccessVerdict::no;
  }
  if (who.is_guest()) return word(std::ranges::any_of(guest_rooms_, fits));
  return word(rules_.empty());
}

bool AccessRules::asks_service() const noexcept {
  return std::ranges::any_of(rules_, [](const Rule& rule) {
    return std::ranges::any_of(rule.admissions, [](const std::vector<Admission>& of_operation) {
      return std::ranges::find(of_operation, Admission::Kind::service, &Admission::kind) !=
             of_operation.end();
    });
  });
}

}  // namespace app
