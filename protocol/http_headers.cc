#include "protocol/http_headers.h"

#include <algorithm>

#include "protocol/http_text.h"

namespace protocol {

namespace {

// Visible characters, white space, and the octets above ASCII that older software sends
// (RFC 9110 5.5). Control characters are none of these.
bool is_field_value(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return (octet >= 0x20 && octet != 0x7F) || octet == '\t';
  });
}

}  // namespace

Violation HttpHeaders::add_line(std::string_view line) noexcept {
  // A line that begins with white space continued the one before in older versions of HTTP; the
  // name is then no token, and neither is one with a space in front of its colon (RFC
  // 9112 5.1, 5.2).
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return Violation::http_header_malformed;
  const HttpHeader header{line.substr(0, colon), trim(line.substr(colon + 1))};
  if (!is_token(header.name)) return Violation::http_header_malformed;
  if (!is_field_value(header.value)) return Violation::http_header_malformed;
  if (size_ == headers_.size()) return Violation::http_headers_too_many;
  headers_[size_++] = header;
  return Violation::none;
}

std::optional<std::string_view> HttpHeaders::find(std::string_view name) const noexcept {
  for (const HttpHeader& header : all()) {
    if (equal_ignoring_case(header.name, name)) return header.value;
  }
  return std::nullopt;
}

std::size_t HttpHeaders::count(std::string_view name) const noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(
      all(), [name](const HttpHeader& header) { return equal_ignoring_case(header.name, name); }));
}

bool HttpHeaders::has_token(std::string_view name, std::string_view token) const noexcept {
  for (const HttpHeader& header : all()) {
    if (!equal_ignoring_case(header.name, name)) continue;
    std::string_view list = header.value;
    for (auto element = next_list_element(list); !element.empty();
         element = next_list_element(list)) {
      if (equal_ignoring_case(element, token)) return true;
    }
  }
  return false;
}

}  // namespace protocol
