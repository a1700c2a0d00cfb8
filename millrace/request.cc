#include "millrace/request.h"

#include "millrace/request_head.h"

namespace millrace {

std::string_view Request::method() const noexcept { return head_.request.method; }
std::string_view Request::path() const noexcept { return head_.request.path; }
std::string_view Request::query() const noexcept { return head_.request.query; }

std::optional<std::string> Request::parameter(std::string_view name) const {
  return protocol::query_parameter(head_.request.query, name);
}

std::optional<std::string_view> Request::header(std::string_view name) const noexcept {
  return head_.request.find(name);
}

bool Request::offers_subprotocol(std::string_view subprotocol) const noexcept {
  // A list of tokens; several fields are one list (RFC 6455 11.3.4).
  return !subprotocol.empty() && head_.request.has_token("Sec-WebSocket-Protocol", subprotocol);
}

}  // namespace millrace
