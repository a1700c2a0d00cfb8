// HttpHeaders: the header fields of one HTTP head, as views of the text that they were parsed from.
//
// Valid as long as that text is. At most kHandshakeHeadersMax fields, held in the object itself
// (two kilobytes: a local of whoever handles the handshake); one more is a violation. Names are
// compared without regard to case (RFC 9110 5.1), values are kept without surrounding white space.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "base/limits.h"
#include "protocol/violation.h"

namespace protocol {

struct HttpHeader {
  std::string_view name;
  std::string_view value;
};

class HttpHeaders {
 public:
  // Parses one field line, without its line ending (RFC 9112 5). Violation::none when it was added.
  [[nodiscard]] Violation add_line(std::string_view line) noexcept;

  void clear() noexcept { size_ = 0; }

  // The first field of that name; an empty value is a value.
  std::optional<std::string_view> find(std::string_view name) const noexcept;

  std::size_t count(std::string_view name) const noexcept;

  // Whether a field of that name lists the token, in whatever case (RFC 9110 5.6.1).
  bool has_token(std::string_view name, std::string_view token) const noexcept;

  std::span<const HttpHeader> all() const noexcept { return std::span(headers_.data(), size_); }

 private:
  std::size_t size_ = 0;
  std::array<HttpHeader, base::kHandshakeHeadersMax> headers_{};
};

}  // namespace protocol
