// JSON Web Keys (RFC 7517): the keys of a key set that tokens can be checked with.
//
// Kinds: RSA, EC, oct (a secret) and OKP with Ed25519. Keys for other uses, of other kinds or that
// are broken are passed over, because a set is shared with others and grows; only when none is left
// is that an error. Any thread. Bounds: kKeySetBytesMax, kKeySetKeysMost, kKeyIdBytesMax.
#pragma once

#include <string_view>
#include <vector>

#include "app/auth/key_set.h"
#include "base/result.h"

namespace app {

// One key at least. The error says what is wrong with the text, or with the last key.
base::Result<std::vector<Key>> read_json_web_keys(std::string_view json);

}  // namespace app
