// Violation: every way in which a peer can break the protocol, each with its name and its price.
//
// Peers decide what they send, so a violation is an ordinary value and never a failed CHECK. Each
// has a name for metrics and logs, the RFC section that it breaks, and the close code that tells
// the peer. The table below is the whole truth; a test enumerates it and provokes every entry.
// Those of the HTTP handshake come before a close frame is possible, hence CloseCode::abnormal;
// protocol/http_refusal.h says which HTTP status tells the peer instead.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "protocol/close_code.h"

namespace protocol {

enum class Violation : std::uint8_t {
  none,

  // Framing.
  reserved_bits_set,
  reserved_opcode,
  mask_missing,
  mask_forbidden,
  length_not_minimal,
  length_too_large,
  control_fragmented,
  control_too_long,
  continuation_unexpected,
  continuation_expected,
  message_too_big,

  // Payload.
  close_payload_too_short,
  close_code_invalid,
  close_reason_not_utf8,
  text_not_utf8,

  // HTTP, either direction.
  http_line_ending,
  http_line_too_long,
  http_head_too_large,
  http_headers_too_many,
  http_header_malformed,
  http_version_unsupported,
  http_body_length_invalid,

  // The opening handshake's request.
  request_line_malformed,
  request_target_malformed,
  request_target_too_long,
  request_host_invalid,
  request_body_present,
  request_method_not_get,
  upgrade_not_requested,
  upgrade_connection_missing,
  websocket_version_unsupported,
  websocket_key_invalid,

  // The opening handshake's response.
  response_line_malformed,
  response_not_switching,
  response_upgrade_missing,
  response_accept_mismatch,
  response_extension_unasked,
};

inline constexpr std::size_t kViolationCount =
    static_cast<std::size_t>(Violation::response_extension_unasked) + 1;

namespace detail {

struct ViolationEntry {
  Violation violation;
  std::string_view name;
  std::string_view rfc_section;
  CloseCode close_code;
};

inline constexpr auto kBadFrame = CloseCode::protocol_error;
inline constexpr auto kBadPayload = CloseCode::invalid_payload;
inline constexpr auto kBadHandshake = CloseCode::abnormal;

inline constexpr auto kViolationTable = std::to_array<ViolationEntry>({
    {Violation::none, "none", "", CloseCode::normal},

    {Violation::reserved_bits_set, "reserved_bits_set", "RFC 6455 5.2", kBadFrame},
    {Violation::reserved_opcode, "reserved_opcode", "RFC 6455 5.2", kBadFrame},
    {Violation::mask_missing, "mask_missing", "RFC 6455 5.1", kBadFrame},
    {Violation::mask_forbidden, "mask_forbidden", "RFC 6455 5.1", kBadFrame},
    {Violation::length_not_minimal, "length_not_minimal", "RFC 6455 5.2", kBadFrame},
    {Violation::length_too_large, "length_too_large", "RFC 6455 5.2", kBadFrame},
    {Violation::control_fragmented, "control_fragmented", "RFC 6455 5.5", kBadFrame},
    {Violation::control_too_long, "control_too_long", "RFC 6455 5.5", kBadFrame},
    {Violation::continuation_unexpected, "continuation_unexpected", "RFC 6455 5.4", kBadFrame},
    {Violation::continuation_expected, "continuation_expected", "RFC 6455 5.4", kBadFrame},
    {Violation::message_too_big, "message_too_big", "RFC 6455 7.4.1", CloseCode::message_too_big},

    {Violation::close_payload_too_short, "close_payload_too_short", "RFC 6455 5.5.1", kBadFrame},
    {Violation::close_code_invalid, "close_code_invalid", "RFC 6455 7.4", kBadFrame},
    {Violation::close_reason_not_utf8, "close_reason_not_utf8", "RFC 6455 5.5.1", kBadPayload},
    {Violation::text_not_utf8, "text_not_utf8", "RFC 6455 8.1", kBadPayload},

    {Violation::http_line_ending, "http_line_ending", "RFC 9112 2.2", kBadHandshake},
    {Violation::http_line_too_long, "http_line_too_long", "RFC 9110 5.4", kBadHandshake},
    {Violation::http_head_too_large, "http_head_too_large", "RFC 9110 5.4", kBadHandshake},
    {Violation::http_headers_too_many, "http_headers_too_many", "RFC 9110 5.4", kBadHandshake},
    {Violation::http_header_malformed, "http_header_malformed", "RFC 9112 5", kBadHandshake},
    {Violation::http_version_unsupported, "http_version_unsupported", "RFC 6455 4.1",
     kBadHandshake},
    {Violation::http_body_length_invalid, "http_body_length_invalid", "RFC 9112 6.3",
     kBadHandshake},

    {Violation::request_line_malformed, "request_line_malformed", "RFC 9112 3", kBadHandshake},
    {Violation::request_target_malformed, "request_target_malformed", "RFC 9112 3.2",
     kBadHandshake},
    {Violation::request_target_too_long, "request_target_too_long", "RFC 9112 3", kBadHandshake},
    {Violation::request_host_invalid, "request_host_invalid", "RFC 9112 3.2", kBadHandshake},
    {Violation::request_body_present, "request_body_present", "RFC 6455 4.1", kBadHandshake},
    {Violation::request_method_not_get, "request_method_not_get", "RFC 6455 4.1", kBadHandshake},
    {Violation::upgrade_not_requested, "upgrade_not_requested", "RFC 6455 4.2.1", kBadHandshake},
    {Violation::upgrade_connection_missing, "upgrade_connection_missing", "RFC 6455 4.2.1",
     kBadHandshake},
    {Violation::websocket_version_unsupported, "websocket_version_unsupported", "RFC 6455 4.4",
     kBadHandshake},
    {Violation::websocket_key_invalid, "websocket_key_invalid", "RFC 6455 4.2.1", kBadHandshake},

    {Violation::response_line_malformed, "response_line_malformed", "RFC 9112 4", kBadHandshake},
    {Violation::response_not_switching, "response_not_switching", "RFC 6455 4.1", kBadHandshake},
    {Violation::response_upgrade_missing, "response_upgrade_missing", "RFC 6455 4.1",
     kBadHandshake},
    {Violation::response_accept_mismatch, "response_accept_mismatch", "RFC 6455 4.1",
     kBadHandshake},
    {Violation::response_extension_unasked, "response_extension_unasked", "RFC 6455 4.1",
     kBadHandshake},
});

constexpr bool violation_table_in_order() noexcept {
  for (std::size_t i = 0; i < kViolationTable.size(); ++i) {
    if (static_cast<std::size_t>(kViolationTable[i].violation) != i) return false;
  }
  return kViolationTable.size() == kViolationCount;
}
static_assert(violation_table_in_order(), "the table is indexed by the enumerator");

constexpr const ViolationEntry& entry_of(Violation violation) noexcept {
  return kViolationTable[static_cast<std::size_t>(violation)];
}

}  // namespace detail

// The name in metrics and logs: the enumerator's own.
constexpr std::string_view name(Violation violation) noexcept {
  return detail::entry_of(violation).name;
}

// The rule that was broken, such as "RFC 6455 5.1".
constexpr std::string_view rfc_section(Violation violation) noexcept {
  return detail::entry_of(violation).rfc_section;
}

// The code of the close frame that tells the peer.
constexpr CloseCode close_code(Violation violation) noexcept {
  return detail::entry_of(violation).close_code;
}

}  // namespace protocol
