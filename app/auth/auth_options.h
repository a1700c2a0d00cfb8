// AuthOptions: how the gateway finds out who connects; the [auth] table of the configuration.
//
// Plain values, filled and checked by app/config before anything starts; a reload replaces them
// whole. Secrets are read from files or the environment, never from flags, and never logged.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "app/auth/address_block.h"
#include "app/upstream/when_service_is_down.h"

namespace app {

enum class AuthMode : std::uint8_t {
  none,     // Everybody is a guest.
  token,    // A JWT, checked here.
  service,  // A token that an auth service knows, asked over HTTP.
};

// Which claims say what.
struct ClaimNames {
  std::string user = "sub";
  std::string tenant = "tenantId";
  std::string display_name = "name";
  std::string roles = "roles";
  std::string permissions = "permissions";
  std::string type = "userType";
};

struct TokenRules {
  // Of HS256, HS384, HS512, RS256 ..., ES256 ...; empty: those that fit the keys.
  std::vector<std::string> algorithms{};
  std::string issuer{};                  // Empty: any.
  std::vector<std::string> audiences{};  // One of them must be named; empty: any.
  std::chrono::seconds leeway{30};
  bool expiry_required = true;
  std::string default_tenant = "default";  // Of tokens that name none; empty: those are refused.
  ClaimNames claims{};
};

struct AuthOptions {
  AuthMode mode = AuthMode::none;
  TokenRules token{};
  std::string secret{};    // Of HS*; from the environment or a file.
  std::string keys_pem{};  // Public keys or certificates, PEM, one after the other.
  std::string jwks{};      // The text of a key set.
  std::string jwks_url{};
  std::chrono::milliseconds jwks_refresh{300'000};

  std::string service_url{};  // POST {"token": ...} -> {"user": {...}}.
  std::chrono::milliseconds service_timeout{2'000};
  std::uint32_t service_connections = 8;
  std::chrono::milliseconds service_cache_for{60'000};
  // Refused are all with 503; known is whoever was let in with the same token.
  WhenServiceIsDown when_down = WhenServiceIsDown::refuse;
  std::chrono::milliseconds known_for{3'600'000};

  // Whoever has no token is a guest of this tenant.
  bool guests = false;
  std::string guest_tenant = "default";
  std::vector<std::string> guest_permissions{};

  // "https://app.example.com" or "https://*.example.com"; empty: any page.
  std::vector<std::string> origins{};
  // Failures that one address may have a minute before it is answered with 429; 0: no limit.
  std::uint32_t failures_per_minute = 60;
  // The field of a handshake in which the proxy in front of us says the client's address, such as
  // X-Forwarded-For (see client_address.h); empty: a client's address is its connection's.
  std::string address_header{};
  // Whose word that field is; from others it is ignored.
  std::vector<AddressBlock> trusted_proxies = own_networks();
  // Threads that check tokens.
  std::uint32_t threads = 1;
};

}  // namespace app
