// Client upgrade: the client's half of the opening handshake (RFC 6455 4.1).
//
// Used by the load generator, by tests and by connections to other gateways. The caller draws the
// random numbers, keeps the bytes of the response and calls again with more of them until the
// status is not incomplete. Bounded like a request: a larger response is refused.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "protocol/http_headers.h"
#include "protocol/violation.h"

namespace protocol {

// Base64 of sixteen octets, chosen at random for each connection (RFC 6455 4.1, item 7).
using ClientKey = std::array<char, 24>;
ClientKey make_client_key(std::uint64_t random0, std::uint64_t random1) noexcept;

inline std::string_view as_text(const ClientKey& key) noexcept { return {key.data(), key.size()}; }

// A request for `target` at `host`. To offer subprotocols, give Sec-WebSocket-Protocol as an extra.
std::string write_upgrade_request(std::string_view host, std::string_view target,
                                  std::string_view key,
                                  std::span<const HttpHeader> extra_headers = {});

struct UpgradeResponse {
  enum class Status : std::uint8_t { incomplete, accepted, refused };
  Status status = Status::incomplete;
  std::size_t consumed = 0;               // When accepted: the size of the head. Frames follow.
  std::string_view subprotocol{};         // When accepted: what the server chose; empty for none.
  std::uint16_t http_status = 0;          // When refused: the server's status, 0 if there is none.
  std::string_view reason{};              // When refused: one line, ours or the server's phrase.
  Violation violation = Violation::none;  // When refused.
  // When refused with 429 or 503: the seconds of Retry-After (RFC 9110 10.2.3); 0 if it has none,
  // or a date.
  std::uint32_t retry_after_seconds = 0;
};

// `expected_accept` is accept_key() of the key that was sent.
UpgradeResponse parse_upgrade_response(std::string_view accumulated,
                                       std::string_view expected_accept) noexcept;

}  // namespace protocol
