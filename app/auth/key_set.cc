#include "app/auth/key_set.h"

#include <fmt/format.h>

#include <utility>

#include "app/auth/json_web_key.h"
#include "app/auth/pem_keys.h"
#include "app/gateway_limits.h"

namespace app {

base::Result<KeySet> KeySet::from_secret(std::string_view secret) {
  if (secret.size() < kSecretBytesLeast) {
    return base::Error{
        fmt::format("the secret of HS256, HS384 and HS512 must have {} bytes at least (RFC 7518 "
                    "3.2); this one has {}",
                    kSecretBytesLeast, secret.size())};
  }
  if (secret.size() > kKeySetBytesMax) {
    return base::Error{fmt::format("the secret has more than {} bytes", kKeySetBytesMax)};
  }
  // A public key as the secret would let everybody who knows it sign.
  if (secret.starts_with("-----BEGIN ")) {
    return base::Error{"the secret is a PEM block; public keys are configured as keys instead"};
  }
  KeySet set;
  set.keys_.push_back(Key{.kind = KeyKind::secret, .material = std::string(secret)});
  return set;
}

base::Result<KeySet> KeySet::from_pem(std::string_view pem) {
  base::Result<std::vector<Key>> keys = read_pem_keys(pem);
  if (!keys.ok()) return keys.error();
  KeySet set;
  set.keys_ = keys.take();
  return set;
}

base::Result<KeySet> KeySet::from_jwks(std::string_view json) {
  base::Result<std::vector<Key>> keys = read_json_web_keys(json);
  if (!keys.ok()) return keys.error();
  KeySet set;
  set.keys_ = keys.take();
  return set;
}

void KeySet::add(const KeySet& other) {
  // By index and count: `other` may be this set itself.
  const std::size_t count = other.keys_.size();
  for (std::size_t i = 0; i < count; ++i) keys_.push_back(Key(other.keys_[i]));
}

}  // namespace app
