#include "app/auth/identity.h"

#include <algorithm>
#include <span>

#include "app/gateway_limits.h"
#include "protocol/utf8.h"

namespace app {

namespace {

// Characters that steer a terminal or a log, of ASCII (C0 and DEL) and of Unicode (C1).
bool has_control_character(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octet = static_cast<unsigned char>(text[i]);
    if (octet < 0x20 || octet == 0x7f) return true;
    if (octet != 0xc2 || i + 1 == text.size()) continue;
    if (static_cast<unsigned char>(text[i + 1]) < 0xa0) return true;
  }
  return false;
}

bool is_plain_text(std::string_view text) noexcept {
  return !has_control_character(text) && protocol::is_valid_utf8(std::as_bytes(std::span(text)));
}

}  // namespace

bool is_tenant_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

std::string_view mistake_of_tenant(std::string_view tenant) noexcept {
  if (tenant.empty()) return "the tenant is empty";
  if (tenant.size() > kTenantBytesMax) return "the tenant is too long";
  if (std::ranges::all_of(tenant, is_tenant_character)) return {};
  return "the tenant is not of letters, digits, '-', '_' and '.'";
}

bool is_grant_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kRoleBytesMax && is_plain_text(text);
}

std::string_view name(UserType type) noexcept {
  switch (type) {
    case UserType::employee:
      return "employee";
    case UserType::guest:
      return "guest";
    case UserType::supervisor:
      return "supervisor";
  }
  return "unknown";
}

std::string_view mistake_of(const Identity& identity) noexcept {
  if (identity.user.empty()) return "the user is empty";
  if (identity.user.size() > kUserBytesMax) return "the user is too long";
  if (!is_plain_text(identity.user)) return "the user is not plain text";
  if (const std::string_view mistake = mistake_of_tenant(identity.tenant); !mistake.empty()) {
    return mistake;
  }
  if (identity.display_name.size() > kDisplayNameBytesMax) return "the display name is too long";
  if (!is_plain_text(identity.display_name)) return "the display name is not plain text";
  if (identity.roles.size() > kRolesMost) return "there are too many roles";
  if (!std::ranges::all_of(identity.roles, is_grant_name)) {
    return "a role is empty, too long or not plain text";
  }
  if (identity.permissions.size() > kPermissionsMost) return "there are too many permissions";
  if (!std::ranges::all_of(identity.permissions, is_grant_name)) {
    return "a permission is empty, too long or not plain text";
  }
  if (identity.token_id.size() > kTokenIdBytesMax) return "the token's id is too long";
  if (!is_plain_text(identity.token_id)) return "the token's id is not plain text";
  if (identity.issued_at < 0 || identity.issued_at > kTokenTimeMost) {
    return "the time of issue is out of range";
  }
  if (identity.expires_at < 0 || identity.expires_at > kTokenTimeMost) {
    return "the time of expiry is out of range";
  }
  return {};
}

}  // namespace app
