// HttpStatus: the HTTP status codes that the handshake and the small endpoints answer with.
//
// The numbers and phrases are those of RFC 9110 15; a peer's response may carry any other number,
// which is therefore kept as a number and not as an HttpStatus. Pure constants, for any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace protocol {

enum class HttpStatus : std::uint16_t {
  switching_protocols = 101,
  ok = 200,
  bad_request = 400,
  unauthorized = 401,
  forbidden = 403,
  not_found = 404,
  method_not_allowed = 405,
  content_too_large = 413,
  uri_too_long = 414,
  upgrade_required = 426,
  too_many_requests = 429,
  header_fields_too_large = 431,
  internal_error = 500,
  service_unavailable = 503,
};

constexpr std::string_view reason_phrase(HttpStatus status) noexcept {
  switch (status) {
    case HttpStatus::switching_protocols:
      return "Switching Protocols";
    case HttpStatus::ok:
      return "OK";
    case HttpStatus::bad_request:
      return "Bad Request";
    case HttpStatus::unauthorized:
      return "Unauthorized";
    case HttpStatus::forbidden:
      return "Forbidden";
    case HttpStatus::not_found:
      return "Not Found";
    case HttpStatus::method_not_allowed:
      return "Method Not Allowed";
    case HttpStatus::content_too_large:
      return "Content Too Large";
    case HttpStatus::uri_too_long:
      return "URI Too Long";
    case HttpStatus::upgrade_required:
      return "Upgrade Required";
    case HttpStatus::too_many_requests:
      return "Too Many Requests";
    case HttpStatus::header_fields_too_large:
      return "Request Header Fields Too Large";
    case HttpStatus::internal_error:
      return "Internal Server Error";
    case HttpStatus::service_unavailable:
      return "Service Unavailable";
  }
  return "Unknown";
}

}  // namespace protocol
