#include "app/auth/client_address.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/http_text.h"

namespace app {

namespace {

// An address with or without a port, IPv6 with or without brackets.
std::optional<engine::PeerAddress> read_address(std::string_view text) {
  const bool bare_ipv6 = text.find(':') != text.rfind(':') && !text.starts_with('[');
  const std::string with_port =
      bare_ipv6 ? "[" + std::string(text) + "]:0" : std::string(text) + ":0";
  auto address = engine::Address::parse(with_port);
  if (!address.ok()) address = engine::Address::parse(text);  // It had a port.
  if (!address.ok()) return std::nullopt;
  return engine::PeerAddress::of(address.value());
}

// In which proxies name their client: RFC 7239, and what came before it.
constexpr std::array<std::string_view, 3> kProxyFields{"Forwarded", "X-Forwarded-For", "X-Real-IP"};

bool names_a_client(const protocol::HttpRequest& request) {
  return std::ranges::any_of(request.headers.all(), [](const protocol::HttpHeader& field) {
    return std::ranges::any_of(kProxyFields, [&](std::string_view name) {
      return protocol::equal_ignoring_case(field.name, name);
    });
  });
}

}  // namespace

ClientAddress find_address(const protocol::HttpRequest& request, const AuthOptions& auth,
                           const engine::PeerAddress& peer) {
  if (auth.address_header.empty()) {
    const bool of_proxy = contains(auth.trusted_proxies, peer) && names_a_client(request);
    return {.address = of_proxy ? engine::PeerAddress{} : peer};
  }
  std::string_view last;
  for (const protocol::HttpHeader& field : request.headers.all()) {
    // A proxy may add a field of its own behind the client's.
    if (protocol::equal_ignoring_case(field.name, auth.address_header)) last = field.value;
  }
  const std::size_t comma = last.rfind(',');
  last = protocol::trim(comma == std::string_view::npos ? last : last.substr(comma + 1));
  if (last.empty()) return {.address = peer};
  if (!contains(auth.trusted_proxies, peer)) return {.address = peer, .field_ignored = true};
  return {.address = read_address(last).value_or(peer)};
}

}  // namespace app
