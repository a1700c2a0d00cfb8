#include "engine/io/peer_address.h"

#include <arpa/inet.h>

#include <cstring>

namespace engine {

namespace {

constexpr std::size_t kIpv4At = 12;

}  // namespace

PeerAddress PeerAddress::of(const Address& address) noexcept {
  PeerAddress peer;
  if (address.is_ipv6()) {
    sockaddr_in6 ipv6{};
    std::memcpy(&ipv6, address.data(), sizeof ipv6);
    std::memcpy(peer.octets.data(), &ipv6.sin6_addr, peer.octets.size());
  } else {
    sockaddr_in ipv4{};
    std::memcpy(&ipv4, address.data(), sizeof ipv4);
    peer.octets[kIpv4At - 2] = peer.octets[kIpv4At - 1] = 0xff;
    std::memcpy(peer.octets.data() + kIpv4At, &ipv4.sin_addr, sizeof ipv4.sin_addr);
  }
  return peer;
}

std::string PeerAddress::text() const {
  if (!known()) return {};
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  const bool four = is_ipv4();
  inet_ntop(four ? AF_INET : AF_INET6, octets.data() + (four ? kIpv4At : 0), buffer.data(),
            buffer.size());
  return buffer.data();
}

}  // namespace engine
