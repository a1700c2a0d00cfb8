// ReceiptId: what a message whose receipts are counted is called: its record, on its sender's
// shard.
//
// The text, such as "r0-1f-3", is shard, index and generation in hex, and the message's id wherever
// it goes. Clients send it back, so it is read with care. Plain value, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/slot_map.h"

namespace app {

struct ReceiptId {
  std::uint32_t shard = 0;
  base::Handle record{};

  friend bool operator==(const ReceiptId&, const ReceiptId&) = default;
};

std::string text(const ReceiptId& id);
// Nothing if it is not what text() writes.
std::optional<ReceiptId> parse_receipt_id(std::string_view text);

}  // namespace app
