// Token signatures: whether that of a token fits one key, with an algorithm that is chosen before.
//
// libjwt checks it. It refuses a `typ` other than "JWT", so tokens that call themselves "at+jwt"
// (RFC 9068) are checked by OpenSSL itself, with the same algorithms. Any thread, no state.
#pragma once

#include <string>
#include <string_view>

#include "app/auth/key_set.h"

namespace app {

// A token that has been taken apart. The views are into `text`'s owner.
struct SignedToken {
  std::string_view text;         // All of it.
  std::string_view signed_text;  // Header and payload with the dot between.
  std::string signature{};       // Decoded.
  std::string algorithm{};       // Of the header; one that key_kind_of() knows.
  bool is_access_token = false;  // Its `typ` is at+jwt.
};

// `key` is of the algorithm's kind.
bool signature_fits(const SignedToken& token, const Key& key);

namespace detail {

bool libjwt_fits(const SignedToken& token, const Key& key);
bool openssl_fits(const SignedToken& token, const Key& key);

}  // namespace detail

}  // namespace app
