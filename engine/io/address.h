// Address: an IPv4 or IPv6 address with a port, as a flag spells it and as the kernel takes it.
//
// Spellings: "127.0.0.1:8080", "[::1]:8080", ":8080" (every IPv4 address). Names are not resolved:
// a gateway that waits for a resolver at start is a gateway that does not start. Plain value.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace engine {

class Address {
 public:
  Address() noexcept;
  // Errors name the part of the text that is wrong.
  static base::Result<Address> parse(std::string_view text);
  static Address from_socket_address(const sockaddr_storage& storage) noexcept;

  std::string text() const;
  std::uint16_t port() const noexcept;
  Address with_port(std::uint16_t port) const noexcept;
  bool is_ipv6() const noexcept { return storage_.ss_family == AF_INET6; }

  const sockaddr* data() const noexcept;
  socklen_t size() const noexcept;

 private:
  sockaddr_storage storage_;
};

}  // namespace engine
