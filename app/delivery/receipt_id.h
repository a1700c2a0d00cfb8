// ReceiptId: what a message whose receipts are counted is called: its record, on its sender's
// shard, and the room that it was sent to.
//
// The text, such as "r0-1f-3-9e3779b9-7f4a7c15", is shard, index, generation, mark and room in hex,
// and the message's id wherever it goes. Clients send it back, so it is read with care: the mark is
// random, so that nobody can name a message that it was not told of. Plain value, any thread.
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
  std::uint32_t mark = 0;
  std::uint32_t room = 0;  // See room_mark().

  friend bool operator==(const ReceiptId&, const ReceiptId&) = default;
};

// Of the engine's name for a room, by which its members know that they are meant.
std::uint32_t room_mark(std::string_view engine_name) noexcept;

std::string text(const ReceiptId& id);
// Nothing if it is not what text() writes.
std::optional<ReceiptId> parse_receipt_id(std::string_view text);

}  // namespace app
