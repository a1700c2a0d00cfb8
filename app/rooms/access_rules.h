// AccessRules: who may do what in which room; the [[access]] tables of the configuration.
//
// The first rule whose room pattern fits decides. A pattern is a name whose parts may be `*` (any
// text) or `{user}`, `{tenant}`, which stand for the asker's own. A rule admits for an operation
// whoever has one of the named roles or permissions, or is of a named type; `*` is everybody, an
// empty list nobody. Whom nothing else admits, `service` leaves to the access service. Rooms that
// no rule fits are closed, unless there is no rule at all: then members of the tenant may do
// everything. In a room that no rule fits, guests may do everything if it is one of the guest
// rooms. Plain values; shared by all shards, replaced whole. Bounds: kAccessRulesMost rules and as
// many guest rooms, kGranteesMost for an operation.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/auth/grants.h"
#include "app/rooms/access_question.h"
#include "app/rooms/room_operation.h"
#include "app/rooms/room_pattern.h"
#include "base/result.h"

namespace app {

enum class AccessVerdict : std::uint8_t {
  yes,
  no,
  ask,  // The access service.
};

struct AccessRule {
  std::string pattern{};
  // By operation: "role:NAME", "permission:NAME", "type:guest", "service", or "*".
  std::array<std::vector<std::string>, kRoomOperationCount> admits{};

  bool operator==(const AccessRule&) const = default;
};

class AccessRules {
 public:
  // An error says what of a rule is wrong.
  base::Status add(const AccessRule& rule);
  // A pattern as that of a rule.
  base::Status add_guest_room(std::string_view pattern);

  AccessVerdict judge(const AccessQuestion& question) const noexcept;
  // Whether a rule leaves anything to the access service.
  bool asks_service() const noexcept;
  bool operator==(const AccessRules&) const = default;

 private:
  struct Grantee {
    enum class Kind : std::uint8_t { everybody, role, permission, type, service };
    Kind kind = Kind::everybody;
    std::string name{};  // Of the role or permission.
    UserType type = UserType::employee;

    bool admits(const Grants& who) const noexcept;
    bool operator==(const Grantee&) const = default;
  };
  struct Rule {
    RoomPattern pattern;
    std::array<std::vector<Grantee>, kRoomOperationCount> grantees{};

    bool operator==(const Rule&) const = default;
  };

  static base::Result<Grantee> parse_grantee(std::string_view text);

  std::vector<Rule> rules_;
  std::vector<RoomPattern> guest_rooms_;
};

}  // namespace app
