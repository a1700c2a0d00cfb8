#include "engine/io/address.h"

#include <gtest/gtest.h>

#include <cstring>

namespace engine {
namespace {

Address parsed(std::string_view text) {
  base::Result<Address> address = Address::parse(text);
  EXPECT_TRUE(address.ok()) << text;
  return address.ok() ? address.take() : Address{};
}

TEST(Address, WhatItReadsItWrites) {
  for (const std::string_view text : {"127.0.0.1:8080", "0.0.0.0:1", "255.255.255.255:65535",
                                      "10.0.0.7:0", "[::1]:8080", "[::]:443", "[2001:db8::7]:9"}) {
    EXPECT_EQ(parsed(text).text(), text);
  }
}

TEST(Address, ReadsTheShortSpellings) {
  EXPECT_EQ(parsed(":8080").text(), "0.0.0.0:8080");
  EXPECT_EQ(parsed("*:8080").text(), "0.0.0.0:8080");
  EXPECT_EQ(parsed("localhost:8080").text(), "127.0.0.1:8080");
  EXPECT_EQ(parsed("[0:0:0:0:0:0:0:1]:1").text(), "[::1]:1");
}

TEST(Address, KnowsItsFamilyAndSize) {
  const Address four = parsed("1.2.3.4:5");
  EXPECT_FALSE(four.is_ipv6());
  EXPECT_EQ(four.size(), sizeof(sockaddr_in));
  EXPECT_EQ(four.data()->sa_family, AF_INET);
  EXPECT_EQ(four.port(), 5);
  const Address six = parsed("[::1]:6");
  EXPECT_TRUE(six.is_ipv6());
  EXPECT_EQ(six.size(), sizeof(sockaddr_in6));
  EXPECT_EQ(six.data()->sa_family, AF_INET6);
  EXPECT_EQ(six.port(), 6);
}

TEST(Address, SaysWhatIsWrong) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "port is missing"},
      {"8080", "port is missing"},
      {"127.0.0.1", "port is missing"},
      {"[::1]", "port is missing"},
      {"127.0.0.1:", "port is not a number"},
      {"127.0.0.1:x", "port is not a number"},
      {"127.0.0.1:80x", "port is not a number"},
      {"127.0.0.1:65536", "port is not a number"},
      {"127.0.0.1:-1", "port is not a number"},
      {"127.0.0:80", "not an IPv4 address"},
      {"256.0.0.1:80", "not an IPv4 address"},
      {"example.org:80", "not an IPv4 address"},
      {"::1:80", "not an IPv4 address"},
      {"[::g]:80", "not an IPv6 address"},
      {"[127.0.0.1]:80", "not an IPv6 address"},
      {"[]:80", "not an IPv6 address"},
      {"[::1:80", "not an IPv4 address"},
  };
  for (const auto& [text, why] : cases) {
    const base::Result<Address> address = Address::parse(text);
    ASSERT_FALSE(address.ok()) << text;
    EXPECT_NE(address.error().message.find(why), std::string::npos)
        << text << ": " << address.error().message;
    EXPECT_NE(address.error().message.find("write ADDRESS:PORT"), std::string::npos);
  }
}

TEST(Address, TakesAnotherPortAndKeepsTheRest) {
  for (const std::string_view text : {"10.1.2.3:1", "[2001:db8::1]:1"}) {
    const Address address = parsed(text);
    const Address moved = address.with_port(54321);
    EXPECT_EQ(moved.port(), 54321);
    EXPECT_EQ(moved.with_port(1).text(), text);
    EXPECT_EQ(address.port(), 1);
  }
}

TEST(Address, ComesBackFromASocketsName) {
  for (const std::string_view text : {"10.1.2.3:77", "[2001:db8::1]:77"}) {
    const Address address = parsed(text);
    sockaddr_storage storage{};
    std::memcpy(&storage, address.data(), address.size());
    EXPECT_EQ(Address::from_socket_address(storage).text(), text);
  }
}

TEST(Address, TheDefaultIsAnyIpv4Address) { EXPECT_EQ(Address{}.text(), "0.0.0.0:0"); }

}  // namespace
}  // namespace engine
