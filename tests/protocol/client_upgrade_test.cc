#include "protocol/client_upgrade.h"

#include <gtest/gtest.h>

#include <string>

#include "protocol/upgrade.h"

namespace protocol {
namespace {

using Status = UpgradeResponse::Status;

constexpr std::string_view kAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

const std::string kGood =
    "HTTP/1.1 101 Switching Protocols\r\n"
    "Upgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
    "\r\n";

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

void expect_refused(const std::string& text, Violation violation, int http_status = 101) {
  const UpgradeResponse response = parse_upgrade_response(text, kAccept);
  EXPECT_EQ(response.status, Status::refused) << text;
  EXPECT_EQ(name(response.violation), name(violation)) << text;
  EXPECT_EQ(response.http_status, http_status) << text;
}

TEST(ClientKey, IsBase64OfTheRandomNumbers) {
  EXPECT_EQ(as_text(make_client_key(0x0001020304050607, 0x08090A0B0C0D0E0F)),
            "AAECAwQFBgcICQoLDA0ODw==");
}

TEST(ClientUpgrade, ServersTakeOurRequests) {
  const ClientKey key = make_client_key(1, 2);
  const HttpHeader extra[] = {{"Origin", "https://example.org"}};
  const std::string text =
      write_upgrade_request("example.org:9001", "/ws?a=b", as_text(key), extra);
  HttpRequest request;
  ASSERT_EQ(parse_http_request(text, request).status, HttpParse::Status::complete);
  EXPECT_EQ(request.path, "/ws");
  EXPECT_EQ(request.find("Host"), "example.org:9001");
  EXPECT_EQ(request.find("Origin"), "https://example.org");
  const UpgradeCheck check = check_upgrade(request);
  ASSERT_NE(std::get_if<Upgrade>(&check), nullptr);
  EXPECT_EQ(std::get_if<Upgrade>(&check)->key, as_text(key));
}

TEST(ClientUpgrade, TakesTheServersResponseInAnySplit) {
  for (std::size_t size = 0; size < kGood.size(); ++size) {
    const auto part = std::string_view(kGood).substr(0, size);
    ASSERT_EQ(parse_upgrade_response(part, kAccept).status, Status::incomplete) << size;
  }
  const UpgradeResponse response = parse_upgrade_response(kGood + "\x81", kAccept);
  EXPECT_EQ(response.status, Status::accepted);
  EXPECT_EQ(response.consumed, kGood.size());
  EXPECT_EQ(response.subprotocol, "");
}

TEST(ClientUpgrade, TakesWhatOurServerWrites) {
  const ClientKey key = make_client_key(3, 4);
  const std::string text = write_switching_protocols(as_text(key), "millrace.v1");
  const UpgradeResponse response = parse_upgrade_response(text, as_text(accept_key(as_text(key))));
  EXPECT_EQ(response.status, Status::accepted);
  EXPECT_EQ(response.subprotocol, "millrace.v1");
}

TEST(ClientUpgrade, TellsTheServersRefusal) {
  const UpgradeResponse response =
      parse_upgrade_response("HTTP/1.1 403 Forbidden\r\nRetry-", kAccept);
  EXPECT_EQ(response.status, Status::refused);
  EXPECT_EQ(response.http_status, 403);
  EXPECT_EQ(response.reason, "Forbidden");
  expect_refused("HTTP/1.1 200\r\n", Violation::response_not_switching, 200);
}

// The headers of these matter: the answer is awaited to its end, however it is cut.
TEST(ClientUpgrade, TellsWhenTheServerWantsToBeAskedAgain) {
  const std::vector<std::pair<std::string, std::uint32_t>> heads{
      {"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\n\r\n", 7},
      {"HTTP/1.1 429 Too Many Requests\r\nX: y\r\nretry-after: 120\r\n\r\nbody", 120},
      {"HTTP/1.1 503 Busy\r\n\r\n", 0},
      {"HTTP/1.1 503 Busy\r\nRetry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n\r\n", 0},
      {"HTTP/1.1 503 Busy\r\nRetry-After: 99999999999\r\n\r\n", 0}};
  for (const auto& [text, seconds] : heads) {
    const std::size_t end = text.find("\r\n\r\n") + 4;
    for (std::size_t size = 0; size < end; ++size) {
      EXPECT_EQ(parse_upgrade_response(text.substr(0, size), kAccept).status, Status::incomplete);
    }
    const UpgradeResponse response = parse_upgrade_response(text, kAccept);
    EXPECT_EQ(response.status, Status::refused);
    EXPECT_EQ(response.violation, Violation::response_not_switching);
    EXPECT_EQ(response.retry_after_seconds, seconds) << text;
  }
  expect_refused("HTTP/1.1 503 Busy\r\nno field\r\n", Violation::http_header_malformed, 503);
}

TEST(ClientUpgrade, RefusesWhatTheRfcForbids) {
  expect_refused(replaced(kGood, "Upgrade: websocket", "Upgrade: h2c"),
                 Violation::response_upgrade_missing);
  expect_refused(replaced(kGood, "Connection: Upgrade", "Connection: close"),
                 Violation::response_upgrade_missing);
  expect_refused(replaced(kGood, "s3pP", "S3pP"), Violation::response_accept_mismatch);
  expect_refused(replaced(kGood, "Sec-WebSocket-Accept", "X"), Violation::response_accept_mismatch);
  expect_refused(replaced(kGood, "\r\n\r\n", "\r\nSec-WebSocket-Extensions: x\r\n\r\n"),
                 Violation::response_extension_unasked);
}

TEST(ClientUpgrade, RefusesWhatIsNotHttp) {
  expect_refused("SSH-2.0-OpenSSH_9\r\n", Violation::response_line_malformed, 0);
  expect_refused("HTTP/1.0 101 X\r\n", Violation::http_version_unsupported, 0);
  for (const char* line : {"HTTP/1.1 1x1 X\r\n", "HTTP/1.1 10\r\n", "HTTP/1.1 1010 X\r\n"}) {
    expect_refused(line, Violation::response_line_malformed, 0);
  }
  expect_refused(std::string(5000, 'x'), Violation::http_line_too_long, 0);
  expect_refused(replaced(kGood, "Upgrade: ", "Upgrade : "), Violation::http_header_malformed);
}

}  // namespace
}  // namespace protocol
