#include "app/native/refusal_text.h"

#include <array>
#include <chrono>
#include <span>

#include "app/events/event_writer.h"
#include "protocol/http_response.h"

namespace app {

std::string write_json_refusal(protocol::HttpStatus status, ErrorCode code, std::string_view reason,
                               std::string_view message, base::Duration retry_after) {
  std::string body = R"({"error":{"code":)";
  append_json_string(body, name(code));
  body += R"(,"reason":)";
  append_json_string(body, reason);
  body += R"(,"message":)";
  append_json_string(body, message);
  body += "}}\n";
  const std::string seconds =
      std::to_string(std::chrono::ceil<std::chrono::seconds>(retry_after).count());
  std::array<protocol::HttpHeader, 2> headers;
  std::size_t count = 0;
  if (retry_after > base::Duration::zero()) headers[count++] = {"Retry-After", seconds};
  if (status == protocol::HttpStatus::unauthorized) {
    headers[count++] = {"WWW-Authenticate", "Bearer"};
  }
  return protocol::write_response(status, "application/json", body,
                                  std::span(headers).first(count));
}

std::string write_auth_refusal(AuthFailure failure, base::Duration retry_after) {
  return write_json_refusal(status(failure), ErrorCode::auth_failed, name(failure),
                            sentence(failure), retry_after);
}

}  // namespace app
