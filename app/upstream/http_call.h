// HttpCall and HttpAnswer: what is asked of another service over HTTP, and what came of it.
//
// Plain values, any thread. Bounds: `timeout` for the call's turn to come, and as long again for
// the other side once it has; `answer_bytes_max` for the answer's body, kept while it arrives.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/gateway_limits.h"
#include "base/result.h"

namespace app {

struct HttpCall {
  std::string method = "GET";
  std::string url{};
  std::vector<std::string> headers{};  // "Name: value", each without an end of line.
  std::string body{};
  std::chrono::milliseconds timeout{2'000};
  std::size_t answer_bytes_max = kUpstreamAnswerBytesMax;
};

enum class HttpOutcome : std::uint8_t {
  ok,           // There is an answer, whatever its status.
  timed_out,    // Not all of it within the timeout, which began when its turn had come.
  unreachable,  // No connection: refused, no route, no such host.
  broken,       // The connection ended before the answer did, or what came is no HTTP.
  too_large,    // More than was asked to be read.
  tls_failed,   // No common ground, or a certificate that is not to be trusted.
  bad_call,     // Ours: a URL, method or header that may not be sent.
  overloaded,   // Ours: too many calls wait, or its turn never came; nothing was sent.
  ended,        // The client was destroyed.
};

std::string_view name(HttpOutcome outcome) noexcept;

struct HttpAnswer {
  HttpOutcome outcome = HttpOutcome::ended;
  int status = 0;      // Of `ok` alone.
  std::string body{};  // Of `ok` alone.
};

// Whether it is http:// or https:// with a host, and without a user, which belongs in a header. The
// error says what is missing, for the operator who configured it.
base::Status check_url(const std::string& url);

// A POST that sends JSON and wants JSON, without a body yet.
HttpCall json_post(const std::string& url, std::chrono::milliseconds timeout,
                   std::size_t answer_bytes_max);

// Whether it may be sent: its URL, and a method and headers that cannot smuggle in further lines.
bool is_sendable(const HttpCall& call);

}  // namespace app
