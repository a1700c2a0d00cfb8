#include "app/rooms/epoch_text.h"

#include <fmt/format.h>

#include <charconv>
#include <iterator>
#include <system_error>

namespace app {

void append_epoch(std::string& out, std::uint64_t epoch) {
  fmt::format_to(std::back_inserter(out), "{:x}", epoch);
}

std::optional<std::uint64_t> parse_epoch(std::string_view text) {
  std::uint64_t epoch = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), epoch, 16).ec != std::errc{}) {
    return std::nullopt;
  }
  std::string written;
  append_epoch(written, epoch);
  return written == text ? std::optional(epoch) : std::nullopt;
}

}  // namespace app
