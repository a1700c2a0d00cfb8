#include "protocol/http_lines.h"

#include "base/limits.h"

namespace protocol {

namespace {

bool has_forbidden(std::string_view line) noexcept {
  return line.find('\r') != std::string_view::npos || line.find('\0') != std::string_view::npos;
}

constexpr HttpLines::Step stopped(Violation violation) noexcept {
  return {.kind = HttpLines::Step::Kind::violation, .violation = violation};
}

}  // namespace

HttpLines::Step HttpLines::next() noexcept {
  const std::string_view rest = text_.substr(position_);
  const std::size_t feed = rest.find('\n');
  if (feed == std::string_view::npos) return next_without_ending(rest);
  if (feed == 0 || rest[feed - 1] != '\r') return stopped(Violation::http_line_ending);
  const std::string_view line = rest.substr(0, feed - 1);
  if (line.size() > base::kHandshakeLineBytesMax) return stopped(Violation::http_line_too_long);
  if (has_forbidden(line)) return stopped(Violation::http_line_ending);
  if (position_ + feed + 1 > base::kHandshakeBytesMax) {
    return stopped(Violation::http_head_too_large);
  }
  position_ += feed + 1;
  return {.kind = Step::Kind::line, .line = line};
}

// The end of the line is not there yet: is what is there already too much, or already wrong?
HttpLines::Step HttpLines::next_without_ending(std::string_view rest) const noexcept {
  const std::string_view line = rest.ends_with('\r') ? rest.substr(0, rest.size() - 1) : rest;
  if (has_forbidden(line)) return stopped(Violation::http_line_ending);
  if (line.size() > base::kHandshakeLineBytesMax) return stopped(Violation::http_line_too_long);
  if (text_.size() >= base::kHandshakeBytesMax) return stopped(Violation::http_head_too_large);
  return {};
}

}  // namespace protocol
