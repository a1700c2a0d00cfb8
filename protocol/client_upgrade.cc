#include "protocol/client_upgrade.h"

#include <charconv>

#include "base/bytes.h"
#include "base/check.h"
#include "protocol/base64.h"
#include "protocol/http_lines.h"
#include "protocol/http_refusal.h"
#include "protocol/http_text.h"

namespace protocol {

namespace {

constexpr std::uint16_t kSwitchingProtocols = 101;
constexpr std::uint16_t kTooManyRequests = 429;
constexpr std::uint16_t kServiceUnavailable = 503;

struct StatusLine {
  std::uint16_t status = 0;
  std::string_view phrase{};
  Violation violation = Violation::none;
};

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// version SP three digits SP [phrase] (RFC 9112 4); the last space is missing from some servers.
StatusLine parse_status_line(std::string_view line) noexcept {
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  if (!line.starts_with("HTTP/")) return {.violation = Violation::response_line_malformed};
  if (!line.starts_with(kVersion)) return {.violation = Violation::http_version_unsupported};
  line.remove_prefix(kVersion.size());
  const bool three_digits =
      line.size() >= 3 && is_digit(line[0]) && is_digit(line[1]) && is_digit(line[2]);
  if (!three_digits || (line.size() > 3 && line[3] != ' ')) {
    return {.violation = Violation::response_line_malformed};
  }
  const int status = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  return {.status = static_cast<std::uint16_t>(status),
          .phrase = line.size() > 4 ? line.substr(4) : std::string_view(),
          .violation =
              status == kSwitchingProtocols ? Violation::none : Violation::response_not_switching};
}

// What RFC 6455 4.1 asks of the server's headers.
Violation check_headers(const HttpHeaders& headers, std::string_view expected_accept) noexcept {
  if (!headers.has_token("Upgrade", "websocket")) return Violation::response_upgrade_missing;
  if (!headers.has_token("Connection", "Upgrade")) return Violation::response_upgrade_missing;
  if (headers.find("Sec-WebSocket-Accept") != expected_accept) {
    return Violation::response_accept_mismatch;
  }
  if (headers.find("Sec-WebSocket-Extensions")) return Violation::response_extension_unasked;
  return Violation::none;
}

// The statuses whose headers matter although they refuse.
constexpr bool may_tell_when(std::uint16_t status) noexcept {
  return status == kTooManyRequests || status == kServiceUnavailable;
}

std::uint32_t retry_after_seconds(const HttpHeaders& headers) noexcept {
  const std::string_view text = headers.find("Retry-After").value_or("");
  std::uint32_t seconds = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, seconds);
  return error == std::errc{} && rest == end ? seconds : 0;
}

UpgradeResponse refused(Violation violation, const StatusLine& line) noexcept {
  return {.status = UpgradeResponse::Status::refused,
          .http_status = line.status,
          .reason = violation == Violation::response_not_switching ? line.phrase : name(violation),
          .violation = violation};
}

}  // namespace

ClientKey make_client_key(std::uint64_t random0, std::uint64_t random1) noexcept {
  std::array<std::byte, 16> octets;
  base::store_big64(octets.data(), random0);
  base::store_big64(octets.data() + 8, random1);
  return encode_base64(octets);
}

std::string write_upgrade_request(std::string_view host, std::string_view target,
                                  std::string_view key, std::span<const HttpHeader> extra_headers) {
  std::string out = "GET ";
  out.append(target).append(" HTTP/1.1\r\nHost: ").append(host);
  out.append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ").append(key);
  out.append("\r\nSec-WebSocket-Version: 13\r\n");
  for (const HttpHeader& header : extra_headers) {
    CHECK(header.value.find_first_of("\r\n") == std::string_view::npos);
    out.append(header.name).append(": ").append(header.value).append("\r\n");
  }
  out.append("\r\n");
  return out;
}

UpgradeResponse parse_upgrade_response(std::string_view accumulated,
                                       std::string_view expected_accept) noexcept {
  HttpLines lines(accumulated);
  HttpHeaders headers;
  StatusLine status_line;
  for (bool first = true;; first = false) {
    const HttpLines::Step step = lines.next();
    switch (step.kind) {
      case HttpLines::Step::Kind::incomplete:
        return {};
      case HttpLines::Step::Kind::violation:
        return refused(step.violation, status_line);
      case HttpLines::Step::Kind::line:
        break;
    }
    if (!first && step.line.empty()) break;
    if (first) status_line = parse_status_line(step.line);
    const bool reads_on = first && may_tell_when(status_line.status);
    const Violation violation = reads_on ? Violation::none
                                : first  ? status_line.violation
                                         : headers.add_line(step.line);
    if (violation != Violation::none) return refused(violation, status_line);
  }
  if (status_line.violation != Violation::none) {
    UpgradeResponse response = refused(status_line.violation, status_line);
    response.retry_after_seconds = retry_after_seconds(headers);
    return response;
  }
  const Violation violation = check_headers(headers, expected_accept);
  if (violation != Violation::none) return refused(violation, status_line);
  return {.status = UpgradeResponse::Status::accepted,
          .consumed = lines.consumed(),
          .subprotocol = headers.find("Sec-WebSocket-Protocol").value_or("")};
}

}  // namespace protocol
