#include "engine/io/peer_address.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "engine/io/peer_name.h"

namespace engine {
namespace {

PeerAddress peer(std::string_view text) { return PeerAddress::of(Address::parse(text).take()); }

TEST(PeerAddress, IsTheAddressWithoutItsPort) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"192.0.2.1:80", "192.0.2.1"},
      {"[2001:db8::7]:9", "2001:db8::7"},
      {"[::1]:443", "::1"},
      {"0.0.0.0:1", "0.0.0.0"},
  };
  for (const auto& [address, text] : cases) {
    EXPECT_EQ(peer(address).text(), text);
    EXPECT_TRUE(peer(address).known());
    EXPECT_EQ(peer(address), PeerAddress::of(Address::parse(address).take().with_port(7)));
  }
}

TEST(PeerAddress, AnIpv4AddressIsTheSameMappedIntoIpv6) {
  EXPECT_EQ(peer("[::ffff:192.0.2.1]:1"), peer("192.0.2.1:2"));
  EXPECT_EQ(peer("[::ffff:192.0.2.1]:1").text(), "192.0.2.1");
  EXPECT_TRUE(peer("192.0.2.1:1").is_ipv4());
  EXPECT_FALSE(peer("[::192.0.2.1]:1").is_ipv4());
  EXPECT_FALSE(peer("[2001:db8::1]:1").is_ipv4());
  EXPECT_NE(peer("192.0.2.1:1"), peer("192.0.2.2:1"));
}

TEST(PeerAddress, UnlessSomebodySaidItIsNotKnown) {
  EXPECT_FALSE(PeerAddress{}.known());
  EXPECT_EQ(PeerAddress{}.text(), "");
  EXPECT_FALSE(PeerName{}.address().known());
}

TEST(PeerName, ReadsWhatTheKernelWrote) {
  for (const std::string_view text : {"192.0.2.1:80", "[2001:db8::7]:9"}) {
    const Address address = Address::parse(text).take();
    PeerName name;
    std::memcpy(&name.socket, address.data(), address.size());
    EXPECT_EQ(name.address(), PeerAddress::of(address));
  }
}

}  // namespace
}  // namespace engine
