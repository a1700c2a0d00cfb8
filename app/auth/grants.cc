#include "app/auth/grants.h"

#include <algorithm>

namespace app {

bool Grants::has_permission(std::string_view permission) const noexcept {
  return std::ranges::find(permissions, permission) != permissions.end();
}

Grants grants_of(const Identity& identity) {
  return {.tenant = identity.tenant,
          .type = identity.type,
          .roles = identity.roles,
          .permissions = identity.permissions};
}

}  // namespace app
