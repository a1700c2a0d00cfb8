#include "engine/io/address.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>

namespace engine {

namespace {

constexpr std::uint16_t kPortMost = 65535;

// The BSD socket interface is typed by casts between these; they are confined to this file.
sockaddr_in* as_ipv4(sockaddr_storage& storage) noexcept {
  return reinterpret_cast<sockaddr_in*>(&storage);
}
const sockaddr_in* as_ipv4(const sockaddr_storage& storage) noexcept {
  return reinterpret_cast<const sockaddr_in*>(&storage);
}
sockaddr_in6* as_ipv6(sockaddr_storage& storage) noexcept {
  return reinterpret_cast<sockaddr_in6*>(&storage);
}
const sockaddr_in6* as_ipv6(const sockaddr_storage& storage) noexcept {
  return reinterpret_cast<const sockaddr_in6*>(&storage);
}

base::Error bad_address(std::string_view text, std::string_view why) {
  return base::Error{"'" + std::string(text) + "': " + std::string(why) +
                     "; write ADDRESS:PORT, for example 127.0.0.1:8080 or [::1]:8080"};
}

}  // namespace

Address::Address() noexcept : storage_{} { storage_.ss_family = AF_INET; }

base::Result<Address> Address::parse(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  // The last colon of an IPv6 address that stands alone is its own.
  if (colon == std::string_view::npos || text.back() == ']') {
    return bad_address(text, "the port is missing");
  }
  std::string host(text.substr(0, colon));
  const std::string_view port_text = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] =
      std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (error != std::errc{} || end != port_text.data() + port_text.size()) {
    return bad_address(text, "the port is not a number from 0 to " + std::to_string(kPortMost));
  }
  Address address;
  const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) {
    host = host.substr(1, host.size() - 2);
    address.storage_.ss_family = AF_INET6;
    if (inet_pton(AF_INET6, host.c_str(), &as_ipv6(address.storage_)->sin6_addr) != 1) {
      return bad_address(text, "what stands in brackets is not an IPv6 address");
    }
  } else {
    if (host.empty() || host == "*") host = "0.0.0.0";
    if (host == "localhost") host = "127.0.0.1";
    if (inet_pton(AF_INET, host.c_str(), &as_ipv4(address.storage_)->sin_addr) != 1) {
      return bad_address(text, "this is not an IPv4 address (an IPv6 one stands in brackets)");
    }
  }
  return address.with_port(port);
}

Address Address::from_socket_address(const sockaddr_storage& storage) noexcept {
  Address address;
  address.storage_ = storage;
  return address;
}

std::string Address::text() const {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  if (is_ipv6()) {
    inet_ntop(AF_INET6, &as_ipv6(storage_)->sin6_addr, buffer.data(), buffer.size());
    return "[" + std::string(buffer.data()) + "]:" + std::to_string(port());
  }
  inet_ntop(AF_INET, &as_ipv4(storage_)->sin_addr, buffer.data(), buffer.size());
  return std::string(buffer.data()) + ":" + std::to_string(port());
}

std::uint16_t Address::port() const noexcept {
  return ntohs(is_ipv6() ? as_ipv6(storage_)->sin6_port : as_ipv4(storage_)->sin_port);
}

Address Address::with_port(std::uint16_t port) const noexcept {
  Address address = *this;
  if (is_ipv6()) {
    as_ipv6(address.storage_)->sin6_port = htons(port);
  } else {
    as_ipv4(address.storage_)->sin_port = htons(port);
  }
  return address;
}

const sockaddr* Address::data() const noexcept {
  return reinterpret_cast<const sockaddr*>(&storage_);
}

socklen_t Address::size() const noexcept {
  return is_ipv6() ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
}

}  // namespace engine
