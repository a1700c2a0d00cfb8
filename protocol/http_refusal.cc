#include "protocol/http_refusal.h"

#include <algorithm>
#include <array>

namespace protocol {

namespace {

constexpr auto kRefusals = std::to_array<HttpRefusal>({
    {HttpStatus::bad_request, "Lines must end with CR LF and hold no NUL.",
     Violation::http_line_ending},
    {HttpStatus::header_fields_too_large, "A header line is too long.",
     Violation::http_line_too_long},
    {HttpStatus::header_fields_too_large, "The request's headers are too large.",
     Violation::http_head_too_large},
    {HttpStatus::header_fields_too_large, "The request has too many headers.",
     Violation::http_headers_too_many},
    {HttpStatus::bad_request, "A header line is malformed.", Violation::http_header_malformed},
    {HttpStatus::bad_request, "The version must be HTTP/1.1.", Violation::http_version_unsupported},
    {HttpStatus::bad_request, "Content-Length must be one decimal number.",
     Violation::http_body_length_invalid},
    {HttpStatus::bad_request, "The request line is malformed.", Violation::request_line_malformed},
    {HttpStatus::bad_request, "The request target is malformed.",
     Violation::request_target_malformed},
    {HttpStatus::uri_too_long, "The request target is too long.",
     Violation::request_target_too_long},
    {HttpStatus::bad_request, "The request must have exactly one valid Host.",
     Violation::request_host_invalid},
    {HttpStatus::content_too_large, "The request must not have a body.",
     Violation::request_body_present},
    {HttpStatus::method_not_allowed, "The method must be GET.", Violation::request_method_not_get},
    {HttpStatus::upgrade_required, "This is a WebSocket: send Upgrade: websocket.",
     Violation::upgrade_not_requested},
    {HttpStatus::bad_request, "Connection must name Upgrade.",
     Violation::upgrade_connection_missing},
    {HttpStatus::upgrade_required, "Sec-WebSocket-Version must be 13.",
     Violation::websocket_version_unsupported},
    {HttpStatus::bad_request, "Sec-WebSocket-Key must be one base64 of sixteen octets.",
     Violation::websocket_key_invalid},
});

}  // namespace

HttpRefusal refuse(Violation violation) noexcept {
  const auto found = std::ranges::find(kRefusals, violation, &HttpRefusal::violation);
  if (found != kRefusals.end()) return *found;
  return {HttpStatus::bad_request, name(violation), violation};
}

}  // namespace protocol
