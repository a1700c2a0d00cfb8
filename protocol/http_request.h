// HttpRequest: the head of one HTTP/1.1 request, parsed strictly from what has accumulated so far.
//
// The caller keeps the bytes and calls again with more of them until the status is not incomplete;
// what may be wrong is told as soon as the line that is wrong is there. Everything in a request is
// a view of the caller's text. Requests with a body are refused: a handshake has none (RFC
// 6455 4.1).
//
// Limits: kHandshakeLineBytesMax a line, kHandshakeHeadersMax fields, kHandshakeBytesMax in all; a
// request that exceeds one is refused with 414 or 431, whether or not it is complete.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/http_headers.h"
#include "protocol/http_refusal.h"

namespace protocol {

struct HttpRequest {
  std::string_view method;
  std::string_view target;  // As it was sent.
  std::string_view path;    // Of the target; starts with a slash; still percent-encoded.
  std::string_view query;   // Of the target, without the question mark; still percent-encoded.
  HttpHeaders headers;

  std::optional<std::string_view> find(std::string_view name) const noexcept {
    return headers.find(name);
  }
  bool has_token(std::string_view name, std::string_view token) const noexcept {
    return headers.has_token(name, token);
  }
};

struct HttpParse {
  enum class Status : std::uint8_t { incomplete, complete, rejected };
  Status status = Status::incomplete;
  std::size_t consumed = 0;  // When complete: the size of the head. What follows is not HTTP.
  HttpRefusal refusal{};     // When rejected.
};

// `out` is meaningful only when the status is complete.
HttpParse parse_http_request(std::string_view accumulated, HttpRequest& out) noexcept;

// The first parameter of that name in a query such as "room=lobby&token=a%2Fb", decoded: "%2F" is a
// slash and "+" a space. Nothing when it is not there or has a bad escape. A bare name is "".
std::optional<std::string> query_parameter(std::string_view query, std::string_view parameter);

// All values of one parameter, decoded, in order. Nothing when one of them has a bad escape.
std::optional<std::vector<std::string>> query_parameters(std::string_view query,
                                                         std::string_view parameter);

}  // namespace protocol
