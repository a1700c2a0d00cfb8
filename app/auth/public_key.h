// Public keys: a public key in OpenSSL's hands, or its numbers, turned into a Key of a KeySet.
//
// Accepted are RSA of kRsaBitsLeast to kRsaBitsMost, EC on P-256, P-384 and P-521, and Ed25519,
// each checked to be a key at all (a point on its curve, a modulus that is no prime). Any thread;
// an RSA key takes some milliseconds, so this is for start and reload.
#pragma once

#include <string_view>

#include "app/auth/key_set.h"
#include "base/result.h"

// OpenSSL's own name of a key, so that its headers stay in the .cc files.
struct evp_pkey_st;

namespace app {

// The Key of it, without an id. The error says which kind of key it is and what would do.
base::Result<Key> key_of(evp_pkey_st* key);

// From the numbers of a JSON Web Key, big-endian octets.
base::Result<Key> rsa_key(std::string_view modulus, std::string_view exponent);
// `curve` as a key set spells it: "P-256". Coordinates have the curve's size exactly.
base::Result<Key> ec_key(std::string_view curve, std::string_view x, std::string_view y);
base::Result<Key> ed25519_key(std::string_view octets);

}  // namespace app
