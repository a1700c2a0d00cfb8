// Token mint: makes keys and signs tokens, good and bad ones, for the tests of app/auth alone.
//
// Keys come from fixed seeds, so they are the same in every run; only the signatures of ECDSA
// differ, which are random by nature. One thread; bounded by what a test asks for.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <string_view>

#include "app/auth/auth_failure.h"
#include "app/auth/key_set.h"
#include "app/auth/openssl_handle.h"

namespace app {

// How GoogleTest shows one.
inline std::ostream& operator<<(std::ostream& out, AuthFailure failure) {
  return out << name(failure);
}

}  // namespace app

namespace tests {

struct SigningKey {
  app::KeyKind kind = app::KeyKind::secret;
  std::string secret{};   // Of a secret.
  app::KeyHandle pair{};  // Of all other kinds.
  std::string public_pem{};
  std::string private_pem{};
};

SigningKey make_secret(std::uint64_t seed, std::size_t size = 32);
SigningKey make_rsa(std::uint64_t seed, int bits = 2048);
// `group` as OpenSSL spells it: "prime256v1".
SigningKey make_ec(std::uint64_t seed, const char* group);
SigningKey make_ed25519(std::uint64_t seed);

// One of each kind, made once. `other`: a second one that is not in any set of keys.
const SigningKey& shared_key(app::KeyKind kind, bool other = false);
// The algorithm of a kind that tests use unless they say another.
std::string_view usual_algorithm(app::KeyKind kind);

std::string encode_base64url(std::string_view octets);
// The octets of the signature. ECDSA: both numbers side by side.
std::string sign(std::string_view text, std::string_view algorithm, const SigningKey& key);
// Header and payload are any text, so that they may be no JSON at all.
std::string mint_raw(std::string_view header, std::string_view payload, std::string_view algorithm,
                     const SigningKey& key);
// {"alg": the usual one, "typ": "JWT"} and what `header` adds or replaces.
std::string mint(const nlohmann::json& payload, const SigningKey& key,
                 const nlohmann::json& header = nlohmann::json::object());

// The public half as a key of a key set. Of a secret: the secret.
nlohmann::json make_jwk(const SigningKey& key);
// The key as what tokens are checked with.
app::KeySet key_set_of(const SigningKey& key);

}  // namespace tests
