#include "app/auth/origin_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "app/gateway_limits.h"

namespace app {

namespace {

constexpr std::string_view kNullOrigin = "null";
constexpr std::string_view kAnyLabels = "*.";
constexpr std::uint32_t kPortMost = 65'535;

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return result;
}

// RFC 3986 3.1.
bool is_scheme(std::string_view text) {
  return !text.empty() && is_letter(text.front()) && std::ranges::all_of(text, [](char c) {
    return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

bool is_ipv6_host(std::string_view text) {
  return text.size() > 2 && text.front() == '[' && text.back() == ']' &&
         std::ranges::all_of(text.substr(1, text.size() - 2), [](char c) {
           return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' ||
                  c == '.';
         });
}

// Labels with a dot between; browsers send what is not ASCII as "xn--...".
bool is_host_name(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.back() == '.') return false;
  if (text.find("..") != std::string_view::npos) return false;
  return std::ranges::all_of(
      text, [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_'; });
}

std::uint32_t default_port(std::string_view scheme) noexcept {
  if (scheme == "https") return 443;
  return scheme == "http" ? 80 : 0;
}

bool read_port(std::string_view text, std::uint32_t& port) {
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), port);
  return status == std::errc{} && end == text.data() + text.size() && port >= 1 &&
         port <= kPortMost;
}

}  // namespace

std::string_view OriginList::parse(std::string_view text, Pattern& pattern) {
  if (text.size() > kOriginBytesMax) return "it is too long";
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return "it does not begin with https:// or another";
  pattern.scheme = lower(text.substr(0, scheme_end));
  if (!is_scheme(pattern.scheme)) return "its scheme is none";
  std::string_view host = text.substr(scheme_end + 3);
  if (host.find_first_of("/?#@") != std::string_view::npos) {
    return "an origin is a scheme, a host and a port, with no slash at the end and nothing more";
  }
  pattern.port = default_port(pattern.scheme);
  const std::size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && host.back() != ']') {
    if (!read_port(host.substr(colon + 1), pattern.port)) return "its port is not from 1 to 65535";
    host = host.substr(0, colon);
  }
  pattern.with_subdomains = host.starts_with(kAnyLabels);
  if (pattern.with_subdomains) host.remove_prefix(kAnyLabels.size());
  if (!is_host_name(host) && (pattern.with_subdomains || !is_ipv6_host(host))) {
    return "its host is none; '*.' may stand at its start only";
  }
  pattern.host = lower(host);
  return {};
}

bool OriginList::fits(const Pattern& pattern, const Pattern& origin) {
  if (pattern.scheme != origin.scheme || pattern.port != origin.port) return false;
  if (!pattern.with_subdomains) return pattern.host == origin.host;
  // Neither begins with a dot, so at least one label stands before it.
  return origin.host.size() > pattern.host.size() && origin.host.ends_with(pattern.host) &&
         origin.host[origin.host.size() - pattern.host.size() - 1] == '.';
}

base::Result<OriginList> OriginList::make(const std::vector<std::string>& origins) {
  if (origins.size() > kOriginsMost) {
    return base::Error{fmt::format("there are more than {} origins", kOriginsMost)};
  }
  OriginList list;
  list.all_are_allowed_ = origins.empty();
  for (const std::string& text : origins) {
    if (text == kNullOrigin) {
      list.null_is_allowed_ = true;
      continue;
    }
    Pattern pattern;
    if (const std::string_view mistake = parse(text, pattern); !mistake.empty()) {
      return base::Error{fmt::format("the origin '{}': {}", text, mistake)};
    }
    list.patterns_.push_back(std::move(pattern));
  }
  return list;
}

bool OriginList::allows(std::optional<std::string_view> origin) const {
  if (all_are_allowed_ || !origin) return true;
  if (*origin == kNullOrigin) return null_is_allowed_;
  Pattern asked;
  // A browser sends no star; who does is no browser, but claims to be one.
  if (!parse(*origin, asked).empty() || asked.with_subdomains) return false;
  return std::ranges::any_of(patterns_,
                             [&](const Pattern& pattern) { return fits(pattern, asked); });
}

}  // namespace app
