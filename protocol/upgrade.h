// Upgrade: the server's half of the opening handshake (RFC 6455 4.2).
//
// check_upgrade() says whether a request asks for a WebSocket and, if not, what to answer. Who may
// connect, and where, is for others to decide. Pure functions over the request, for any thread; the
// views that they return point into its text.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/http_refusal.h"
#include "protocol/http_request.h"

namespace protocol {

struct Upgrade {
  std::string_view key;                   // As sent; known to be the base64 of sixteen octets.
  std::string_view offered_subprotocols;  // The first such field, a list; empty when there is none.
};

using UpgradeCheck = std::variant<Upgrade, HttpRefusal>;

UpgradeCheck check_upgrade(const HttpRequest& request) noexcept;

// What the server answers to a key: base64 of the SHA-1 of key and GUID (RFC 6455 4.2.2, item 5.4).
using AcceptKey = std::array<char, 28>;
AcceptKey accept_key(std::string_view key) noexcept;

inline std::string_view as_text(const AcceptKey& key) noexcept { return {key.data(), key.size()}; }

// The first subprotocol that the client offers and we support: the order of preference is the
// client's (RFC 6455 4.1, item 10). Empty when there is none. The result points into `supported`.
std::string_view choose_subprotocol(std::string_view offered,
                                    std::span<const std::string_view> supported) noexcept;
// The same over all such fields of the request, since a client may send several (RFC 6455 11.3.4).
std::string_view choose_subprotocol(const HttpRequest& request,
                                    std::span<const std::string_view> supported) noexcept;

// The 101 response that turns the connection into a WebSocket. An empty subprotocol is left out.
std::string write_switching_protocols(std::string_view key, std::string_view subprotocol);

}  // namespace protocol
