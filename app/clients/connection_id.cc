#include "app/clients/connection_id.h"

#include <fmt/format.h>

#include <charconv>
#include <iterator>

namespace app {

namespace {

// Reads a number in its shortest hex form, and what must follow it.
bool read_part(std::string_view& text, std::uint32_t& value, bool last) {
  const char* const begin = text.data();
  const auto [end, error] = std::from_chars(begin, begin + text.size(), value, 16);
  if (error != std::errc{}) return false;
  const auto size = static_cast<std::size_t>(end - begin);
  if (size > 1 && text.front() == '0') return false;
  text.remove_prefix(size);
  if (last) return text.empty();
  if (!text.starts_with('-')) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

void append_text(std::string& out, const ConnectionId& id) {
  fmt::format_to(std::back_inserter(out), "c{:x}-{:x}-{:x}", id.shard, id.session.slot,
                 id.session.generation);
}

std::string text(const ConnectionId& id) {
  std::string out;
  append_text(out, id);
  return out;
}

std::optional<ConnectionId> parse_connection_id(std::string_view text) {
  ConnectionId id;
  if (!text.starts_with('c')) return std::nullopt;
  text.remove_prefix(1);
  const bool read = read_part(text, id.shard, false) && read_part(text, id.session.slot, false) &&
                    read_part(text, id.session.generation, true);
  if (!read || id.shard > UINT16_MAX) return std::nullopt;
  return id;
}

}  // namespace app
