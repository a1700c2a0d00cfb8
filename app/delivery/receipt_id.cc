#include "app/delivery/receipt_id.h"

#include <fmt/format.h>

#include "app/clients/hex_parts.h"
#include "engine/room/name_index.h"

namespace app {

std::uint32_t room_mark(std::string_view engine_name) noexcept {
  const std::uint64_t hash = engine::hash_name(engine_name);
  return static_cast<std::uint32_t>(hash ^ hash >> 32U);
}

std::string text(const ReceiptId& id) {
  return fmt::format("r{:x}-{:x}-{:x}-{:x}-{:x}", id.shard, id.record.index, id.record.generation,
                     id.mark, id.room);
}

std::optional<ReceiptId> parse_receipt_id(std::string_view text) {
  ReceiptId id;
  if (!read_hex_parts(text, 'r',
                      {&id.shard, &id.record.index, &id.record.generation, &id.mark, &id.room})) {
    return std::nullopt;
  }
  return id;
}

}  // namespace app
