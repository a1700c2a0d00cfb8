#include "app/auth/address_block.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace app {
namespace {

engine::PeerAddress address(const std::string& text) {
  const bool six = text.find(':') != std::string::npos;
  return engine::PeerAddress::of(
      engine::Address::parse(six ? "[" + text + "]:0" : text + ":0").take());
}

bool holds(std::string_view block, const std::string& text) {
  return AddressBlock::parse(block).take().contains(address(text));
}

TEST(AddressBlock, HoldsWhatSharesItsFirstBits) {
  EXPECT_TRUE(holds("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(holds("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(holds("172.16.0.0/12", "172.31.255.255"));
  EXPECT_FALSE(holds("172.16.0.0/12", "172.32.0.0"));
  EXPECT_TRUE(holds("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(holds("192.0.2.1", "192.0.2.0"));
  EXPECT_TRUE(holds("192.0.2.128/25", "192.0.2.200"));
  EXPECT_FALSE(holds("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(holds("fc00::/7", "fd12::1"));
  EXPECT_FALSE(holds("fc00::/7", "fe80::1"));
  EXPECT_TRUE(holds("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(holds("2001:db8::/33", "2001:db8:8000::1"));
}

TEST(AddressBlock, TakesAnIpv4AddressForTheSameMappedIntoIpv6) {
  EXPECT_TRUE(holds("10.0.0.0/8", "::ffff:10.1.2.3"));
  EXPECT_TRUE(holds("::ffff:10.0.0.0/104", "10.1.2.3"));
  EXPECT_FALSE(holds("::/96", "10.1.2.3"));
}

TEST(AddressBlock, OfNoBitsHoldsEverybodyOfItsKind) {
  EXPECT_TRUE(holds("0.0.0.0/0", "203.0.113.9"));
  EXPECT_FALSE(holds("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(holds("::/0", "2001:db8::1"));
  EXPECT_TRUE(holds("::/0", "203.0.113.9"));
}

TEST(AddressBlock, HoldsNobodyWhoIsNotKnown) {
  EXPECT_FALSE(AddressBlock::parse("::/0").take().contains({}));
}

TEST(AddressBlock, WritesWhatItReads) {
  for (const std::string_view text : {"10.0.0.0/8", "fc00::/7", "::1/128", "0.0.0.0/0", "::/0"}) {
    EXPECT_EQ(AddressBlock::parse(text).take().text(), text);
  }
  EXPECT_EQ(AddressBlock::parse("192.0.2.1").take().text(), "192.0.2.1/32");
}

TEST(AddressBlock, SaysWhatIsWrong) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "must be such as"},
      {"*", "must be such as"},
      {"localhost", "must be such as"},
      {"10.0.0/8", "must be such as"},
      {"::g/8", "must be such as"},
      {"10.0.0.0/", "up to /32"},
      {"10.0.0.0/33", "up to /32"},
      {"10.0.0.0/8x", "up to /32"},
      {"10.0.0.0/-1", "up to /32"},
      {"fc00::/129", "up to /128"},
      {"10.0.0.0:80", "must be such as"},
  };
  for (const auto& [text, why] : cases) {
    const base::Result<AddressBlock> block = AddressBlock::parse(text);
    ASSERT_FALSE(block.ok()) << text;
    EXPECT_NE(block.error().message.find(why), std::string::npos)
        << text << ": " << block.error().message;
  }
}

TEST(AddressBlock, OwnNetworksAreThoseThatTheInternetDoesNotReach) {
  for (const std::string near :
       {"127.0.0.1", "::1", "10.9.8.7", "172.20.0.1", "192.168.1.1", "fd00::1"}) {
    EXPECT_TRUE(contains(own_networks(), address(near))) << near;
  }
  for (const std::string far : {"203.0.113.9", "8.8.8.8", "172.32.0.1", "2001:db8::1", "::2"}) {
    EXPECT_FALSE(contains(own_networks(), address(far))) << far;
  }
}

}  // namespace
}  // namespace app
