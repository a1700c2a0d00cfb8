// PeerAddress: the IP address of a connection's other end, without its port, in 16 bytes.
//
// An IPv6 address, or an IPv4 one mapped into it (RFC 4291 2.5.5.2), so that an IPv4 peer is the
// same whichever way it came. All zero, which no peer has, is not known. Plain value, any thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "engine/io/address.h"

namespace engine {

struct PeerAddress {
  std::array<std::uint8_t, 16> octets{};  // In network order.

  static PeerAddress of(const Address& address) noexcept;

  bool known() const noexcept { return *this != PeerAddress{}; }
  bool is_ipv4() const noexcept {
    constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return std::equal(kMapped.begin(), kMapped.end(), octets.begin());
  }
  // "192.0.2.1", "2001:db8::7"; empty when it is not known.
  std::string text() const;

  friend constexpr bool operator==(const PeerAddress&, const PeerAddress&) = default;
};

}  // namespace engine
