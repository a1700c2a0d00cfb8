#include "protocol/http_response.h"

#include <algorithm>
#include <cstdint>

#include "base/check.h"
#include "base/limits.h"
#include "protocol/http_text.h"

namespace protocol {

namespace {

void append_header(std::string& out, std::string_view name, std::string_view value) {
  CHECK(value.find_first_of("\r\n") == std::string_view::npos);
  out.append(name).append(": ").append(value).append("\r\n");
}

bool names(std::span<const HttpHeader> headers, std::string_view name) noexcept {
  return std::ranges::any_of(
      headers, [name](const HttpHeader& header) { return equal_ignoring_case(header.name, name); });
}

}  // namespace

std::string write_response(HttpStatus status, std::string_view content_type, std::string_view body,
                           std::span<const HttpHeader> extra_headers) {
  CHECK(status != HttpStatus::switching_protocols);  // That one is write_switching_protocols().
  std::string out = "HTTP/1.1 ";
  out.append(std::to_string(static_cast<std::uint16_t>(status)));
  out.append(" ").append(reason_phrase(status)).append("\r\n");
  append_header(out, "Content-Type", content_type);
  append_header(out, "Content-Length", std::to_string(body.size()));
  if (status == HttpStatus::upgrade_required) {
    // Who sends Upgrade names it in Connection (RFC 9110 7.8).
    append_header(out, "Connection", "close, Upgrade");
    append_header(out, "Upgrade", "websocket");
    append_header(out, "Sec-WebSocket-Version", "13");
  } else {
    append_header(out, "Connection", "close");
  }
  if (status == HttpStatus::method_not_allowed && !names(extra_headers, "Allow")) {
    append_header(out, "Allow", "GET");
  }
  if (status == HttpStatus::service_unavailable && !names(extra_headers, "Retry-After")) {
    append_header(out, "Retry-After", std::to_string(base::kRetryAfterSecondsDefault));
  }
  for (const HttpHeader& header : extra_headers) append_header(out, header.name, header.value);
  out.append("\r\n").append(body);
  return out;
}

std::string write_refusal(const HttpRefusal& refusal, std::span<const HttpHeader> extra_headers) {
  std::string body(refusal.reason);
  body += '\n';
  return write_response(refusal.status, "text/plain; charset=utf-8", body, extra_headers);
}

}  // namespace protocol
