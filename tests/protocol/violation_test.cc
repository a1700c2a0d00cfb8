#include "protocol/violation.h"

#include <gtest/gtest.h>

#include <cctype>
#include <set>
#include <string>
#include <vector>

#include "protocol/client_upgrade.h"
#include "protocol/message_assembler.h"
#include "protocol/upgrade.h"
#include "tests/protocol/frame_builder.h"

namespace protocol {
namespace {

using tests::Bytes;
using tests::frame;
using tests::header;
using tests::joined;

// What the three readers say of an input: none if they find nothing wrong.

struct Verdict {
  Violation violation = Violation::none;
  CloseCode close_code = CloseCode::abnormal;
};

Verdict read_frames(Bytes bytes, Role role = Role::server) {
  MessageAssembler assembler(role, 1000);
  std::span<std::byte> input(bytes);
  for (;;) {
    const MessageEvent event = assembler.next(input);
    if (event.kind == MessageEvent::Kind::need_more) return {};
    if (event.kind == MessageEvent::Kind::violation) return {event.violation, event.close_code};
  }
}

Verdict read_request(const std::string& text) {
  HttpRequest request;
  const HttpParse parse = parse_http_request(text, request);
  if (parse.status == HttpParse::Status::rejected) return {parse.refusal.violation};
  const UpgradeCheck check = check_upgrade(request);
  if (const auto* refusal = std::get_if<HttpRefusal>(&check)) return {refusal->violation};
  return {};
}

Verdict read_response(const std::string& text) {
  return {parse_upgrade_response(text, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=").violation};
}

std::string get(const std::string& lines) { return "GET / HTTP/1.1\r\n" + lines + "\r\n"; }

std::string repeated(const std::string& text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

const std::string kHost = "Host: a\r\n";
const std::string kUpgrade = kHost + "Upgrade: websocket\r\n";
const std::string kConnection = kUpgrade + "Connection: Upgrade\r\n";
const std::string kSwitching = "HTTP/1.1 101 X\r\n";
const std::string kSwitched = kSwitching + "Upgrade: websocket\r\nConnection: Upgrade\r\n";

struct Case {
  Violation violation;
  Verdict verdict;
};

std::vector<Case> frame_cases() {
  using enum Violation;
  return {
      {none, read_frames(frame({}, "hello"))},
      {reserved_bits_set, read_frames(frame({.reserved_bits = 1}, "x"))},
      {reserved_opcode, read_frames(frame({.opcode = 0xB}, "x"))},
      {mask_missing, read_frames(frame({.masked = false}, "x"))},
      {mask_forbidden, read_frames(frame({}, "x"), Role::client)},
      {length_not_minimal, read_frames(frame({.length_octets = 2}, "x"))},
      {length_too_large, read_frames(header({}, UINT64_MAX))},
      {control_fragmented, read_frames(frame({.fin = false, .opcode = 9}, "x"))},
      {control_too_long, read_frames(frame({.opcode = 9}, std::string(126, 'x')))},
      {continuation_unexpected, read_frames(frame({.opcode = 0}, "x"))},
      {continuation_expected, read_frames(joined({frame({.fin = false}, "x"), frame({}, "y")}))},
      {message_too_big, read_frames(header({}, 1001))},
      {close_payload_too_short, read_frames(frame({.opcode = 8}, "\x03"))},
      {close_code_invalid, read_frames(frame({.opcode = 8}, "\x03\xED"))},
      {close_reason_not_utf8, read_frames(frame({.opcode = 8}, "\x03\xE8\xFF"))},
      {text_not_utf8, read_frames(frame({}, "\xFF"))},
  };
}

std::vector<Case> request_cases() {
  using enum Violation;
  return {
      {http_line_ending, read_request("GET / HTTP/1.1\n")},
      {http_line_too_long, read_request(get("A: " + std::string(5000, 'a')))},
      {http_head_too_large,
       read_request(get(repeated("A: " + std::string(1000, 'a') + "\r\n", 20)))},
      {http_headers_too_many, read_request(get(repeated("A: b\r\n", 65)))},
      {http_header_malformed, read_request(get("A : b\r\n"))},
      {http_version_unsupported, read_request("GET / HTTP/1.0\r\n")},
      {http_body_length_invalid, read_request(get(kHost + "Content-Length: x\r\n"))},
      {request_line_malformed, read_request("GET\r\n")},
      {request_target_malformed, read_request("GET x HTTP/1.1\r\n")},
      {request_target_too_long, read_request("GET /" + std::string(5000, 'a'))},
      {request_host_invalid, read_request(get(""))},
      {request_body_present, read_request(get(kHost + "Content-Length: 1\r\n"))},
      {request_method_not_get, read_request("PUT / HTTP/1.1\r\n" + kHost + "\r\n")},
      {upgrade_not_requested, read_request(get(kHost))},
      {upgrade_connection_missing, read_request(get(kUpgrade))},
      {websocket_version_unsupported, read_request(get(kConnection))},
      {websocket_key_invalid, read_request(get(kConnection + "Sec-WebSocket-Version: 13\r\n"))},
  };
}

std::vector<Case> response_cases() {
  using enum Violation;
  return {
      {response_line_malformed, read_response("hello\r\n")},
      {response_not_switching, read_response("HTTP/1.1 200 OK\r\n")},
      {response_upgrade_missing, read_response(kSwitching + "\r\n")},
      {response_accept_mismatch, read_response(kSwitched + "\r\n")},
      {response_extension_unasked,
       read_response(kSwitched + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
                                 "Sec-WebSocket-Extensions: x\r\n\r\n")},
  };
}

// Written down again, apart from the table in the product.
CloseCode expected_close_code(Violation violation) {
  const bool handshake = violation >= Violation::http_line_ending;
  const bool payload =
      violation == Violation::text_not_utf8 || violation == Violation::close_reason_not_utf8;
  if (handshake || violation == Violation::none) return CloseCode::abnormal;
  if (violation == Violation::message_too_big) return CloseCode::message_too_big;
  return payload ? CloseCode::invalid_payload : CloseCode::protocol_error;
}

TEST(Violation, EachCanBeProvokedAndHasItsPrice) {
  std::set<Violation> provoked;
  for (const std::vector<Case>& cases : {frame_cases(), request_cases(), response_cases()}) {
    for (const auto& [violation, verdict] : cases) {
      EXPECT_EQ(name(verdict.violation), name(violation));
      EXPECT_EQ(verdict.close_code, expected_close_code(violation)) << name(violation);
      provoked.insert(violation);
    }
  }
  for (std::size_t i = 0; i < kViolationCount; ++i) {
    const auto violation = static_cast<Violation>(i);
    EXPECT_TRUE(provoked.contains(violation)) << name(violation) << " has no case";
    if (violation == Violation::none) continue;
    EXPECT_EQ(close_code(violation), expected_close_code(violation)) << name(violation);
  }
}

TEST(Violation, EachHasANameForMetricsAndASection) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kViolationCount; ++i) {
    const auto violation = static_cast<Violation>(i);
    EXPECT_TRUE(names.insert(name(violation)).second) << name(violation);
    for (const char c : name(violation)) {
      EXPECT_TRUE(std::islower(c) || std::isdigit(c) || c == '_') << name(violation);
    }
    if (violation != Violation::none) {
      EXPECT_TRUE(rfc_section(violation).starts_with("RFC ")) << name(violation);
    }
  }
}

TEST(HttpRefusal, EachHandshakeViolationOfARequestHasItsOwnSentence) {
  std::set<std::string_view> reasons;
  for (std::size_t i = static_cast<std::size_t>(Violation::http_line_ending);
       i < static_cast<std::size_t>(Violation::response_line_malformed); ++i) {
    const HttpRefusal refusal = refuse(static_cast<Violation>(i));
    EXPECT_EQ(refusal.violation, static_cast<Violation>(i));
    EXPECT_TRUE(refusal.reason.ends_with('.')) << refusal.reason;
    EXPECT_TRUE(reasons.insert(refusal.reason).second) << refusal.reason;
    EXPECT_GE(static_cast<int>(refusal.status), 400);
  }
}

}  // namespace
}  // namespace protocol
