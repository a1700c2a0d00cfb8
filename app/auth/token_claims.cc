#include "app/auth/token_claims.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/gateway_limits.h"

namespace app {

namespace {

using nlohmann::json;

// Nothing is wrong so far.
constexpr AuthFailure kFine = AuthFailure::none;

// Leaves `time` alone when there is none. False when it is no time.
bool read_time(const json& payload, const char* name, std::optional<double>& time) {
  const auto found = payload.find(name);
  if (found == payload.end()) return true;
  if (!found->is_number()) return false;
  const auto seconds = found->get<double>();
  if (!(seconds >= 0) || seconds > static_cast<double>(kTokenTimeMost)) return false;
  time = seconds;
  return true;
}

// A part of a second is taken to the side that lets nobody in for longer.
AuthFailure check_times(const json& payload, const TokenRules& rules, std::int64_t now,
                        Identity& identity) {
  std::optional<double> expires_at;
  std::optional<double> not_before;
  std::optional<double> issued_at;
  if (!read_time(payload, "exp", expires_at) || !read_time(payload, "nbf", not_before) ||
      !read_time(payload, "iat", issued_at)) {
    return AuthFailure::claims;
  }
  if (!expires_at && rules.expiry_required) return AuthFailure::claims;
  const std::int64_t leeway = rules.leeway.count();
  if (expires_at) {
    identity.expires_at = static_cast<std::int64_t>(std::floor(*expires_at));
    // Zero would mean never from here on.
    if (identity.expires_at == 0 || now >= identity.expires_at + leeway) {
      return AuthFailure::expired;
    }
  }
  if (not_before && static_cast<std::int64_t>(std::ceil(*not_before)) > now + leeway) {
    return AuthFailure::not_yet_valid;
  }
  if (issued_at) {
    identity.issued_at = static_cast<std::int64_t>(std::floor(*issued_at));
    if (identity.issued_at > now + leeway) return AuthFailure::not_yet_valid;
  }
  return kFine;
}

AuthFailure check_issuer(const json& payload, const TokenRules& rules) {
  const auto found = payload.find("iss");
  if (found != payload.end() && !found->is_string()) return AuthFailure::claims;
  if (rules.issuer.empty()) return kFine;
  if (found == payload.end() || *found != rules.issuer) return AuthFailure::issuer;
  return kFine;
}

AuthFailure check_audience(const json& payload, const TokenRules& rules) {
  std::vector<std::string> named;
  if (const auto found = payload.find("aud"); found != payload.end()) {
    const json listed = found->is_array() ? *found : json::array({*found});
    for (const json& audience : listed) {
      if (!audience.is_string()) return AuthFailure::claims;
      named.push_back(audience.get<std::string>());
    }
  }
  if (rules.audiences.empty()) return kFine;
  const bool us = std::ranges::find_first_of(named, rules.audiences) != named.end();
  return us ? kFine : AuthFailure::audience;
}

// Leaves `text` alone when there is none. False when it is no text.
bool read_text(const json& payload, std::string_view name, std::string& text) {
  const json* claim = find_claim(payload, name);
  if (claim == nullptr) return true;
  if (!claim->is_string()) return false;
  text = claim->get<std::string>();
  return true;
}

bool read_user(const json& payload, std::string_view name, std::string& user) {
  const json* claim = find_claim(payload, name);
  if (claim == nullptr || !claim->is_number_integer()) return read_text(payload, name, user);
  user = std::to_string(claim->get<std::int64_t>());
  return true;
}

std::vector<std::string> split_at_spaces(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// An array of texts, or one text with spaces between, as OAuth's `scope` is.
bool read_list(const json& payload, std::string_view name, std::vector<std::string>& list) {
  const json* claim = find_claim(payload, name);
  if (claim == nullptr) return true;
  if (claim->is_string()) {
    list = split_at_spaces(claim->get_ref<const std::string&>());
    return true;
  }
  if (!claim->is_array()) return false;
  for (const json& element : *claim) {
    if (!element.is_string()) return false;
    list.push_back(element.get<std::string>());
  }
  return true;
}

bool read_type(const json& payload, std::string_view claim_name, UserType& type) {
  std::string text(name(UserType::employee));
  if (!read_text(payload, claim_name, text)) return false;
  for (const UserType known : {UserType::employee, UserType::guest, UserType::supervisor}) {
    if (text != name(known)) continue;
    type = known;
    return true;
  }
  return false;
}

bool read_identity(const json& payload, const TokenRules& rules, Identity& identity) {
  const ClaimNames& names = rules.claims;
  identity.tenant = rules.default_tenant;
  return read_user(payload, names.user, identity.user) &&
         read_text(payload, names.tenant, identity.tenant) &&
         read_text(payload, names.display_name, identity.display_name) &&
         read_list(payload, names.roles, identity.roles) &&
         read_list(payload, names.permissions, identity.permissions) &&
         read_type(payload, names.type, identity.type) &&
         read_text(payload, "jti", identity.token_id) && mistake_of(identity).empty();
}

}  // namespace

const json* find_claim(const json& object, std::string_view name) {
  if (name.empty()) return nullptr;
  if (const auto found = object.find(name); found != object.end()) return &*found;
  for (std::size_t dot = name.find('.'); dot != std::string_view::npos;
       dot = name.find('.', dot + 1)) {
    const auto outer = object.find(name.substr(0, dot));
    if (outer == object.end() || !outer->is_object()) continue;
    const json* inner = find_claim(*outer, name.substr(dot + 1));
    if (inner != nullptr) return inner;
  }
  return nullptr;
}

AuthResult read_claims(const json& payload, const TokenRules& rules, std::int64_t now) {
  Identity identity;
  AuthFailure failure = check_times(payload, rules, now, identity);
  if (failure == kFine) failure = check_issuer(payload, rules);
  if (failure == kFine) failure = check_audience(payload, rules);
  if (failure != kFine) return failure;
  if (!read_identity(payload, rules, identity)) return AuthFailure::claims;
  return identity;
}

}  // namespace app
