#include "protocol/http_request.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "protocol/http_lines.h"
#include "protocol/http_text.h"
#include "protocol/url_text.h"

namespace protocol {

namespace {

constexpr std::string_view kVersion = "HTTP/1.1";

HttpParse rejected(Violation violation) noexcept {
  return {.status = HttpParse::Status::rejected, .refusal = refuse(violation)};
}

// Visible ASCII without the fragment, which is never sent (RFC 9112 3.2).
bool is_target(std::string_view text) noexcept {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7F' && c != '#'; });
}

// Drops the scheme and authority of a target in absolute form, as proxies send it (RFC 9112 3.2.2).
std::string_view without_authority(std::string_view target) noexcept {
  constexpr std::array<std::string_view, 4> kSchemes = {"http://", "https://", "ws://", "wss://"};
  for (const std::string_view scheme : kSchemes) {
    if (!equal_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    target.remove_prefix(std::min(target.find_first_of("/?"), target.size()));
    return target.empty() ? "/" : target;
  }
  return target;
}

Violation parse_target(HttpRequest& out) noexcept {
  if (!is_target(out.target)) return Violation::request_target_malformed;
  const std::string_view local = without_authority(out.target);
  const std::size_t mark = local.find('?');
  out.path = local.substr(0, mark);
  out.query = mark == std::string_view::npos ? std::string_view() : local.substr(mark + 1);
  if (out.path.empty() && local.size() != out.target.size()) out.path = "/";  // "http://host?a=b"
  if (!out.path.starts_with('/')) return Violation::request_target_malformed;
  return Violation::none;
}

// method SP target SP version (RFC 9112 3).
Violation parse_request_line(std::string_view line, HttpRequest& out) noexcept {
  const std::size_t first_space = line.find(' ');
  const std::size_t last_space = line.rfind(' ');
  if (first_space == std::string_view::npos || first_space == last_space) {
    return Violation::request_line_malformed;
  }
  out.method = line.substr(0, first_space);
  out.target = line.substr(first_space + 1, last_space - first_space - 1);
  const std::string_view version = line.substr(last_space + 1);
  if (!is_token(out.method)) return Violation::request_line_malformed;
  if (!version.starts_with("HTTP/")) return Violation::request_line_malformed;
  if (version != kVersion) return Violation::http_version_unsupported;
  return parse_target(out);
}

// uri-host [ ":" port ], checked by its alphabet only (RFC 9110 7.2).
bool is_host(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_token_character(c) || std::string_view("()[]:;=,").find(c) != std::string_view::npos;
  });
}

Violation check_body(const HttpHeaders& headers) noexcept {
  const std::size_t lengths = headers.count("Content-Length");
  if (lengths > 1) return Violation::http_body_length_invalid;
  if (lengths == 1) {
    const std::string_view text = *headers.find("Content-Length");
    std::uint64_t length = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (status != std::errc() || end != text.data() + text.size()) {
      return Violation::http_body_length_invalid;
    }
    if (length > 0) return Violation::request_body_present;
  }
  if (headers.find("Transfer-Encoding")) return Violation::request_body_present;
  return Violation::none;
}

// What only the whole head can break.
Violation check_head(const HttpRequest& request) noexcept {
  if (request.headers.count("Host") != 1) return Violation::request_host_invalid;
  if (!is_host(*request.find("Host"))) return Violation::request_host_invalid;
  return check_body(request.headers);
}

}  // namespace

HttpParse parse_http_request(std::string_view accumulated, HttpRequest& out) noexcept {
  out.headers.clear();
  HttpLines lines(accumulated);
  for (bool first = true;; first = false) {
    const HttpLines::Step step = lines.next();
    switch (step.kind) {
      case HttpLines::Step::Kind::incomplete:
        return {};
      case HttpLines::Step::Kind::violation:
        // The request line is long when its target is.
        return rejected(first && step.violation == Violation::http_line_too_long
                            ? Violation::request_target_too_long
                            : step.violation);
      case HttpLines::Step::Kind::line:
        break;
    }
    if (!first && step.line.empty()) break;
    const Violation violation =
        first ? parse_request_line(step.line, out) : out.headers.add_line(step.line);
    if (violation != Violation::none) return rejected(violation);
  }
  const Violation violation = check_head(out);
  if (violation != Violation::none) return rejected(violation);
  return {.status = HttpParse::Status::complete, .consumed = lines.consumed()};
}

namespace {

// Calls `take(value)` for each value of the parameter, not yet decoded, until it returns false.
template <typename Take>
void for_each_parameter(std::string_view query, std::string_view parameter, Take&& take) {
  while (!query.empty()) {
    const QueryPair pair = next_query_pair(query);
    const std::optional<std::string> name = decode_percents(pair.name, PlusIs::space);
    if (name == parameter && !take(pair.value)) return;
  }
}

}  // namespace

std::optional<std::string> query_parameter(std::string_view query, std::string_view parameter) {
  std::optional<std::string> found;
  for_each_parameter(query, parameter, [&](std::string_view value) {
    found = decode_percents(value, PlusIs::space);
    return false;
  });
  return found;
}

std::optional<std::vector<std::string>> query_parameters(std::string_view query,
                                                         std::string_view parameter) {
  std::optional<std::vector<std::string>> found(std::in_place);
  for_each_parameter(query, parameter, [&](std::string_view value) {
    std::optional<std::string> decoded = decode_percents(value, PlusIs::space);
    if (decoded) {
      found->push_back(*std::move(decoded));
    } else {
      found.reset();
    }
    return decoded.has_value();
  });
  return found;
}

}  // namespace protocol
