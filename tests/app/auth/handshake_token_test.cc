#include "app/auth/handshake_token.h"

#include <gtest/gtest.h>

#include <string>

namespace app {
namespace {

// Of a handshake with these lines, each with its end.
HandshakeToken find(const std::string& lines, const std::string& target = "/ws") {
  const std::string text = "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n";
  protocol::HttpRequest request;
  const auto parse = protocol::parse_http_request(text, request);
  EXPECT_EQ(parse.status, protocol::HttpParse::Status::complete) << text;
  return find_token(request);
}

TEST(HandshakeToken, IsFoundInTheHeader) {
  for (const char* line : {"Authorization: Bearer abc\r\n", "authorization: bearer  abc \r\n",
                           "AUTHORIZATION: BEARER abc\r\n"}) {
    EXPECT_TRUE(find(line).present) << line;
    EXPECT_EQ(find(line).token, "abc") << line;
  }
  for (const char* line : {"Authorization: Basic abc\r\n", "Authorization: Bearer\r\n",
                           "Authorization: Bearerabc\r\n", "X-Authorization: Bearer abc\r\n"}) {
    EXPECT_FALSE(find(line).present) << line;
  }
}

TEST(HandshakeToken, IsFoundInTheQueryAndDecoded) {
  EXPECT_EQ(find("", "/ws?near=r&token=a%2Eb").token, "a.b");
  EXPECT_TRUE(find("", "/ws?token=").present);
  EXPECT_EQ(find("", "/ws?token=").token, "");
  EXPECT_FALSE(find("", "/ws?nottoken=abc").present);
  EXPECT_FALSE(find("", "/ws").present);
}

TEST(HandshakeToken, IsFoundInASubprotocol) {
  const HandshakeToken found =
      find("Sec-WebSocket-Protocol: millrace.v1, millrace.bearer.a.b-c_d\r\n");
  EXPECT_EQ(found.token, "a.b-c_d");
  EXPECT_EQ(found.subprotocol, kSubprotocol);
  EXPECT_FALSE(found.subprotocol_unknown);
  const HandshakeToken split = find(
      "Sec-WebSocket-Protocol: millrace.bearer.abc\r\nsec-websocket-protocol: millrace.v1\r\n");
  EXPECT_EQ(split.token, "abc");
  EXPECT_EQ(split.subprotocol, kSubprotocol);
}

TEST(HandshakeToken, TheFirstThatIsThereCounts) {
  const std::string header = "Authorization: Bearer one\r\n";
  const std::string offered = "Sec-WebSocket-Protocol: millrace.v1,millrace.bearer.three\r\n";
  EXPECT_EQ(find(header + offered, "/ws?token=two").token, "one");
  EXPECT_EQ(find(offered, "/ws?token=two").token, "two");
  EXPECT_EQ(find(offered).token, "three");
  // An empty one is there, too: nobody falls back to another.
  EXPECT_EQ(find(offered, "/ws?token=").token, "");
  EXPECT_EQ(
      find("Sec-WebSocket-Protocol: millrace.v1,millrace.bearer.a,millrace.bearer.b\r\n").token,
      "a");
}

TEST(HandshakeToken, OnlyOurSubprotocolIsSpoken) {
  EXPECT_FALSE(find("").subprotocol_unknown);
  EXPECT_EQ(find("").subprotocol, "");
  for (const char* offer : {"chat", "millrace.v2", "Millrace.v1", "millrace.bearer.abc", ",,"}) {
    const HandshakeToken found = find(std::string("Sec-WebSocket-Protocol: ") + offer + "\r\n");
    EXPECT_TRUE(found.subprotocol_unknown) << offer;
    EXPECT_EQ(found.subprotocol, "") << offer;
  }
  EXPECT_FALSE(find("Sec-WebSocket-Protocol: chat , millrace.v1\r\n").subprotocol_unknown);
}

}  // namespace
}  // namespace app
