// RoleChanges: the roles and permissions that the server API has given to users in place of those
// that their tokens say.
//
// They hold for tokens that were issued up to the second of the change, and for those that do not
// say when they were issued; a token that was issued later says them anew. One per process; any
// thread. Bound: kRoleChangesMost users and kRoleChangeBytesMost; a change is dropped after its
// `until` (KeptUntil), and by a restart. All times are seconds since 1970.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/auth/identity.h"
#include "app/auth/kept_until.h"
#include "app/gateway_limits.h"
#include "base/result.h"

namespace app {

class RoleChanges {
 public:
  struct Change {
    std::vector<std::string> roles{}, permissions{};
    std::int64_t at = 0;
    std::int64_t until = 0;

    std::size_t bytes() const noexcept;
    void meet(const Change& earlier);
  };

  // The later of two changes of a user holds. The error says that it is full; then nothing has
  // changed.
  base::Status set(std::string_view tenant, std::string_view user, const Change& change);
  // Puts what was changed in place of what the token said.
  void apply(Identity& identity, std::int64_t now) const;
  KeptCounts counts() const { return changes_.counts(); }

 private:
  KeptUntil<Change> changes_{
      {.entries = kRoleChangesMost, .bytes = kRoleChangeBytesMost}};  // By tenant and user.
};

}  // namespace app
