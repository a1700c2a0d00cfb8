#include "app/events/binary_header.h"

#include <array>

#include "base/bytes.h"
#include "base/limits.h"
#include "protocol/utf8.h"

namespace app {

namespace {

constexpr std::size_t kFixedBytes = 12;
constexpr std::uint8_t kFlagEcho = 1;

static_assert(base::kRoomNameBytesMax == 255, "the octet for the room's length holds as much");

constexpr bool is_kind(std::uint8_t octet) noexcept {
  return octet >= static_cast<std::uint8_t>(BinaryKind::voice) &&
         octet <= static_cast<std::uint8_t>(BinaryKind::image);
}

std::uint8_t octet_at(std::span<const std::byte> message, std::size_t at) noexcept {
  return std::to_integer<std::uint8_t>(message[at]);
}

void append_octet(std::string& out, std::size_t octet) { out += static_cast<char>(octet); }

void append_big32(std::string& out, std::uint32_t number) {
  std::array<std::byte, sizeof(number)> octets{};
  base::store_big32(octets.data(), number);
  out += base::as_text(octets);
}

}  // namespace

std::string_view name(BinaryKind kind) noexcept {
  switch (kind) {
    case BinaryKind::voice:
      return "voice";
    case BinaryKind::file:
      return "file";
    case BinaryKind::image:
      return "image";
  }
  return "voice";
}

std::optional<BinaryMessage> parse_client_binary(std::span<const std::byte> message) noexcept {
  if (message.size() < kFixedBytes) return std::nullopt;
  if (octet_at(message, 0) != kBinaryVersion || !is_kind(octet_at(message, 1))) return std::nullopt;
  const std::uint8_t flags = octet_at(message, 2);
  if ((flags & ~kFlagEcho) != 0) return std::nullopt;
  const std::size_t room_size = octet_at(message, 3);
  if (room_size == 0 || message.size() - kFixedBytes < room_size) return std::nullopt;
  const auto room = message.subspan(kFixedBytes, room_size);
  if (!protocol::is_valid_utf8(room)) return std::nullopt;
  return BinaryMessage{.header = {.kind = static_cast<BinaryKind>(octet_at(message, 1)),
                                  .echo = flags == kFlagEcho,
                                  .stream = base::load_big32(message.data() + 4),
                                  .sequence = base::load_big32(message.data() + 8),
                                  .room = base::as_text(room)},
                       .payload = message.subspan(kFixedBytes + room_size)};
}

bool append_client_header(std::string& out, const BinaryHeader& header) {
  if (header.room.empty() || header.room.size() > base::kRoomNameBytesMax) return false;
  append_octet(out, kBinaryVersion);
  append_octet(out, static_cast<std::uint8_t>(header.kind));
  append_octet(out, header.echo ? kFlagEcho : 0);
  append_octet(out, header.room.size());
  append_big32(out, header.stream);
  append_big32(out, header.sequence);
  out += header.room;
  return true;
}

bool append_gateway_header(std::string& out, const BinaryHeader& header) {
  if (header.sender_id.size() > kSenderIdBytesMax) return false;
  if (!append_client_header(out, header)) return false;
  append_octet(out, header.sender_id.size());
  out += header.sender_id;
  return true;
}

}  // namespace app
