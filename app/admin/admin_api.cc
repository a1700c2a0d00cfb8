#include "app/admin/admin_api.h"

#include <algorithm>
#include <charconv>
#include <exception>
#include <system_error>

#include "app/admin/json_check.h"
#include "app/gateway_limits.h"
#include "base/check.h"
#include "base/log.h"
#include "protocol/http_text.h"

namespace app {

namespace {

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::string_view query_of(std::string_view target) {
  const std::size_t mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

// "application/json", with or without parameters.
bool is_json(std::string_view content_type) {
  const std::string_view type = protocol::trim(content_type.substr(0, content_type.find(';')));
  return protocol::equal_ignoring_case(type, "application/json");
}

// A name that another site could have pointed to this host is neither an address nor "localhost".
bool is_own_host(std::string_view host) {
  if (host.starts_with('[')) return true;
  const std::string_view name = host.substr(0, host.find(':'));
  if (protocol::equal_ignoring_case(name, "localhost")) return true;
  return std::ranges::all_of(name, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

std::optional<std::uint64_t> length_of(std::string_view text) {
  std::uint64_t length = 0;
  const char* const first = text.data();
  const char* const last = first + text.size();
  const auto [end, error] = std::from_chars(first, last, length);
  if (error != std::errc() || end != last) return std::nullopt;
  return length;
}

static_assert(kAdminTargetBytesMax == 4096 && kIdempotencyKeyBytesMax == 128 &&
                  kAdminBodyBytesMax == std::size_t{1} << 20 && kJsonDepthMax == 32,
              "the sentences below say the bounds");

bool changes_something(const RequestHead& head) {
  return head.method != "GET" && head.method != "HEAD";
}

}  // namespace

AdminApi::AdminApi(const AdminAccess& access, Control& control)
    : keys_(access.api_keys),
      is_local_(access.is_local),
      has_client_authority_(access.has_client_authority),
      control_(control) {
  CHECK(!keys_.empty() || is_local_ || has_client_authority_);
}

std::optional<ApiAnswer> AdminApi::refuse(const RequestHead& head) noexcept {
  try {
    return refuse_head(head);
  } catch (const std::exception& error) {
    base::log_error("admin: {} {}: {}", head.method, path_of(head.target), error.what());
    return internal_error(head);
  }
}

ApiAnswer AdminApi::answer(const RequestHead& head, std::string_view body) noexcept {
  const RouteMatch match = find_route(head.method, path_of(head.target));
  CHECK(match.route != nullptr);
  ApiAnswer answer;
  try {
    answer = head.has_idempotency_key && changes_something(head) ? carry_out_once(head, match, body)
                                                                 : carry_out(head, match, body);
  } catch (const std::exception& error) {
    base::log_error("admin: {} {}: {}", head.method, path_of(head.target), error.what());
    answer = internal_error(head);
  }
  if (changes_something(head)) {
    base::log_info("admin: {} {} from {}: {}, request {}", head.method, path_of(head.target),
                   head.address, answer.status, head.request_id);
  }
  return answer;
}

ApiAnswer AdminApi::internal_error(const RequestHead& head) const noexcept {
  return problem(ProblemKind::internal_error, "the server's log has more under this request's id",
                 head.request_id);
}

std::optional<ApiAnswer> AdminApi::refuse_head(const RequestHead& head) {
  if (head.target.size() > kAdminTargetBytesMax) {
    return problem(ProblemKind::target_too_long, "at most 4096 bytes", head.request_id);
  }
  if (head.has_doubles || !head.target.starts_with('/')) {
    return problem(ProblemKind::bad_request, "a header is there twice, or the path is no path",
                   head.request_id);
  }
  // Without a key, a web page that a browser on this host has open must not get in by a name of
  // its own for this address.
  if (keys_.empty() && !has_client_authority_ && !is_own_host(head.host)) {
    return problem(ProblemKind::wrong_host, "without API keys, ask by address or as localhost",
                   head.request_id);
  }
  const RouteMatch match = find_route(head.method, path_of(head.target));
  if (match.route == nullptr) {
    if (match.allowed.empty()) {
      return problem(ProblemKind::not_found, "no route has this path", head.request_id);
    }
    ApiAnswer answer = problem(ProblemKind::method_not_allowed, "", head.request_id);
    answer.headers.emplace_back("Allow", match.allowed);
    return answer;
  }
  if (std::optional<ApiAnswer> refusal = refuse_key(head, *match.route)) return refusal;
  return refuse_body(head, *match.route);
}

std::optional<ApiAnswer> AdminApi::refuse_key(const RequestHead& head, const Route& route) {
  if (keys_.empty() || route.access == Access::open) return std::nullopt;
  // By another name it came through somebody: a proxy, or a web page in a browser of this host.
  const bool is_from_here = is_local_ && is_own_host(head.host);
  if (route.access == Access::key_unless_local && is_from_here) return std::nullopt;
  const auto now = std::chrono::steady_clock::now();
  if (throttle_.is_closed_out(head.address, now)) {
    control_.note_refusal(AdminRefusal::address_closed_out);
    ApiAnswer answer =
        problem(ProblemKind::too_many_failures, "try again in a second", head.request_id);
    answer.headers.emplace_back("Retry-After", "1");
    return answer;
  }
  const std::string_view key = presented_key(head.authorization, head.api_key);
  if (!key.empty() && keys_.find(key)) return std::nullopt;
  throttle_.count(head.address, now);
  control_.note_refusal(AdminRefusal::no_valid_key);
  ApiAnswer answer = problem(
      ProblemKind::unauthorized,
      key.empty() ? "send Authorization: Bearer KEY, or X-API-Key: KEY" : "the key is not valid",
      head.request_id);
  answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"millrace\"");
  return answer;
}

std::optional<ApiAnswer> AdminApi::refuse_body(const RequestHead& head, const Route& route) const {
  if (head.has_idempotency_key && !is_idempotency_key(head.idempotency_key)) {
    return problem(ProblemKind::bad_request,
                   "Idempotency-Key must be 1 to 128 printable ASCII characters", head.request_id);
  }
  if (!head.transfer_encoding.empty()) {
    return problem(ProblemKind::length_required, "send Content-Length, not Transfer-Encoding",
                   head.request_id);
  }
  if (head.content_length.empty()) {
    if (!route.has_body) return std::nullopt;
    return problem(ProblemKind::length_required, "send Content-Length", head.request_id);
  }
  const std::optional<std::uint64_t> length = length_of(head.content_length);
  if (!length) {
    return problem(ProblemKind::bad_request, "Content-Length is no number", head.request_id);
  }
  if (!route.has_body) {
    if (*length == 0) return std::nullopt;
    return problem(ProblemKind::bad_request, "this request has no body", head.request_id);
  }
  if (*length > kAdminBodyBytesMax) {
    return problem(ProblemKind::body_too_large, "at most 1 MiB", head.request_id);
  }
  // A compressed body may be a thousand times as long as it says.
  if (!is_json(head.content_type) || !head.content_encoding.empty()) {
    return problem(ProblemKind::unsupported_media_type,
                   "send Content-Type: application/json, and no Content-Encoding", head.request_id);
  }
  return std::nullopt;
}

ApiAnswer AdminApi::carry_out(const RequestHead& head, const RouteMatch& match,
                              std::string_view body) {
  if (match.route->has_body && !is_json_object(body)) {
    return problem(ProblemKind::invalid_json,
                   "the body must be one JSON object, 32 levels deep at most", head.request_id);
  }
  return match.route->handler(control_, {.names = match.names,
                                         .query = query_of(head.target),
                                         .body = body,
                                         .request_id = head.request_id});
}

ApiAnswer AdminApi::carry_out_once(const RequestHead& head, const RouteMatch& match,
                                   std::string_view body) {
  // Two callers with keys of their own may count from one, both.
  const std::optional<std::size_t> caller =
      keys_.find(presented_key(head.authorization, head.api_key));
  const std::string key = (caller ? std::to_string(*caller) : "") + ' ' + head.idempotency_key;
  const auto request = Idempotency::fingerprint(head.method, head.target, body);
  Idempotency::Claim claim = idempotency_.claim(key, request, std::chrono::steady_clock::now());
  switch (claim.verdict) {
    case Idempotency::Verdict::carry_out:
      break;
    case Idempotency::Verdict::replay:
      claim.answer.headers.emplace_back("Idempotency-Replayed", "true");
      return claim.answer;
    case Idempotency::Verdict::in_progress:
      return problem(ProblemKind::key_in_progress, "ask again soon", head.request_id);
    case Idempotency::Verdict::reused:
      return problem(ProblemKind::key_reused, "", head.request_id);
    case Idempotency::Verdict::not_kept:
      return problem(ProblemKind::answer_not_kept, "", head.request_id);
  }
  ApiAnswer answer;
  try {
    answer = carry_out(head, match, body);
  } catch (...) {
    idempotency_.forget(key);
    throw;
  }
  // What the gateway could not do is worth another try.
  if (answer.status >= 500) {
    idempotency_.forget(key);
  } else {
    idempotency_.finish(key, answer, std::chrono::steady_clock::now());
  }
  return answer;
}

}  // namespace app
