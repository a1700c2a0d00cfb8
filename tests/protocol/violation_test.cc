#include "protocol/violation.h"

#include <gtest/gtest.h>

#include <cctype>
#include <set>
#include <string>

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

// One case for each enumerator: the switch has no default, so a new one does not compile without.
Verdict provoke(Violation violation) {
  switch (violation) {
    case Violation::none:
      return read_frames(frame({}, "hello"));
    case Violation::reserved_bits_set:
      return read_frames(frame({.reserved_bits = 1}, "x"));
    case Violation::reserved_opcode:
      return read_frames(frame({.opcode = 0xB}, "x"));
    case Violation::mask_missing:
      return read_frames(frame({.masked = false}, "x"));
    case Violation::mask_forbidden:
      return read_frames(frame({}, "x"), Role::client);
    case Violation::length_not_minimal:
      return read_frames(frame({.length_octets = 2}, "x"));
    case Violation::length_too_large:
      return read_frames(header({}, UINT64_MAX));
    case Violation::control_fragmented:
      return read_frames(frame({.fin = false, .opcode = 9}, "x"));
    case Violation::control_too_long:
      return read_frames(frame({.opcode = 9}, std::string(126, 'x')));
    case Violation::continuation_unexpected:
      return read_frames(frame({.opcode = 0}, "x"));
    case Violation::continuation_expected:
      return read_frames(joined({frame({.fin = false}, "x"), frame({}, "y")}));
    case Violation::message_too_big:
      return read_frames(header({}, 1001));
    case Violation::close_payload_too_short:
      return read_frames(frame({.opcode = 8}, "\x03"));
    case Violation::close_code_invalid:
      return read_frames(frame({.opcode = 8}, "\x03\xED"));
    case Violation::close_reason_not_utf8:
      return read_frames(frame({.opcode = 8}, "\x03\xE8\xFF"));
    case Violation::text_not_utf8:
      return read_frames(frame({}, "\xFF"));
    case Violation::http_line_ending:
      return read_request("GET / HTTP/1.1\n");
    case Violation::http_line_too_long:
      return read_request(get("A: " + std::string(5000, 'a')));
    case Violation::http_head_too_large:
      return read_request(get(repeated("A: " + std::string(1000, 'a') + "\r\n", 20)));
    case Violation::http_headers_too_many:
      return read_request(get(repeated("A: b\r\n", 65)));
    case Violation::http_header_malformed:
      return read_request(get("A : b\r\n"));
    case Violation::http_version_unsupported:
      return read_request("GET / HTTP/1.0\r\n");
    case Violation::http_body_length_invalid:
      return read_request(get(kHost + "Content-Length: x\r\n"));
    case Violation::request_line_malformed:
      return read_request("GET\r\n");
    case Violation::request_target_malformed:
      return read_request("GET x HTTP/1.1\r\n");
    case Violation::request_target_too_long:
      return read_request("GET /" + std::string(5000, 'a'));
    case Violation::request_host_invalid:
      return read_request(get(""));
    case Violation::request_body_present:
      return read_request(get(kHost + "Content-Length: 1\r\n"));
    case Violation::request_method_not_get:
      return read_request("PUT / HTTP/1.1\r\n" + kHost + "\r\n");
    case Violation::upgrade_not_requested:
      return read_request(get(kHost));
    case Violation::upgrade_connection_missing:
      return read_request(get(kUpgrade));
    case Violation::websocket_version_unsupported:
      return read_request(get(kConnection));
    case Violation::websocket_key_invalid:
      return read_request(get(kConnection + "Sec-WebSocket-Version: 13\r\n"));
    case Violation::response_line_malformed:
      return read_response("hello\r\n");
    case Violation::response_not_switching:
      return read_response("HTTP/1.1 200 OK\r\n");
    case Violation::response_upgrade_missing:
      return read_response(kSwitching + "\r\n");
    case Violation::response_accept_mismatch:
      return read_response(kSwitched + "\r\n");
    case Violation::response_extension_unasked:
      return read_response(kSwitched +
                           "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
                           "Sec-WebSocket-Extensions: x\r\n\r\n");
  }
  return {};
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
  for (std::size_t i = 0; i < kViolationCount; ++i) {
    const auto violation = static_cast<Violation>(i);
    const Verdict verdict = provoke(violation);
    EXPECT_EQ(name(verdict.violation), name(violation));
    EXPECT_EQ(verdict.close_code, expected_close_code(violation)) << name(violation);
    if (violation != Violation::none) {
      EXPECT_EQ(close_code(violation), expected_close_code(violation)) << name(violation);
    }
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
