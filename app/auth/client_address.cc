#include "app/auth/client_address.h"

#include <algorithm>
#include <array>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/http_text.h"

namespace app {

namespace {

// An address with or without a port, IPv6 with or without brackets.
std::optional<engine::PeerAddress> read_address(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const bool bare_ipv6 = text.find(':') != text.rfind(':') && !text.starts_with('[');
  const std::string with_port =
      bare_ipv6 ? "[" + std::string(text) + "]:0" : std::string(text) + ":0";
  auto address = engine::Address::parse(with_port);
  if (!address.ok()) address = engine::Address::parse(text);  // It had a port.
  if (!address.ok()) return std::nullopt;
  return engine::PeerAddress::of(address.value());
}

// In which proxies name their client: RFC 7239, and what came before it.
constexpr std::string_view kForwarded = "Forwarded";
constexpr std::array<std::string_view, 3> kProxyFields{kForwarded, "X-Forwarded-For", "X-Real-IP"};

bool names_a_client(const protocol::HttpRequest& request) {
  return std::ranges::any_of(request.headers.all(), [](const protocol::HttpHeader& field) {
    return std::ranges::any_of(kProxyFields, [&](std::string_view name) {
      return protocol::equal_ignoring_case(field.name, name);
    });
  });
}

// The last entry of a list, without it from then on. What is in quotes separates nothing; from the
// end, so that whatever a client has begun the list with does not change how our proxy's is read.
std::string_view take_last(std::string_view& list, char separator) {
  bool is_quoted = false;
  for (std::size_t at = list.size(); at > 0; --at) {
    const char c = list[at - 1];
    if (c == '"') is_quoted = !is_quoted;
    if (c != separator || is_quoted) continue;
    const std::string_view last = list.substr(at);
    list = list.substr(0, at - 1);
    return protocol::trim(last);
  }
  return protocol::trim(std::exchange(list, {}));
}

// Of an element of Forwarded what `for` names: an address, "unknown" or a made-up name with '_'.
// Empty where there is no `for`.
std::string_view node_of(std::string_view element) {
  while (!element.empty()) {
    const std::string_view pair = take_last(element, ';');
    const std::size_t equals = pair.find('=');
    if (!protocol::equal_ignoring_case(pair.substr(0, equals), "for")) continue;
    std::string_view node = equals == std::string_view::npos ? "" : pair.substr(equals + 1);
    const bool is_quoted = node.size() >= 2 && node.starts_with('"') && node.ends_with('"');
    return is_quoted ? node.substr(1, node.size() - 2) : node;
  }
  return {};
}

// The client as auth.address_header says it, or nothing where that is not there. Lists may be
// spread over several lines.
std::optional<engine::PeerAddress> read_field(const protocol::HttpRequest& request,
                                              const AuthOptions& auth) {
  const bool is_forwarded = protocol::equal_ignoring_case(auth.address_header, kForwarded);
  std::optional<engine::PeerAddress> found;
  for (const protocol::HttpHeader& field : request.headers.all() | std::views::reverse) {
    if (!protocol::equal_ignoring_case(field.name, auth.address_header)) continue;
    std::string_view list = field.value;
    do {
      const std::string_view entry = take_last(list, ',');
      found = read_address(is_forwarded ? node_of(entry) : entry).value_or(engine::PeerAddress{});
      if (!found->known() || !contains(auth.trusted_proxies, *found)) return found;
    } while (!list.empty());
  }
  return found;
}

}  // namespace

ClientAddress find_address(const protocol::HttpRequest& request, const AuthOptions& auth,
                           const engine::PeerAddress& peer) {
  const bool is_trusted = contains(auth.trusted_proxies, peer);
  const std::optional<engine::PeerAddress> said = read_field(request, auth);
  if (!said) {
    const bool of_proxy = is_trusted && names_a_client(request);
    return {.address = of_proxy ? engine::PeerAddress{} : peer};
  }
  if (!is_trusted) return {.address = peer, .field_ignored = true};
  return {.address = *said};
}

}  // namespace app
