#include "app/auth/json_web_key.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <string>

#include "app/auth/base64url.h"
#include "app/auth/public_key.h"
#include "app/auth/token_algorithm.h"
#include "app/gateway_limits.h"

namespace app {

namespace {

using nlohmann::json;

base::Error error(std::string text) { return base::Error{std::move(text)}; }

// A member that is text; nothing when it is absent or something else.
std::optional<std::string> text_of(const json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

// A member that is base64url of one octet at least.
std::optional<std::string> octets_of(const json& object, const char* member) {
  const std::optional<std::string> text = text_of(object, member);
  if (!text || text->empty()) return std::nullopt;
  return decode_base64url(*text);
}

base::Result<Key> read_secret(const json& jwk) {
  std::optional<std::string> octets = octets_of(jwk, "k");
  if (!octets) return error("its 'k' is not base64url");
  if (octets->size() < kSecretBytesLeast) {
    return error(fmt::format("its secret has fewer than {} bytes", kSecretBytesLeast));
  }
  return Key{.kind = KeyKind::secret, .material = std::move(*octets)};
}

base::Result<Key> read_rsa(const json& jwk) {
  const std::optional<std::string> modulus = octets_of(jwk, "n");
  const std::optional<std::string> exponent = octets_of(jwk, "e");
  if (!modulus || !exponent) return error("its 'n' or 'e' is not base64url");
  return rsa_key(*modulus, *exponent);
}

base::Result<Key> read_ec(const json& jwk) {
  const std::optional<std::string> x = octets_of(jwk, "x");
  const std::optional<std::string> y = octets_of(jwk, "y");
  if (!x || !y) return error("its 'x' or 'y' is not base64url");
  return ec_key(text_of(jwk, "crv").value_or(""), *x, *y);
}

base::Result<Key> read_okp(const json& jwk) {
  const std::string curve = text_of(jwk, "crv").value_or("");
  if (curve != "Ed25519") return error(fmt::format("its curve is '{}', not Ed25519", curve));
  const std::optional<std::string> x = octets_of(jwk, "x");
  if (!x) return error("its 'x' is not base64url");
  return ed25519_key(*x);
}

base::Result<Key> read_material(const json& jwk) {
  const std::string type = text_of(jwk, "kty").value_or("");
  if (type == "oct") return read_secret(jwk);
  if (type == "RSA") return read_rsa(jwk);
  if (type == "EC") return read_ec(jwk);
  if (type == "OKP") return read_okp(jwk);
  return error(fmt::format("its 'kty' is '{}', not RSA, EC, oct or OKP", type));
}

// Whether the key is there to check signatures, by `use` and `key_ops` if it has them.
bool may_verify(const json& jwk) {
  if (text_of(jwk, "use") == "enc") return false;
  const auto operations = jwk.find("key_ops");
  if (operations == jwk.end()) return true;
  return operations->is_array() &&
         std::ranges::find(*operations, json("verify")) != operations->end();
}

bool algorithm_fits(const std::string& algorithm, KeyKind kind) {
  if (kind == KeyKind::ed25519) return algorithm == "EdDSA" || algorithm == "Ed25519";
  return key_kind_of(algorithm) == kind;
}

base::Result<Key> read_key(const json& jwk) {
  if (!jwk.is_object()) return error("it is not an object");
  if (!may_verify(jwk)) return error("it is not there to check signatures");
  base::Result<Key> key = read_material(jwk);
  if (!key.ok()) return key;
  if (jwk.contains("kid")) {
    const std::optional<std::string> id = text_of(jwk, "kid");
    if (!id || id->size() > kKeyIdBytesMax) return error("its 'kid' is not a short text");
    key.value().id = *id;
  }
  if (jwk.contains("alg")) {
    key.value().algorithm = text_of(jwk, "alg").value_or("");
    if (!algorithm_fits(key.value().algorithm, key.value().kind)) {
      return error(fmt::format("its 'alg' is '{}', which is not one of its kind that is known",
                               key.value().algorithm));
    }
  }
  return key;
}

}  // namespace

base::Result<std::vector<Key>> read_json_web_keys(std::string_view text) {
  if (text.size() > kKeySetBytesMax) {
    return error(fmt::format("the key set has more than {} bytes", kKeySetBytesMax));
  }
  const json set = json::parse(text, nullptr, false);
  if (!set.is_object() || !set.contains("keys") || !set["keys"].is_array()) {
    return error(R"(the key set is not a JSON object with an array "keys")");
  }
  const json& listed = set["keys"];
  if (listed.empty()) return error("the key set has no keys");
  if (listed.size() > kKeySetKeysMost) {
    return error(fmt::format("the key set has more than {} keys", kKeySetKeysMost));
  }
  std::vector<Key> keys;
  std::string mistake;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    base::Result<Key> key = read_key(listed[i]);
    if (key.ok()) {
      keys.push_back(key.take());
    } else {
      mistake = fmt::format("key {}: {}", i + 1, key.error().message);
    }
  }
  if (keys.empty()) return error("the key set has no key that can be used; " + mistake);
  return keys;
}

}  // namespace app
