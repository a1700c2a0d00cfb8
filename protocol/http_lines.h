// HttpLines: cuts the head of an HTTP message into its lines, strictly (RFC 9112 2.2).
//
// A line ends with CR LF and holds neither of them nor NUL; anything else is a violation, because
// what parsers disagree about is what smugglers use. The reader keeps nothing but its position in
// the caller's text.
//
// Limits: kHandshakeLineBytesMax a line, kHandshakeBytesMax in all, whether or not the end is
// there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "protocol/violation.h"

namespace protocol {

class HttpLines {
 public:
  explicit HttpLines(std::string_view text) noexcept : text_(text) {}

  struct Step {
    enum class Kind : std::uint8_t { line, incomplete, violation };
    Kind kind = Kind::incomplete;
    Violation violation = Violation::none;
    std::string_view line{};  // Without its ending; empty for the line that ends the head.
  };
  Step next() noexcept;

  // How much of the text the lines so far have taken, their endings included.
  std::size_t consumed() const noexcept { return position_; }

 private:
  Step next_without_ending(std::string_view rest) const noexcept;

  std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace protocol
