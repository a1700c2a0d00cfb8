#include "app/auth/token_verifier.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/auth/base64url.h"
#include "app/auth/token_algorithm.h"
#include "app/auth/token_claims.h"
#include "app/auth/token_json.h"
#include "app/auth/token_signature.h"
#include "app/gateway_limits.h"
#include "base/check.h"

namespace app {

namespace {

using nlohmann::json;

// A token taken apart, before anything of it is believed.
struct Parts {
  SignedToken signed_token;
  std::string key_id;
  TokenJson payload_state = TokenJson::good;
  json payload;
};

bool equal_but_for_case(std::string_view a, std::string_view b) noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// `typ` says what sort of token it is; one of another sort must not pass for a pass.
bool read_type(const json& header, SignedToken& token) {
  const auto found = header.find("typ");
  if (found == header.end()) return true;
  if (!found->is_string()) return false;
  const auto& type = found->get_ref<const std::string&>();
  token.is_access_token =
      equal_but_for_case(type, "at+jwt") || equal_but_for_case(type, "application/at+jwt");
  return token.is_access_token || equal_but_for_case(type, "JWT");
}

// Keys that the header itself brings or points at (`jwk`, `jku`, `x5c`, `x5u`) are never looked at.
bool read_header(std::string_view text, Parts& parts) {
  json header;
  if (read_token_json(text, header) != TokenJson::good) return false;
  // Extensions that must be understood (RFC 7515 4.1.11); we understand none.
  if (header.contains("crit")) return false;
  const auto algorithm = header.find("alg");
  if (algorithm == header.end() || !algorithm->is_string()) return false;
  parts.signed_token.algorithm = algorithm->get<std::string>();
  if (const auto key_id = header.find("kid"); key_id != header.end()) {
    if (!key_id->is_string()) return false;
    parts.key_id = key_id->get<std::string>();
  }
  return read_type(header, parts.signed_token);
}

// False when it is no token.
bool take_apart(std::string_view token, Parts& parts) {
  if (token.size() > kTokenBytesMax) return false;
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos) return false;
  const std::size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos) return false;
  const auto header = decode_base64url(token.substr(0, first));
  const auto payload = decode_base64url(token.substr(first + 1, second - first - 1));
  // Another dot is no base64url, and is refused here.
  auto signature = decode_base64url(token.substr(second + 1));
  if (!header || !payload || !signature) return false;
  parts.signed_token.text = token;
  parts.signed_token.signed_text = token.substr(0, second);
  parts.signed_token.signature = std::move(*signature);
  if (!read_header(*header, parts)) return false;
  parts.payload_state = read_token_json(*payload, parts.payload);
  return parts.payload_state != TokenJson::malformed;
}

// The algorithms of the rules, or else those of the keys.
bool is_allowed(const std::string& algorithm, const TokenRules& rules, const KeySet& keys) {
  if (!key_kind_of(algorithm)) return false;
  if (!rules.algorithms.empty()) {
    return std::ranges::find(rules.algorithms, algorithm) != rules.algorithms.end();
  }
  return keys.empty() || std::ranges::any_of(keys.keys(), [&](const Key& key) {
           return key_takes(key, algorithm);
         });
}

AuthFailure check_signature(const Parts& parts, const TokenRules& rules, const KeySet& keys) {
  const SignedToken& token = parts.signed_token;
  if (!is_allowed(token.algorithm, rules, keys)) return AuthFailure::algorithm;
  // Only a token of `none` comes without one, and that is told above.
  if (token.signature.empty()) return AuthFailure::malformed;
  bool id_is_known = parts.key_id.empty() && !keys.empty();
  std::vector<const Key*> candidates;
  for (const Key& key : keys.keys()) {
    const bool is_named = !parts.key_id.empty() && key.id == parts.key_id;
    if (!is_named && !key.id.empty() && !parts.key_id.empty()) continue;
    const bool takes = key_takes(key, token.algorithm);
    id_is_known |= is_named || takes;
    // Those that the token names come first: they are the likely ones, and few are tried.
    if (takes) candidates.insert(is_named ? candidates.begin() : candidates.end(), &key);
  }
  if (!id_is_known) return AuthFailure::unknown_key;
  if (candidates.empty()) return AuthFailure::algorithm;
  // libjwt would not read the payload, and would call that a bad signature.
  if (parts.payload_state == TokenJson::out_of_bounds) return AuthFailure::claims;
  candidates.resize(std::min(candidates.size(), kKeysTriedMost));
  const bool fits =
      std::ranges::any_of(candidates, [&](const Key* key) { return signature_fits(token, *key); });
  return fits ? AuthFailure::none : AuthFailure::signature;
}

}  // namespace

TokenVerifier::TokenVerifier(const TokenRules& rules, std::shared_ptr<const KeySet> keys)
    : rules_(rules), keys_(std::move(keys)) {
  CHECK(keys_ != nullptr);
}

AuthResult TokenVerifier::verify(std::string_view token, std::int64_t now) const {
  Parts parts;
  if (!take_apart(token, parts)) return AuthFailure::malformed;
  const AuthFailure failure = check_signature(parts, rules_, *keys_);
  if (failure != AuthFailure::none) return failure;
  return read_claims(parts.payload, rules_, now);
}

}  // namespace app
