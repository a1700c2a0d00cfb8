#include "app/auth/service_answer.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "app/auth/token_claims.h"
#include "app/gateway_limits.h"

namespace app {

namespace {

using nlohmann::json;

constexpr int kFound = 200;
constexpr std::array kRefusals = {400, 401, 403, 404, 410, 422};

// Reads the parts of one JSON object. The first mistake is kept, and makes the whole answer a lie.
class UserReader {
 public:
  explicit UserReader(const json& user) : user_(user) {}

  std::string_view mistake() const noexcept { return mistake_; }

  // A string, or a whole number as text; empty if there is none.
  std::string text(std::initializer_list<std::string_view> names) {
    const json* const value = find(names);
    if (value == nullptr) return {};
    if (value->is_string()) return value->get_ref<const std::string&>();
    if (value->is_number_integer()) return value->dump();
    return fail("a name or an id is neither a string nor a whole number"), std::string();
  }

  // An array of strings, or one string with spaces between them, as `scope` has it.
  std::vector<std::string> list(std::string_view name) {
    const json* const value = find({name});
    if (value == nullptr) return {};
    if (value->is_string()) return split(value->get_ref<const std::string&>());
    std::vector<std::string> parts;
    if (!value->is_array()) return fail("roles or permissions are no list"), parts;
    for (const json& part : *value) {
      if (!part.is_string()) return fail("a role or permission is no string"), parts;
      parts.push_back(part.get_ref<const std::string&>());
    }
    return parts;
  }

  std::int64_t seconds(std::initializer_list<std::string_view> names) {
    const json* const value = find(names);
    if (value == nullptr) return 0;
    const double number = value->is_number() ? value->get<double>() : -1;
    if (number >= 0 && number <= static_cast<double>(kTokenTimeMost))
      return static_cast<std::int64_t>(number);
    return fail("a time is not in seconds since 1970"), 0;
  }

  UserType type(std::string_view name) {
    const std::string said = text({name});
    if (said.empty()) return UserType::employee;
    for (const UserType one : {UserType::employee, UserType::guest, UserType::supervisor}) {
      if (said == app::name(one)) return one;
    }
    return fail("the type of user is none of employee, guest and supervisor"), UserType::employee;
  }

 private:
  const json* find(std::initializer_list<std::string_view> names) const {
    for (const std::string_view name : names) {
      const json* const found = find_claim(user_, name);
      if (found != nullptr && !found->is_null()) return found;
    }
    return nullptr;
  }

  static std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find(' '), text.size());
      if (end > 0) parts.emplace_back(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
  }

  void fail(std::string_view mistake) {
    if (mistake_.empty()) mistake_ = mistake;
  }

  const json& user_;
  std::string_view mistake_;
};

ServiceVerdict failed(std::string text) {
  return {.kind = ServiceVerdict::Kind::failed, .failure = std::move(text)};
}

bool is_false(const json& root, std::string_view name) {
  const auto found = root.find(name);
  return found != root.end() && found->is_boolean() && !found->get<bool>();
}

bool says_no(const json& root) {
  const auto user = root.find("user");
  return (user != root.end() && user->is_null()) || is_false(root, "valid") ||
         is_false(root, "active");
}

ServiceVerdict read_user(const json& root, const TokenRules& rules) {
  const auto inner = root.find("user");
  const bool has_inner = inner != root.end() && inner->is_object();
  UserReader reader(has_inner ? *inner : root);
  UserReader outer(root);
  const ClaimNames& names = rules.claims;
  Identity identity{.user = reader.text({names.user, "id", "sub", "userId"}),
                    .tenant = reader.text({names.tenant, "tenantId"})};
  if (identity.tenant.empty()) identity.tenant = rules.default_tenant;
  identity.display_name = reader.text({names.display_name});
  identity.type = reader.type(names.type);
  identity.roles = reader.list(names.roles);
  identity.permissions = reader.list(names.permissions);
  identity.token_id = reader.text({"jti"});
  identity.issued_at = reader.seconds({"iat"});
  identity.expires_at = reader.seconds({"expiresAt", "exp"});
  if (identity.expires_at == 0) identity.expires_at = outer.seconds({"expiresAt", "exp"});
  for (const std::string_view mistake : {reader.mistake(), outer.mistake(), mistake_of(identity)}) {
    if (!mistake.empty())
      return failed("answered with a user that is none: " + std::string(mistake));
  }
  return {.kind = ServiceVerdict::Kind::admitted, .identity = std::move(identity)};
}

}  // namespace

ServiceVerdict read_service_answer(const HttpAnswer& answer, const TokenRules& rules) {
  if (answer.outcome != HttpOutcome::ok) return failed(std::string(name(answer.outcome)));
  if (std::ranges::find(kRefusals, answer.status) != kRefusals.end()) {
    return {.kind = ServiceVerdict::Kind::refused};
  }
  if (answer.status != kFound) return failed("answered " + std::to_string(answer.status));
  const json root = json::parse(answer.body, nullptr, false);
  if (!root.is_object()) return failed("answered with what is no JSON object");
  if (says_no(root)) return {.kind = ServiceVerdict::Kind::refused};
  return read_user(root, rules);
}

}  // namespace app
