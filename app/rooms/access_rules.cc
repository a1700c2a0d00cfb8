#include "app/rooms/access_rules.h"

#include <algorithm>
#include <utility>

#include "app/gateway_limits.h"

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

bool AccessRules::Grantee::admits(const Grants& who) const noexcept {
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

base::Result<AccessRules::Grantee> AccessRules::parse_grantee(std::string_view text) {
  const std::string quoted = "'" + std::string(text) + "'";
  if (text == "*") return Grantee{};
  if (text == "service") return Grantee{.kind = Grantee::Kind::service};
  if (eat(text, "type:")) {
    for (const auto& [word, type] : kTypes) {
      if (word == text) return Grantee{.kind = Grantee::Kind::type, .type = type};
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
  return Grantee{.kind = role ? Grantee::Kind::role : Grantee::Kind::permission,
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
    if (rule.admits[operation].size() > kGranteesMost) {
      return base::Error{"at most " + std::to_string(kGranteesMost) + " names for " +
                         std::string(name(static_cast<RoomOperation>(operation)))};
    }
    for (const std::string& text : rule.admits[operation]) {
      auto grantee = parse_grantee(text);
      if (!grantee.ok()) return grantee.error();
      parsed.grantees[operation].push_back(grantee.take());
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
    const auto& grantees = rule->grantees[static_cast<std::size_t>(question.operation)];
    const auto admits = [&](const Grantee& each) { return each.admits(who); };
    if (std::ranges::any_of(grantees, admits)) return AccessVerdict::yes;
    const bool asks =
        std::ranges::find(grantees, Grantee::Kind::service, &Grantee::kind) != grantees.end();
    return asks ? AccessVerdict::ask : AccessVerdict::no;
  }
  if (who.is_guest()) return word(std::ranges::any_of(guest_rooms_, fits));
  return word(rules_.empty());
}

bool AccessRules::asks_service() const noexcept {
  return std::ranges::any_of(rules_, [](const Rule& rule) {
    return std::ranges::any_of(rule.grantees, [](const std::vector<Grantee>& of_operation) {
      return std::ranges::find(of_operation, Grantee::Kind::service, &Grantee::kind) !=
             of_operation.end();
    });
  });
}

}  // namespace app
