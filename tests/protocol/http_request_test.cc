#include "protocol/http_request.h"

#include <gtest/gtest.h>

#include <string>

namespace protocol {
namespace {

using Status = HttpParse::Status;

const std::string kGood =
    "GET /room?room=lobby&token=a%2Fb HTTP/1.1\r\n"
    "Host: example.org:9001\r\n"
    "Upgrade: websocket\r\n"
    "Connection: keep-alive, Upgrade\r\n"
    "X-Empty:\r\n"
    "\r\n";

std::string with_line(const std::string& line) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + line + "\r\n\r\n";
}

// The violation of a request; the same verdict is reached when it comes byte by byte.
Violation violation_of(const std::string& text) {
  HttpRequest request;
  const HttpParse whole = parse_http_request(text, request);
  HttpParse grown;
  for (std::size_t size = 0; size <= text.size() && grown.status == Status::incomplete; ++size) {
    grown = parse_http_request(std::string_view(text).substr(0, size), request);
  }
  EXPECT_EQ(grown.status, whole.status);
  EXPECT_EQ(name(grown.refusal.violation), name(whole.refusal.violation));
  return whole.refusal.violation;
}

void expect_rejected(const std::string& text, HttpStatus status, Violation violation) {
  HttpRequest request;
  const HttpParse parse = parse_http_request(text, request);
  EXPECT_EQ(parse.status, Status::rejected) << text.substr(0, 100);
  EXPECT_EQ(parse.refusal.status, status) << text.substr(0, 100);
  EXPECT_EQ(name(violation_of(text)), name(violation)) << text.substr(0, 100);
}

TEST(HttpRequest, ParsesAHead) {
  const std::string text = kGood + "\x81\x80";
  HttpRequest request;
  const HttpParse parse = parse_http_request(text, request);
  ASSERT_EQ(parse.status, Status::complete);
  EXPECT_EQ(parse.consumed, kGood.size());
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.target, "/room?room=lobby&token=a%2Fb");
  EXPECT_EQ(request.path, "/room");
  EXPECT_EQ(request.query, "room=lobby&token=a%2Fb");
  EXPECT_EQ(request.find("HOST"), "example.org:9001");
  EXPECT_EQ(request.find("x-empty"), "");
  EXPECT_EQ(request.find("x-absent"), std::nullopt);
  EXPECT_TRUE(request.has_token("connection", "upgrade"));
  EXPECT_FALSE(request.has_token("connection", "alive"));
  EXPECT_EQ(request.headers.all().size(), 4u);
}

TEST(HttpRequest, IsIncompleteUntilTheEmptyLine) {
  for (std::size_t size = 0; size < kGood.size(); ++size) {
    HttpRequest request;
    const auto part = std::string_view(kGood).substr(0, size);
    ASSERT_EQ(parse_http_request(part, request).status, Status::incomplete) << size;
  }
}

TEST(HttpRequest, TakesTargetsInAbsoluteForm) {
  struct Case {
    const char* target;
    const char* path;
    const char* query;
  };
  for (const Case& c :
       {Case{"http://example.org/ws?a=b", "/ws", "a=b"}, Case{"WSS://example.org", "/", ""},
        Case{"ws://h?a=b", "/", "a=b"}, Case{"/?", "/", ""}, Case{"/a?b?c", "/a", "b?c"}}) {
    const std::string text = "GET " + std::string(c.target) + " HTTP/1.1\r\nHost: a\r\n\r\n";
    HttpRequest request;
    ASSERT_EQ(parse_http_request(text, request).status, Status::complete) << c.target;
    EXPECT_EQ(request.path, c.path);
    EXPECT_EQ(request.query, c.query);
  }
}

TEST(HttpRequest, RefusesBadLineEndings) {
  constexpr auto k400 = HttpStatus::bad_request;
  constexpr auto kEnding = Violation::http_line_ending;
  expect_rejected("GET / HTTP/1.1\nHost: a\n\n", k400, kEnding);
  expect_rejected("GET / HTTP/1.1\r\nHost: a\n\r\n", k400, kEnding);
  expect_rejected("GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", k400, kEnding);
  expect_rejected(with_line(std::string("X: a\0b", 6)), k400, kEnding);
  expect_rejected("\n", k400, kEnding);
}

TEST(HttpRequest, RefusesBadRequestLines) {
  constexpr auto k400 = HttpStatus::bad_request;
  const std::string rest = "\r\nHost: a\r\n\r\n";
  expect_rejected("\r\n" + kGood, k400, Violation::request_line_malformed);
  for (const char* line : {"GET", "GET /", "GET  HTTP/1.1", " GET / HTTP/1.1", "G<T / HTTP/1.1",
                           "GET / HTTQ/1.1", "GET / ", "GET /\tHTTP/1.1"}) {
    const Violation violation = violation_of(line + rest);
    EXPECT_TRUE(violation == Violation::request_line_malformed ||
                violation == Violation::request_target_malformed)
        << line << ": " << name(violation);
  }
  for (const char* target : {"*", "example.org:443", "path", "/a#b", "/a b", "/caf\xC3\xA9",
                             "ftp://example.org/", "?a=b"}) {
    expect_rejected("GET " + std::string(target) + " HTTP/1.1" + rest, k400,
                    Violation::request_target_malformed);
  }
  for (const char* version : {"HTTP/1.0", "HTTP/2.0", "HTTP/1.10", "HTTP/1.1x"}) {
    expect_rejected("GET / " + std::string(version) + rest, k400,
                    Violation::http_version_unsupported);
  }
}

TEST(HttpRequest, RefusesBadHeaderLines) {
  for (const char* line : {" folded: x", "\tfolded", "no colon", "space : x", ": nameless",
                           "na me: x", "X: \x01", "X: \x7F", "(x): y"}) {
    expect_rejected(with_line(line), HttpStatus::bad_request, Violation::http_header_malformed);
  }
}

TEST(HttpRequest, WantsExactlyOneHost) {
  for (const char* text :
       {"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost:\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: user@a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"}) {
    expect_rejected(text, HttpStatus::bad_request, Violation::request_host_invalid);
  }
  EXPECT_EQ(violation_of("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"), Violation::none);
}

TEST(HttpRequest, RefusesBodies) {
  EXPECT_EQ(violation_of(with_line("Content-Length: 0")), Violation::none);
  expect_rejected(with_line("Content-Length: 1"), HttpStatus::content_too_large,
                  Violation::request_body_present);
  expect_rejected(with_line("Transfer-Encoding: chunked"), HttpStatus::content_too_large,
                  Violation::request_body_present);
  for (const char* lines :
       {"Content-Length: 0\r\nContent-Length: 0", "Content-Length: 0, 0", "Content-Length: +1",
        "Content-Length: -1", "Content-Length:", "Content-Length: 99999999999999999999"}) {
    expect_rejected(with_line(lines), HttpStatus::bad_request, Violation::http_body_length_invalid);
  }
}

TEST(HttpRequest, BoundsTheTarget) {
  const std::string around = "GET  HTTP/1.1";
  const std::string longest =
      "/" + std::string(base::kHandshakeLineBytesMax - around.size() - 1, 'a');
  const std::string rest = " HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_EQ(violation_of("GET " + longest + rest), Violation::none);
  expect_rejected("GET " + longest + "a" + rest, HttpStatus::uri_too_long,
                  Violation::request_target_too_long);
}

TEST(HttpRequest, BoundsLinesHeadersAndTheWhole) {
  constexpr auto k431 = HttpStatus::header_fields_too_large;
  const std::string longest = "X: " + std::string(base::kHandshakeLineBytesMax - 3, 'a');
  EXPECT_EQ(violation_of(with_line(longest)), Violation::none);
  expect_rejected(with_line(longest + "a"), k431, Violation::http_line_too_long);
  expect_rejected(with_line(longest + "\r\n" + longest + "\r\n" + longest + "\r\n" + longest), k431,
                  Violation::http_head_too_large);

  std::string lines = "A: b";
  for (std::size_t i = 2; i < base::kHandshakeHeadersMax; ++i) lines += "\r\nA: b";
  EXPECT_EQ(violation_of(with_line(lines)), Violation::none);
  expect_rejected(with_line(lines + "\r\nA: b"), k431, Violation::http_headers_too_many);
}

TEST(HttpRequest, RefusesEndlessHeadsBeforeTheirEnd) {
  HttpRequest request;
  const std::string line(base::kHandshakeLineBytesMax + 1, 'a');
  EXPECT_EQ(parse_http_request(line, request).refusal.status, HttpStatus::uri_too_long);
  std::string head = "GET / HTTP/1.1\r\n";
  while (head.size() < base::kHandshakeBytesMax) head += "A: " + std::string(1000, 'b') + "\r\n";
  EXPECT_EQ(parse_http_request(head, request).refusal.status, HttpStatus::header_fields_too_large);
}

TEST(QueryParameter, FindsAndDecodes) {
  EXPECT_EQ(query_parameter("room=lobby&token=a%2Fb", "room"), "lobby");
  EXPECT_EQ(query_parameter("room=lobby&token=a%2Fb", "token"), "a/b");
  EXPECT_EQ(query_parameter("a=1&a=2", "a"), "1");
  EXPECT_EQ(query_parameter("a=b=c", "a"), "b=c");
  EXPECT_EQ(query_parameter("r%6Fom=x+y%20z", "room"), "x y z");
  EXPECT_EQ(query_parameter("bare&x", "bare"), "");
  EXPECT_EQ(query_parameter("a=&b=1", "a"), "");
  EXPECT_EQ(query_parameter("a=%00", "a"), std::string(1, '\0'));
}

TEST(QueryParameter, FindsNothingWhereThereIsNothing) {
  EXPECT_EQ(query_parameter("", "room"), std::nullopt);
  EXPECT_EQ(query_parameter("rooms=1&Room=2&&", "room"), std::nullopt);
}

TEST(QueryParameter, RefusesBadEscapes) {
  for (const char* query : {"a=%", "a=%1", "a=%G0", "a=%0G", "a=%%41", "a=x%"}) {
    EXPECT_EQ(query_parameter(query, "a"), std::nullopt) << query;
    EXPECT_EQ(query_parameters(query, "a"), std::nullopt) << query;
    EXPECT_EQ(query_parameters("a=1&" + std::string(query), "a"), std::nullopt) << query;
  }
}

TEST(QueryParameters, FindsAllOfAName) {
  using Values = std::vector<std::string>;
  EXPECT_EQ(query_parameters("a=1&b=2&a=%33&%61=4&a", "a"), (Values{"1", "3", "4", ""}));
  EXPECT_EQ(query_parameters("a=1&a=1", "a"), (Values{"1", "1"}));
  EXPECT_EQ(query_parameters("aa=1&A=2&&", "a"), Values{});
  EXPECT_EQ(query_parameters("b=%&a=1", "a"), Values{"1"});
}

}  // namespace
}  // namespace protocol
