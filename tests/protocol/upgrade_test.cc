#include "protocol/upgrade.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace protocol {
namespace {

constexpr std::string_view kKey = "dGhlIHNhbXBsZSBub25jZQ==";  // RFC 6455 1.3.

using Fields = std::map<std::string, std::string>;

const Fields kGood = {{"Host", "example.org"},
                      {"Upgrade", "websocket"},
                      {"Connection", "Upgrade"},
                      {"Sec-WebSocket-Key", std::string(kKey)},
                      {"Sec-WebSocket-Version", "13"}};

std::string request_text(const Fields& fields, const std::string& method = "GET") {
  std::string text = method + " /ws HTTP/1.1\r\n";
  for (const auto& [field, value] : fields) text += field + ": " + value + "\r\n";
  return text + "\r\n";
}

// Keeps the text that the verdict's views point into.
struct Checked {
  std::string text;
  HttpRequest request{};
  UpgradeCheck check{};
};

std::unique_ptr<Checked> checked(std::string text) {
  auto result = std::make_unique<Checked>(Checked{std::move(text)});
  EXPECT_EQ(parse_http_request(result->text, result->request).status, HttpParse::Status::complete);
  result->check = check_upgrade(result->request);
  return result;
}

void expect_refused(Fields fields, const std::string& field, const std::string& value,
                    HttpStatus status, Violation violation) {
  fields.erase(field);
  const auto missing = checked(request_text(fields));
  const auto* refusal = std::get_if<HttpRefusal>(&missing->check);
  ASSERT_NE(refusal, nullptr) << field;
  EXPECT_EQ(refusal->status, status) << field;
  EXPECT_EQ(refusal->violation, violation) << field;
  fields[field] = value;
  const auto wrong = checked(request_text(fields));
  refusal = std::get_if<HttpRefusal>(&wrong->check);
  ASSERT_NE(refusal, nullptr) << field << ": " << value;
  EXPECT_EQ(refusal->status, status) << field << ": " << value;
  EXPECT_EQ(refusal->violation, violation) << field << ": " << value;
}

TEST(Upgrade, TakesWhatTheRfcAsksFor) {
  const auto result = checked(request_text(kGood));
  const auto* const upgrade = std::get_if<Upgrade>(&result->check);
  ASSERT_NE(upgrade, nullptr);
  EXPECT_EQ(upgrade->key, kKey);
  EXPECT_EQ(upgrade->offered_subprotocols, "");
}

TEST(Upgrade, TakesOtherSpellings) {
  Fields fields = kGood;
  fields["Upgrade"] = "h2c, WebSocket";
  fields["Connection"] = "keep-alive,  UPGRADE";
  fields["Sec-WebSocket-Protocol"] = "chat, superchat";
  const auto result = checked(request_text(fields));
  const auto* const upgrade = std::get_if<Upgrade>(&result->check);
  ASSERT_NE(upgrade, nullptr);
  EXPECT_EQ(upgrade->offered_subprotocols, "chat, superchat");
}

TEST(Upgrade, RefusesWhatIsMissingOrWrong) {
  expect_refused(kGood, "Upgrade", "h2c", HttpStatus::upgrade_required,
                 Violation::upgrade_not_requested);
  expect_refused(kGood, "Connection", "close", HttpStatus::bad_request,
                 Violation::upgrade_connection_missing);
  expect_refused(kGood, "Sec-WebSocket-Version", "8", HttpStatus::upgrade_required,
                 Violation::websocket_version_unsupported);
  for (const char* key : {"", "short", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ===",
                          "dGhlIHNhbXBsZSBub25jZQAA", "dGhlIHNhbXBsZSBub25j Q=="}) {
    expect_refused(kGood, "Sec-WebSocket-Key", key, HttpStatus::bad_request,
                   Violation::websocket_key_invalid);
  }
}

TEST(Upgrade, RefusesOtherMethodsAndTwoKeys) {
  const auto post = checked(request_text(kGood, "POST"));
  EXPECT_EQ(std::get_if<HttpRefusal>(&post->check)->status, HttpStatus::method_not_allowed);
  std::string text = request_text(kGood);
  text.insert(text.size() - 2, "Sec-WebSocket-Key: " + std::string(kKey) + "\r\n");
  const auto twice = checked(text);
  EXPECT_EQ(std::get_if<HttpRefusal>(&twice->check)->violation, Violation::websocket_key_invalid);
}

TEST(AcceptKey, IsTheExampleOfTheRfc) {
  EXPECT_EQ(as_text(accept_key(kKey)), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(Subprotocol, IsTheClientsFirstThatWeSupport) {
  const std::string_view supported[] = {"millrace.v1", "chat"};
  EXPECT_EQ(choose_subprotocol("chat, millrace.v1", supported), "chat");
  EXPECT_EQ(choose_subprotocol("v0,,millrace.v1", supported), "millrace.v1");
  EXPECT_EQ(choose_subprotocol("Chat", supported), "") << "case counts";
  EXPECT_EQ(choose_subprotocol("", supported), "");
  EXPECT_EQ(choose_subprotocol("chat", {}), "");
}

TEST(Subprotocol, MayBeOfferedInSeveralFields) {
  std::string text = request_text(kGood);
  text.insert(text.size() - 2,
              "Sec-WebSocket-Protocol: v0\r\nsec-websocket-protocol: v2, chat\r\n");
  HttpRequest request;
  ASSERT_EQ(parse_http_request(text, request).status, HttpParse::Status::complete);
  const std::string_view supported[] = {"chat", "v2"};
  EXPECT_EQ(choose_subprotocol(request, supported), "v2");
}

TEST(SwitchingProtocols, IsTheWholeResponse) {
  EXPECT_EQ(write_switching_protocols(kKey, ""),
            "HTTP/1.1 101 Switching Protocols\r\n"
            "Upgrade: websocket\r\n"
            "Connection: Upgrade\r\n"
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
            "\r\n");
  const std::string with_subprotocol = write_switching_protocols(kKey, "millrace.v1");
  EXPECT_TRUE(with_subprotocol.ends_with("\r\nSec-WebSocket-Protocol: millrace.v1\r\n\r\n"));
}

}  // namespace
}  // namespace protocol
