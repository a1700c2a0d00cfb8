// KeySet: the keys that tokens may be signed with, each with what it may be used for.
//
// From a shared secret, from PEM text or from a JSON Web Key Set (RFC 7517). Immutable once made:
// share it, replace it whole. Any thread. A key of one kind never verifies an algorithm of another,
// which is what key confusion would need.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace app {

enum class KeyKind : std::uint8_t { secret, rsa, ec256, ec384, ec521, ed25519 };

struct Key {
  std::string id{};  // `kid`; empty: fits any token of its algorithms.
  KeyKind kind = KeyKind::secret;
  std::string algorithm{};  // `alg` of the key itself; empty: all of its kind.
  std::string material{};   // The secret, or a public key as PEM.
};

class KeySet {
 public:
  KeySet() = default;
  static base::Result<KeySet> from_secret(std::string_view secret);
  static base::Result<KeySet> from_pem(std::string_view pem);
  static base::Result<KeySet> from_jwks(std::string_view json);

  void add(const KeySet& other);
  bool empty() const noexcept { return keys_.empty(); }
  const std::vector<Key>& keys() const noexcept { return keys_; }

 private:
  std::vector<Key> keys_;
};

}  // namespace app
