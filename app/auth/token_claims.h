// Token claims: what the payload of a token whose signature fits says, held against the rules.
//
// A claim of the wrong type is refused, `null` too: a token that says something else than was
// agreed is its issuer's mistake, and guessing would hide it. Pure, any thread; bounded by the
// token's size.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "app/auth/auth_options.h"
#include "app/auth/token_verifier.h"

namespace app {

// The claim of that name. "realm_access.roles" reaches into objects; a name that is there as it is
// written wins. Null when there is none.
const nlohmann::json* find_claim(const nlohmann::json& object, std::string_view name);

// `now`: seconds since 1970.
AuthResult read_claims(const nlohmann::json& payload, const TokenRules& rules, std::int64_t now);

}  // namespace app
