#include "app/clients/connection_id.h"

#include <fmt/format.h>

#include <iterator>

#include "app/clients/hex_parts.h"

namespace app {

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
  const bool read =
      read_hex_parts(text, 'c', {&id.shard, &id.session.slot, &id.session.generation});
  if (!read || id.shard > UINT16_MAX) return std::nullopt;
  return id;
}

}  // namespace app
