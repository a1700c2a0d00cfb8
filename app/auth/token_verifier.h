// TokenVerifier: whether a JSON Web Token (RFC 7519) is good, and who it says that it is.
//
// Signatures are checked by libjwt; which algorithm and key may be used is decided here, before it
// is asked. Any thread; takes some microseconds for HS*, up to a millisecond for RS* and ES*, so
// shards leave it to a service thread. Bound: kTokenBytesMax.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <variant>

#include "app/auth/auth_failure.h"
#include "app/auth/auth_options.h"
#include "app/auth/identity.h"
#include "app/auth/key_set.h"

namespace app {

using AuthResult = std::variant<Identity, AuthFailure>;

class TokenVerifier {
 public:
  TokenVerifier(const TokenRules& rules, std::shared_ptr<const KeySet> keys);

  // `now`: seconds since 1970.
  AuthResult verify(std::string_view token, std::int64_t now) const;

 private:
  TokenRules rules_;
  std::shared_ptr<const KeySet> keys_;
};

}  // namespace app
