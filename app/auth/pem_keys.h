// PEM keys: the public keys and certificates that stand after each other in a text.
//
// "PUBLIC KEY", "RSA PUBLIC KEY" and "CERTIFICATE" are read, text between them is passed over. A
// certificate gives its key only: whether it is in date or trusted is the operator's to know. Any
// thread. Bounds: kKeySetBytesMax of text, kKeySetKeysMost keys.
#pragma once

#include <string_view>
#include <vector>

#include "app/auth/key_set.h"
#include "base/result.h"

namespace app {

// One key at least. The error says of which block, counted from 1, and what is wrong with it.
base::Result<std::vector<Key>> read_pem_keys(std::string_view pem);

}  // namespace app
