// Field rules: what the names and texts of an admin call may be: one rule for bodies, queries and
// paths alike.
//
// A rule returns what is wrong, as the end of a sentence that begins with the field ("must be
// ..."), or an empty view. Pure functions, any thread. The bounds are those of gateway_limits.h, so
// that nothing is accepted here which a shard would refuse.
#pragma once

#include <string_view>

namespace app {

using TextRule = std::string_view (*)(std::string_view text);

std::string_view rule_of_tenant(std::string_view text) noexcept;
std::string_view rule_of_user(std::string_view text) noexcept;
std::string_view rule_of_room(std::string_view text) noexcept;
std::string_view rule_of_prefix(std::string_view text) noexcept;  // Of rooms; may be empty.
std::string_view rule_of_event(std::string_view text) noexcept;
std::string_view rule_of_connection(std::string_view text) noexcept;
std::string_view rule_of_message_id(std::string_view text) noexcept;
std::string_view rule_of_key(std::string_view text) noexcept;  // As clients' may be.
std::string_view rule_of_token_id(std::string_view text) noexcept;
std::string_view rule_of_role(std::string_view text) noexcept;
std::string_view rule_of_reason(std::string_view text) noexcept;  // Of a close frame.
std::string_view rule_of_cursor(std::string_view text) noexcept;

}  // namespace app
