#include "app/auth/client_address.h"

#include <gtest/gtest.h>

#include <string>

namespace app {
namespace {

engine::PeerAddress address(const std::string& text) {
  return engine::PeerAddress::of(engine::Address::parse(text + ":0").take());
}

// Of a handshake with these lines, each with its end.
ClientAddress find(const std::string& lines, const std::string& peer = "127.0.0.1",
                   const std::string& header = "X-Forwarded-For") {
  AuthOptions auth;
  auth.address_header = header;
  const std::string text = "GET /ws HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n";
  protocol::HttpRequest request;
  const auto parse = protocol::parse_http_request(text, request);
  EXPECT_EQ(parse.status, protocol::HttpParse::Status::complete) << text;
  return find_address(request, auth, address(peer));
}

TEST(ClientAddress, IsTheConnectionsWhereNoFieldIsAskedFor) {
  const ClientAddress found = find("X-Forwarded-For: 192.0.2.1\r\n", "203.0.113.9", "");
  EXPECT_EQ(found.address.text(), "203.0.113.9");
  EXPECT_FALSE(found.field_ignored);
}

TEST(ClientAddress, IsNotKnownBehindAProxyWhoseFieldIsNotAskedFor) {
  for (const std::string line : {"X-Forwarded-For: 192.0.2.1\r\n", "x-real-ip: 192.0.2.1\r\n",
                                 "Forwarded: for=192.0.2.1\r\n"}) {
    EXPECT_FALSE(find(line, "10.1.2.3", "").address.known()) << line;
    EXPECT_FALSE(find(line, "10.1.2.3", "").field_ignored) << line;
    EXPECT_EQ(find(line, "203.0.113.9", "").address.text(), "203.0.113.9") << line;
  }
  EXPECT_EQ(find("", "10.1.2.3", "").address.text(), "10.1.2.3");
}

TEST(ClientAddress, IsTheLastThatATrustedProxyAdded) {
  EXPECT_EQ(find("X-Forwarded-For: 192.0.2.1\r\n").address.text(), "192.0.2.1");
  EXPECT_EQ(find("x-forwarded-for: 9.9.9.9 ,  192.0.2.1 \r\n").address.text(), "192.0.2.1");
  EXPECT_EQ(find("X-Forwarded-For: 9.9.9.9\r\nX-Forwarded-For: 192.0.2.1\r\n").address.text(),
            "192.0.2.1");
}

TEST(ClientAddress, IsTheLastThatIsNoTrustedProxy) {
  EXPECT_EQ(find("X-Forwarded-For: 9.9.9.9, 192.0.2.1, 10.0.0.7\r\n").address.text(), "192.0.2.1");
  EXPECT_EQ(
      find("X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: 10.0.0.7, 10.0.0.8\r\n").address.text(),
      "192.0.2.1");
  EXPECT_EQ(find("X-Forwarded-For: 10.0.0.9, 10.0.0.7\r\n").address.text(), "10.0.0.9")
      << "it is in that network itself";
  EXPECT_FALSE(find("X-Forwarded-For: unknown, 10.0.0.7\r\n").address.known());
}

TEST(ClientAddress, IsReadInAnySpelling) {
  for (const std::string text : {"192.0.2.1:5000", "::ffff:192.0.2.1", "[::ffff:192.0.2.1]:9"}) {
    EXPECT_EQ(find("X-Forwarded-For: " + text + "\r\n").address.text(), "192.0.2.1") << text;
  }
  for (const std::string text : {"2001:db8::7", "[2001:db8::7]", "[2001:db8::7]:9"}) {
    EXPECT_EQ(find("X-Forwarded-For: " + text + "\r\n").address.text(), "2001:db8::7") << text;
  }
}

// Not the proxy's, which everybody has who comes by it.
TEST(ClientAddress, IsNotKnownWhereATrustedProxySaysNothingThatCanBeRead) {
  for (const std::string line :
       {"X-Forwarded-For: unknown\r\n", "X-Forwarded-For:\r\n", "X-Forwarded-For: 192.0.2.1,\r\n",
        "X-Forwarded-For: for=192.0.2.1\r\n", "X-Real-IP: 192.0.2.1\r\n"}) {
    EXPECT_FALSE(find(line).address.known()) << line;
    EXPECT_FALSE(find(line).field_ignored) << line;
  }
  EXPECT_EQ(find("").address.text(), "127.0.0.1") << "it is no proxy that speaks";
}

std::string forwarded(const std::string& value, const std::string& peer = "127.0.0.1") {
  return app::find("Forwarded: " + value + "\r\n", peer, "forwarded").address.text();
}

TEST(ClientAddress, IsWhatForwardedNames) {
  for (const std::string value :
       {"for=192.0.2.1", "For=192.0.2.1", "for=192.0.2.1;proto=https;by=10.0.0.1",
        "proto=https;by=10.0.0.1;for=192.0.2.1", "for=\"192.0.2.1\"", "for=\"192.0.2.1:4711\"",
        "by=_b ; for=192.0.2.1 ; host=\"a,b;c\"", "for=9.9.9.9, for=192.0.2.1",
        "for=\"[::ffff:192.0.2.1]\""}) {
    EXPECT_EQ(forwarded(value), "192.0.2.1") << value;
  }
  EXPECT_EQ(forwarded("for=\"[2001:db8::7]\";proto=https"), "2001:db8::7");
  EXPECT_EQ(forwarded("for=9.9.9.9,for=\"[2001:db8::7]:4711\""), "2001:db8::7");
  EXPECT_EQ(forwarded("for=192.0.2.1", "203.0.113.9"), "203.0.113.9") << "nobody's word";
}

TEST(ClientAddress, IsTheLastInForwardedThatIsNoTrustedProxy) {
  EXPECT_EQ(forwarded("for=192.0.2.1, for=10.0.0.7"), "192.0.2.1");
  EXPECT_EQ(forwarded("for=9.9.9.9, for=192.0.2.1, for=10.0.0.7, for=10.0.0.8"), "192.0.2.1");
  EXPECT_EQ(forwarded("for=192.0.2.1\r\nForwarded: for=10.0.0.7"), "192.0.2.1");
  EXPECT_EQ(forwarded("for=10.0.0.9, for=10.0.0.7"), "10.0.0.9") << "it is in that network itself";
}

TEST(ClientAddress, IsNotKnownWhereForwardedHidesIt) {
  for (const std::string value :
       {"for=unknown", "for=_hidden", "for=\"_hidden:80\"", "for=", "for", "proto=https", "",
        "192.0.2.1", "for=192.0.2.1\r\nForwarded:", "for=192.0.2.1, for=unknown",
        "for=unknown, for=10.0.0.7", "for=2001:db8::7:no", "for=\"192.0.2.1", "for=192.0.2.1,"}) {
    EXPECT_EQ(forwarded(value), "") << value;
  }
}

// What a client has sent stands before what our proxy adds.
TEST(ClientAddress, AClientsGarbageInForwardedChangesNothing) {
  for (const std::string garbage :
       {"\"", "for=\"", "for=\"\\", ";;;", ",,,", "for=\"a, for=9.9.9.9"}) {
    EXPECT_EQ(forwarded(garbage + ", for=192.0.2.1;proto=https"), "192.0.2.1") << garbage;
  }
}

TEST(ClientAddress, NobodySaysWhoTheyAreThemselves) {
  const ClientAddress found = find("X-Forwarded-For: 192.0.2.1\r\n", "203.0.113.9");
  EXPECT_EQ(found.address.text(), "203.0.113.9");
  EXPECT_TRUE(found.field_ignored);
}

}  // namespace
}  // namespace app
