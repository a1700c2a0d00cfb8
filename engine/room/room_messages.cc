#include "engine/room/room_messages.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/check.h"

namespace engine {

void Publication::write_head(std::span<std::byte> head) const noexcept {
  if (head.empty()) return;
  CHECK(head.size() == head_bytes());
  CHECK(id.size() <= UINT8_MAX);
  CHECK(room.size() <= UINT8_MAX);
  std::byte* at = head.data();
  base::store_big64(at, key);
  base::store_big64(at + 8, std::uint64_t{answer.index} << 32U | answer.generation);
  base::store_big64(at + 16, static_cast<std::uint64_t>(published_at.time_since_epoch().count()));
  base::store_big32(at + 24, number_at);
  at[28] = std::byte{keep};
  at[29] = static_cast<std::byte>(id.size());
  at[30] = static_cast<std::byte>(room.size());
  at = std::ranges::copy(base::as_bytes(id), at + kFixedHeadBytes).out;
  std::ranges::copy(base::as_bytes(room), at);
}

Publication publication_of(const ShardMessage& message) noexcept {
  Publication publication{.shard = message.sender,
                          .session = as_session(message.source),
                          .opcode = static_cast<protocol::Opcode>(message.detail & kOpcodeBits),
                          .echo = (message.detail & kNoEcho) == 0};
  if ((message.detail & kHasHead) == 0) return publication;
  const std::span<const std::byte> parcel = message.parcel->bytes();
  const std::byte* at = parcel.data();
  publication.key = base::load_big64(at);
  const std::uint64_t answer = base::load_big64(at + 8);
  publication.answer = {.index = static_cast<std::uint32_t>(answer >> 32U),
                        .generation = static_cast<std::uint32_t>(answer)};
  publication.published_at =
      base::Instant{base::Duration{static_cast<std::int64_t>(base::load_big64(at + 16))}};
  publication.number_at = base::load_big32(at + 24);
  publication.keep = at[28] != std::byte{0};
  const std::string_view text = base::as_text(parcel.subspan(Publication::kFixedHeadBytes));
  const auto id_bytes = static_cast<std::size_t>(at[29]);
  publication.id = text.substr(0, id_bytes);
  publication.room = text.substr(id_bytes, static_cast<std::size_t>(at[30]));
  return publication;
}

}  // namespace engine
