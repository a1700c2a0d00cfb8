// Grants: what a session may do: its tenant, type, roles and permissions, without who it is.
//
// Shared by all sessions with the same (app/clients/grants_pool.h), and does not change while it
// is. Plain value, any thread. Bounds: those of Identity.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/auth/identity.h"

namespace app {

struct Grants {
  std::string tenant{};
  UserType type = UserType::guest;
  std::vector<std::string> roles{};
  std::vector<std::string> permissions{};
  std::uint64_t hash = 0;  // Of all that; set as they are shared.

  bool is_guest() const noexcept { return type == UserType::guest; }
  bool has_permission(std::string_view permission) const noexcept;
};

using SharedGrants = std::shared_ptr<const Grants>;

Grants grants_of(const Identity& identity);

}  // namespace app
