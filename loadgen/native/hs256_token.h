// HS256 token: a JSON Web Token (RFC 7519) signed with a shared secret (RFC 7518 3.2).
//
// Pure functions, any thread. Bound: none but the claims' size.
#pragma once

#include <string>
#include <string_view>

namespace loadgen {

std::string mint_hs256_token(std::string_view claims_json, std::string_view secret);

}  // namespace loadgen
