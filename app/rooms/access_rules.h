// AccessRules: who may do what in which room; the [[access]] tables of the configuration.
//
// The first rule whose room pattern fits decides. A pattern is a name whose parts may be `*` (any
// text) or `{user}`, `{tenant}`, which stand for the asker's own. A rule admits for an operation
// whoever has one of the named roles or permissions, or is of a named type; `*` is everybody, an
// empty list nobody. Without any rule members of the tenant may do everything, and guests what
// `guest_rooms` of the options names. Plain values; shared by all shards, replaced whole.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/auth/identity.h"
#include "base/result.h"

namespace app {

enum class RoomOperation : std::uint8_t { create, join, send, history, presence };
inline constexpr std::size_t kRoomOperationCount = 5;

std::string_view name(RoomOperation operation) noexcept;

struct AccessRule {
  std::string pattern{};
  // By operation: "role:NAME", "permission:NAME", "type:guest", or "*".
  std::array<std::vector<std::string>, kRoomOperationCount> admits{};
};

class AccessRules {
 public:
  // An error says what of a rule is wrong.
  base::Status add(AccessRule rule);

  bool admits(const Identity& who, RoomOperation operation, std::string_view room) const noexcept;

 private:
  std::vector<AccessRule> rules_;
};

}  // namespace app
