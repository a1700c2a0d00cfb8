#include "app/upstream/http_call.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

namespace app {

namespace {

constexpr std::size_t kMethodBytesMax = 16;

struct UrlCleanup {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK || text == nullptr) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != '\x7f'; });
}

}  // namespace

std::string_view name(HttpOutcome outcome) noexcept {
  switch (outcome) {
    case HttpOutcome::ok:
      return "ok";
    case HttpOutcome::timed_out:
      return "timed out";
    case HttpOutcome::unreachable:
      return "unreachable";
    case HttpOutcome::broken:
      return "broken off";
    case HttpOutcome::too_large:
      return "too large";
    case HttpOutcome::tls_failed:
      return "TLS failed";
    case HttpOutcome::bad_call:
      return "bad call";
    case HttpOutcome::overloaded:
      return "overloaded";
    case HttpOutcome::ended:
      return "ended";
  }
  return "unknown";
}

base::Status check_url(const std::string& url) {
  const std::unique_ptr<CURLU, UrlCleanup> parsed(curl_url());
  // A NUL would end it early, for the library alone.
  const bool whole = parsed != nullptr && url.find('\0') == std::string::npos;
  if (!whole || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
    return base::Error{"must be a whole URL, such as http://auth.internal:8080/verify"};
  }
  const std::string scheme = part_of(parsed.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") {
    return base::Error{"must start with http:// or https://"};
  }
  if (part_of(parsed.get(), CURLUPART_HOST).empty()) return base::Error{"must name a host"};
  if (!part_of(parsed.get(), CURLUPART_USER).empty()) {
    return base::Error{"must not contain a user or a password"};
  }
  return {};
}

HttpCall json_post(const std::string& url, std::chrono::milliseconds timeout,
                   std::size_t answer_bytes_max) {
  return {.method = "POST",
          .url = url,
          .headers = {"Content-Type: application/json", "Accept: application/json"},
          .timeout = timeout,
          .answer_bytes_max = answer_bytes_max};
}

bool is_sendable(const HttpCall& call) {
  const bool method_fits =
      !call.method.empty() && call.method.size() <= kMethodBytesMax &&
      std::ranges::all_of(call.method, [](char c) { return c >= 'A' && c <= 'Z'; });
  return method_fits && std::ranges::all_of(call.headers, is_printable) && check_url(call.url).ok();
}

}  // namespace app
