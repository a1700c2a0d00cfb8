// Identity: who a session is, as a token or an auth service said it, and until when.
//
// Made on a service thread, read on the session's shard. Plain value. Bounds: kUserBytesMax,
// kTenantBytesMax, kRolesMost, kPermissionsMost, kRoleBytesMax; what exceeds one is refused, never
// cut. User, tenant, roles and permissions are non-empty and free of control characters; a tenant
// is of letters, digits, '-', '_' and '.', because it becomes part of room names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace app {

enum class UserType : std::uint8_t { employee, guest, supervisor };

// "employee", "guest" or "supervisor".
std::string_view name(UserType type) noexcept;

struct Identity {
  std::string user;
  std::string tenant;
  std::string display_name{};  // Empty if the token gave none.
  UserType type = UserType::employee;
  std::vector<std::string> roles{};
  std::vector<std::string> permissions{};
  std::string token_id{};       // The claim `jti`; empty for none.
  std::int64_t issued_at = 0;   // Seconds since 1970; 0: not said.
  std::int64_t expires_at = 0;  // Seconds since 1970; 0: never.
};

// A letter, a digit, '-', '_' or '.'.
bool is_tenant_character(char c) noexcept;

// Of a tenant alone; empty when it is one.
std::string_view mistake_of_tenant(std::string_view tenant) noexcept;

// Whether it may name a role or a permission.
bool is_grant_name(std::string_view text) noexcept;

// Whether each part keeps its bounds. The text says which does not; empty when all do.
std::string_view mistake_of(const Identity& identity) noexcept;

}  // namespace app
