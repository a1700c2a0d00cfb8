// ServiceVerdict: what an auth service's answer to a token means.
//
//   200 {"user": {...}}, or the user itself     admitted, as that identity
//   200 {"user": null}, {"valid": false}        refused
//       or {"active": false}
//   400, 401, 403, 404, 410, 422                refused: the token is meant, not the service
//   anything else                               failed: down, overloaded, or not to be believed
//
// The user's parts have the names of ClaimNames, or else: the user `id`, `sub` or `userId`, the end
// `expiresAt` or `exp`, in seconds since 1970, which may also stand beside the user. Pure, any
// thread. Bounds: those of Identity, and kAuthAnswerBytesMax, which the call keeps.
#pragma once

#include <cstdint>
#include <string>

#include "app/auth/auth_options.h"
#include "app/auth/identity.h"
#include "app/upstream/http_call.h"

namespace app {

struct ServiceVerdict {
  enum class Kind : std::uint8_t { admitted, refused, failed };

  Kind kind = Kind::failed;
  Identity identity{};    // Of `admitted` alone.
  std::string failure{};  // Of `failed` alone: for the log.
};

ServiceVerdict read_service_answer(const HttpAnswer& answer, const TokenRules& rules);

}  // namespace app
