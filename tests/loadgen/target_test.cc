#include "loadgen/target.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>

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
  EXPECT_EQ(target.path_of(std::array{12U}, 345), "/r/12/345/12?c=345");
  EXPECT_EQ(parse("ws://127.0.0.1:1/plain").path_of(std::array{1U}, 2), "/plain");
}

TEST(Target, NamesEachOfAClientsRooms) {
  using Named = std::pair<std::string, bool>;
  static constexpr std::array kRooms{12U, 0U, 7U};
  const auto path_of = [](std::string_view path) {
    const Target target = parse("ws://127.0.0.1:1" + std::string(path));
    return Named(target.path_of(kRooms, 9), target.names_all_rooms());
  };
  EXPECT_EQ(path_of("/room?room={room}"), Named("/room?room=12&room=0&room=7", true));
  EXPECT_EQ(path_of("/r?a=1&room=x{room}-{client}&b={client}"),
            Named("/r?a=1&room=x12-9&room=x0-9&room=x7-9&b=9", true));
  EXPECT_EQ(path_of("/r/{room}?room={room}&a"), Named("/r/12?room=12&room=0&room=7&a", true));
  EXPECT_EQ(path_of("/r/{room}"), Named("/r/12", false));
  EXPECT_EQ(path_of("/r?a=1&b"), Named("/r?a=1&b", false));
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
