// Token algorithms: the signatures of RFC 7518 that we can check, and the kind of key each takes.
//
// They are those of libjwt 1.10: HS256 to HS512, RS256 to RS512, ES256, ES384 and ES512. All others
// are unknown here, `none` in whatever case above all. Pure, any thread, bounded by the table.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/auth/key_set.h"

namespace app {

// By its exact name; nothing for an algorithm that we do not check.
std::optional<KeyKind> key_kind_of(std::string_view algorithm) noexcept;

std::vector<std::string> algorithm_names();

// Whether tokens of that algorithm may be checked with it.
bool key_takes(const Key& key, std::string_view algorithm) noexcept;

}  // namespace app
