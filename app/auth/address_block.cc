#include "app/auth/address_block.h"

#include <algorithm>
#include <charconv>

namespace app {

namespace {

constexpr std::uint32_t kAddressBits = 128;
constexpr std::uint32_t kMappedBits = 96;  // What precedes an IPv4 address that is mapped.
constexpr std::uint32_t kOctetBits = 8;

}  // namespace

base::Result<AddressBlock> AddressBlock::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string host(text.substr(0, slash));
  const bool six = host.find(':') != std::string::npos;
  const auto address = engine::Address::parse(six ? "[" + host + "]:0" : host + ":0");
  const bool is_name = !six && (host.empty() || host.front() < '0' || host.front() > '9');
  if (!address.ok() || is_name) return base::Error{"must be such as 10.0.0.0/8 or 2001:db8::/32"};
  AddressBlock block{.first = engine::PeerAddress::of(address.value()), .bits = kAddressBits};
  const std::uint32_t most = six ? kAddressBits : kAddressBits - kMappedBits;
  if (slash != std::string_view::npos) {
    const std::string_view bits = text.substr(slash + 1);
    std::uint32_t said = 0;
    const auto [end, error] = std::from_chars(bits.data(), bits.data() + bits.size(), said);
    if (error != std::errc{} || end != bits.data() + bits.size() || said > most) {
      return base::Error{"must end with a number of bits, up to /" + std::to_string(most)};
    }
    block.bits = kAddressBits - most + said;
  }
  return block;
}

std::string AddressBlock::text() const {
  const bool four = first.is_ipv4() && bits >= kMappedBits;
  return (first.known() ? first.text() : "::") + "/" +
         std::to_string(four ? bits - kMappedBits : bits);
}

bool AddressBlock::contains(const engine::PeerAddress& address) const noexcept {
  if (!address.known()) return false;
  const std::uint32_t whole = bits / kOctetBits;
  if (!std::equal(first.octets.begin(), first.octets.begin() + whole, address.octets.begin())) {
    return false;
  }
  const std::uint32_t rest = bits % kOctetBits;
  if (rest == 0) return true;
  const std::uint32_t shift = kOctetBits - rest;
  return first.octets[whole] >> shift == address.octets[whole] >> shift;
}

bool contains(std::span<const AddressBlock> blocks, const engine::PeerAddress& address) noexcept {
  return std::ranges::any_of(blocks,
                             [&](const AddressBlock& block) { return block.contains(address); });
}

std::vector<AddressBlock> own_networks() {
  std::vector<AddressBlock> blocks;
  for (const std::string_view text :
       {"127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"}) {
    blocks.push_back(AddressBlock::parse(text).take());
  }
  return blocks;
}

}  // namespace app
