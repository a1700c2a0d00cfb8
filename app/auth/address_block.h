// AddressBlock: a block of IP addresses as operators write it: 10.0.0.0/8, fc00::/7, 192.0.2.1.
//
// An IPv4 address is the same mapped into IPv6 (engine/io/peer_address.h). Plain value, any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/io/peer_address.h"

namespace app {

struct AddressBlock {
  engine::PeerAddress first{};
  std::uint32_t bits = 0;  // How many of its 128 are common to all of the block.

  // An address and, but for a single one, how many bits of it count (RFC 4632 3.1, RFC 4291 2.3).
  // The error says what is wrong.
  static base::Result<AddressBlock> parse(std::string_view text);
  std::string text() const;
  // Never for an address that is not known.
  bool contains(const engine::PeerAddress& address) const noexcept;
};

bool contains(std::span<const AddressBlock> blocks, const engine::PeerAddress& address) noexcept;

// This host, and the networks that no router of the Internet leads to (RFC 1918, RFC 4193).
std::vector<AddressBlock> own_networks();

}  // namespace app
