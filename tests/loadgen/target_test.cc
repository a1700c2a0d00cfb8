#include "loadgen/target.h"

#include <gtest/gtest.h>

namespace loadgen {
namespace {

Target parse(std::string_view url, std::uint32_t spread = 1) {
  auto target = Target::parse(url, "/default", spread);
  EXPECT_TRUE(target.ok()) << target.error().message;
  return target.take();
}

TEST(Target, HasAnAddressAHostAndAPath) {
  const Target target = parse("ws://127.0.0.1:8080/echo?a=1");
  ASSERT_EQ(target.endpoints.size(), 1);
  EXPECT_EQ(target.endpoints[0].address.text(), "127.0.0.1:8080");
  EXPECT_EQ(target.endpoints[0].host, "127.0.0.1:8080");
  EXPECT_EQ(target.path, "/echo?a=1");
}

TEST(Target, WithoutAPathItIsTheDefault) {
  EXPECT_EQ(parse("ws://127.0.0.1:8080").path, "/default");
  EXPECT_EQ(parse("ws://127.0.0.1:8080/").path, "/");
}

TEST(Target, WithoutAPortItIs80) {
  EXPECT_EQ(parse("ws://127.0.0.1/").endpoints[0].address.text(), "127.0.0.1:80");
  EXPECT_EQ(parse("ws://[::1]/").endpoints[0].address.text(), "[::1]:80");
  EXPECT_EQ(parse("ws://[::1]:99/").endpoints[0].address.text(), "[::1]:99");
}

TEST(Target, ANameIsResolved) {
  const Target target = parse("ws://localhost:8080/");
  EXPECT_EQ(target.endpoints[0].address.port(), 8080);
  EXPECT_EQ(target.endpoints[0].host, "localhost:8080");
}

TEST(Target, ClientsTakeTheAddressesInTurn) {
  const Target target = parse("ws://127.0.0.1:1,127.0.0.2:2,[::1]:3/x");
  ASSERT_EQ(target.endpoints.size(), 3);
  EXPECT_EQ(target.endpoint_of(0).address.text(), "127.0.0.1:1");
  EXPECT_EQ(target.endpoint_of(4).address.text(), "127.0.0.2:2");
  EXPECT_EQ(target.endpoint_of(5).address.text(), "[::1]:3");
}

TEST(Target, SpreadCountsUpAcrossOctets) {
  const Target target = parse("ws://127.0.0.254:80/x", 4);
  ASSERT_EQ(target.endpoints.size(), 4);
  EXPECT_EQ(target.endpoints[3].address.text(), "127.0.1.1:80");
  EXPECT_EQ(target.endpoints[3].host, "127.0.1.1:80");
}

TEST(Target, FillsInPlaceholders) {
  const Target target = parse("ws://127.0.0.1:1/r/{room}/{client}/{room}?c={client}");
  const std::uint32_t rooms[] = {12, 7};
  const auto first = std::span(rooms).first(1);
  EXPECT_EQ(target.path_of(first, 345), "/r/12/345/12?c=345");
  EXPECT_EQ(parse("ws://127.0.0.1:1/plain").path_of(first, 2), "/plain");
  EXPECT_EQ(parse("ws://127.0.0.1:1/room?a=1&room=r{room}&b=2").path_of(rooms, 2),
            "/room?a=1&room=r12&room=r7&b=2");
}

TEST(Target, RefusesWhatIsNoUrlAndQuotesIt) {
  for (const char* url :
       {"", "127.0.0.1:80", "http://127.0.0.1/", "wss://127.0.0.1/", "ws://", "ws:///path",
        "ws://127.0.0.1:x/", "ws://127.0.0.1:70000/", "ws://no-such-host.invalid:80/"}) {
    const auto target = Target::parse(url, "/", 1);
    ASSERT_FALSE(target.ok()) << url;
    EXPECT_NE(target.error().message.find(url), std::string::npos) << target.error().message;
    EXPECT_EQ(target.error().message.find('\n'), std::string::npos);
  }
  EXPECT_FALSE(Target::parse("ws://[::1]:80/", "/", 2).ok());
}

}  // namespace
}  // namespace loadgen
