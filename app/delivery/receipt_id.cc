#include "app/delivery/receipt_id.h"

#include <fmt/format.h>

#include "app/clients/hex_parts.h"

namespace app {

std::string text(const ReceiptId& id) {
  return fmt::format("r{:x}-{:x}-{:x}", id.shard, id.record.index, id.record.generation);
}

std::optional<ReceiptId> parse_receipt_id(std::string_view text) {
  ReceiptId id;
  if (!read_hex_parts(text, 'r', {&id.shard, &id.record.index, &id.record.generation})) {
    return std::nullopt;
  }
  return id;
}

}  // namespace app
