#include "app/admin/field_rules.h"

#include <algorithm>
#include <cstddef>
#include <span>

#include "app/auth/identity.h"
#include "app/gateway_limits.h"
#include "app/rooms/place_cursor.h"
#include "base/limits.h"
#include "protocol/utf8.h"

namespace app {

namespace {

bool has_control_character(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

bool is_utf8(std::string_view text) {
  return protocol::is_valid_utf8(std::as_bytes(std::span(text.data(), text.size())));
}

// 1 to `bytes_max` bytes of UTF-8 without control characters.
bool is_name(std::string_view text, std::size_t bytes_max) {
  return !text.empty() && text.size() <= bytes_max && !has_control_character(text) && is_utf8(text);
}

}  // namespace

static_assert(kTenantBytesMax == 64 && kUserBytesMax == 128 && kRoomNameTextMax == 128 &&
                  kEventNameBytesMax == 64 && kConnectionIdBytesMax == 64 &&
                  kRequestIdBytesMax == 64 && kTokenIdBytesMax == 128 && kRoleBytesMax == 64 &&
                  base::kCloseReasonBytesMax == 123 && kAdminCursorBytesMax == 512 &&
                  kConflationKeyBytesMax == 128,
              "the sentences below say the bounds");

std::string_view rule_of_tenant(std::string_view text) noexcept {
  const bool fits = !text.empty() && text.size() <= kTenantBytesMax;
  if (fits && std::ranges::all_of(text, is_tenant_character)) return {};
  return "must be 1 to 64 letters, digits, '-', '_' and '.'";
}

std::string_view rule_of_user(std::string_view text) noexcept {
  if (is_name(text, kUserBytesMax)) return {};
  return "must be 1 to 128 bytes without control characters";
}

std::string_view rule_of_room(std::string_view text) noexcept {
  if (is_name(text, kRoomNameTextMax)) return {};
  return "must be 1 to 128 bytes without control characters";
}

std::string_view rule_of_prefix(std::string_view text) noexcept {
  if (text.empty() || is_name(text, kRoomNameTextMax)) return {};
  return "must be at most 128 bytes without control characters";
}

std::string_view rule_of_event(std::string_view text) noexcept {
  if (is_name(text, kEventNameBytesMax)) return {};
  return "must be 1 to 64 bytes without control characters";
}

std::string_view rule_of_connection(std::string_view text) noexcept {
  if (is_name(text, kConnectionIdBytesMax)) return {};
  return "must be the id of a connection, 1 to 64 bytes without control characters";
}

std::string_view rule_of_message_id(std::string_view text) noexcept {
  if (is_name(text, kRequestIdBytesMax)) return {};
  return "must be 1 to 64 bytes without control characters";
}

std::string_view rule_of_key(std::string_view text) noexcept {
  if (!text.empty() && text.size() <= kConflationKeyBytesMax) return {};
  return "must be 1 to 128 bytes";
}

std::string_view rule_of_token_id(std::string_view text) noexcept {
  if (is_name(text, kTokenIdBytesMax)) return {};
  return "must be 1 to 128 bytes without control characters";
}

std::string_view rule_of_role(std::string_view text) noexcept {
  if (is_name(text, kRoleBytesMax)) return {};
  return "must be 1 to 64 bytes without control characters";
}

std::string_view rule_of_reason(std::string_view text) noexcept {
  const bool fits = text.size() <= base::kCloseReasonBytesMax;
  if (fits && !has_control_character(text) && is_utf8(text)) return {};
  return "must be at most 123 bytes without control characters";
}

std::string_view rule_of_cursor(std::string_view text) noexcept {
  const bool fits = text.size() <= kAdminCursorBytesMax;
  if (text.empty() || (fits && PlaceCursor::parse(text))) return {};
  return "must be the `next` of the page before";
}

}  // namespace app
