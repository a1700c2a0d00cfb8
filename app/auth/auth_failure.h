// AuthFailure: why somebody was not let in, or not any longer; what is told and what is counted.
//
// The client hears the status, a code and a sentence that helps its developer and tells an attacker
// nothing that the token does not say itself. The name is the label of
// millrace_auth_failures_total{reason}. Pure, any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "protocol/http_status.h"

namespace app {

enum class AuthFailure : std::uint8_t {
  none,
  missing,        // No token, and guests are not admitted.
  malformed,      // Not a token, or one that is too long.
  algorithm,      // `none`, one that is not allowed, or not that of the key.
  unknown_key,    // Its `kid` names no key that we have.
  signature,      // Does not fit the key.
  expired,        // Past `exp` and the leeway.
  not_yet_valid,  // Before `nbf`, or issued in the future.
  issuer,         // Not the one that is asked for.
  audience,       // Does not name us.
  claims,         // No user, or one of its claims breaks a bound.
  revoked,        // By the server API.
  refused,        // The auth service knows no such token.
  origin,         // The page that it comes from is not on the list.
  throttled,      // Too many failures from this address.
  unavailable,    // The auth service or the key source is away.
  overloaded,     // Too many checks wait.
};

inline constexpr std::uint8_t kAuthFailureCount = 17;

std::string_view name(AuthFailure failure) noexcept;
// For the client to read.
std::string_view sentence(AuthFailure failure) noexcept;
// 401 asks for (better) credentials, 403 says that none help, 429 and 503 that later may.
protocol::HttpStatus status(AuthFailure failure) noexcept;

}  // namespace app
