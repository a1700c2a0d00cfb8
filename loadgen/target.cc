#include "loadgen/target.h"

#include <arpa/inet.h>
#include <netdb.h>

#include <memory>
#include <utility>

namespace loadgen {

namespace {

constexpr std::string_view kScheme = "ws://";
constexpr std::uint16_t kDefaultPort = 80;
constexpr std::string_view kRoom = "{room}";

base::Error bad_url(std::string_view url, std::string_view why) {
  return base::Error{"'" + std::string(url) + "': " + std::string(why) +
                     "; write ws://HOST:PORT/PATH, for example ws://127.0.0.1:8080/echo"};
}

// The engine takes addresses only: waiting for a resolver is fine here, before anything runs.
base::Result<engine::Address> resolve(const std::string& host, std::uint16_t port) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), nullptr, &wanted, &found);
  if (error != 0) return base::Error{"'" + host + "': " + gai_strerror(error)};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  sockaddr_storage storage{};
  std::char_traits<char>::copy(reinterpret_cast<char*>(&storage),
                               reinterpret_cast<const char*>(found->ai_addr), found->ai_addrlen);
  return engine::Address::from_socket_address(storage).with_port(port);
}

base::Result<Endpoint> parse_endpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const bool has_port = colon != std::string_view::npos && text.find(']', colon) == text.npos;
  const std::string spelled =
      has_port ? std::string(text) : std::string(text) + ":" + std::to_string(kDefaultPort);
  if (auto address = engine::Address::parse(spelled); address.ok()) {
    return Endpoint{.address = address.take(), .host = spelled};
  }
  // The port as the engine reads it; only the host needs a resolver.
  const std::string port_text = spelled.substr(spelled.rfind(':'));
  const auto any = engine::Address::parse(port_text);
  if (!any.ok()) return any.error();
  auto address = resolve(spelled.substr(0, spelled.rfind(':')), any.value().port());
  if (!address.ok()) return address.error();
  return Endpoint{.address = address.take(), .host = spelled};
}

base::Result<engine::Address> count_up(const engine::Address& address, std::uint32_t by) {
  if (address.is_ipv6()) return base::Error{"--spread needs an IPv4 address, such as 127.0.0.1"};
  sockaddr_in socket_address = *reinterpret_cast<const sockaddr_in*>(address.data());
  socket_address.sin_addr.s_addr = htonl(ntohl(socket_address.sin_addr.s_addr) + by);
  sockaddr_storage storage{};
  *reinterpret_cast<sockaddr_in*>(&storage) = socket_address;
  return engine::Address::from_socket_address(storage);
}

void replace_all(std::string& text, std::string_view placeholder, std::uint32_t number) {
  const std::string digits = std::to_string(number);
  for (std::size_t at = text.find(placeholder); at != std::string::npos;
       at = text.find(placeholder, at + digits.size())) {
    text.replace(at, placeholder.size(), digits);
  }
}

// Where the first parameter of the query that contains {room} begins and ends; nowhere, the end of
// the path, if none does.
std::pair<std::size_t, std::size_t> find_room_parameter(std::string_view path) noexcept {
  for (std::size_t at = path.find('?'); at != path.npos;) {
    const std::size_t begin = at + 1;
    at = path.find('&', begin);
    const std::size_t end = at == path.npos ? path.size() : at;
    if (path.substr(begin, end - begin).find(kRoom) != path.npos) return {begin, end};
  }
  return {path.size(), path.size()};
}

}  // namespace

base::Result<Target> Target::parse(std::string_view url, std::string_view default_path,
                                   std::uint32_t spread) {
  if (url.starts_with("wss://")) return bad_url(url, "TLS is not supported yet");
  if (!url.starts_with(kScheme)) return bad_url(url, "this is not a WebSocket URL");
  std::string_view rest = url.substr(kScheme.size());
  const std::size_t slash = rest.find('/');
  Target target{.url = std::string(url), .endpoints = {}, .path = std::string(default_path)};
  if (slash != std::string_view::npos) target.path = rest.substr(slash);
  rest = rest.substr(0, slash);
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    auto endpoint = parse_endpoint(rest.substr(0, comma));
    if (!endpoint.ok()) return bad_url(url, endpoint.error().message);
    for (std::uint32_t i = 0; i < spread; ++i) {
      Endpoint copy = endpoint.value();
      if (i > 0) {
        auto address = count_up(copy.address, i);
        if (!address.ok()) return address.error();
        copy.address = address.take();
        copy.host = copy.address.text();
      }
      target.endpoints.push_back(std::move(copy));
    }
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  if (target.endpoints.empty()) return bad_url(url, "the host is missing");
  return target;
}

std::string Target::path_of(std::span<const std::uint32_t> rooms, std::uint32_t client) const {
  const auto [begin, end] = find_room_parameter(path);
  const std::string parameter = path.substr(begin, end - begin);
  std::string filled = path.substr(0, begin);
  for (std::size_t i = 0; i < (parameter.empty() ? 0 : rooms.size()); ++i) {
    std::string one = parameter;
    replace_all(one, kRoom, rooms[i]);
    if (i > 0) filled += '&';
    filled += one;
  }
  filled += path.substr(end);
  replace_all(filled, kRoom, rooms.front());
  replace_all(filled, "{client}", client);
  return filled;
}

bool Target::names_all_rooms() const noexcept {
  const auto [begin, end] = find_room_parameter(path);
  return begin < end;
}

}  // namespace loadgen
