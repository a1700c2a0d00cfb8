// BinaryHeader: the typed header of binary messages, which carry voice, files and images.
//
// The layout is in docs/PROTOCOL.md, "Binary messages". Pure and total: any bytes in, a header or
// nothing out; for any thread. Views point into the message. Bounds: kRoomNameBytesMax bytes of
// room, which the octet for its length holds exactly; kSenderIdBytesMax of sender.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace app {

enum class BinaryKind : std::uint8_t { voice = 1, file = 2, image = 3 };

inline constexpr std::uint8_t kBinaryVersion = 1;
inline constexpr std::size_t kSenderIdBytesMax = 255;  // One octet says how many.

// "voice", "file" or "image".
std::string_view name(BinaryKind kind) noexcept;

struct BinaryHeader {
  BinaryKind kind = BinaryKind::voice;
  bool echo = false;             // The sender gets it too.
  std::uint32_t stream = 0;      // Which of the sender's calls or files.
  std::uint32_t sequence = 0;    // The sender's own number within it.
  std::string_view room{};       // Valid UTF-8, not empty.
  std::string_view sender_id{};  // From the gateway only; empty in what clients send.
};

struct BinaryMessage {
  BinaryHeader header{};
  std::span<const std::byte> payload{};
};

// What a client sent; nothing when it is too short, of another version or kind, has a flag that we
// do not know, or when its room is empty or not UTF-8.
std::optional<BinaryMessage> parse_client_binary(std::span<const std::byte> message) noexcept;

// Append the header as a client, or as the gateway sends it; the payload follows. False, and
// nothing appended, when the room is empty or too long, or the sender is too long.
bool append_client_header(std::string& out, const BinaryHeader& header);
bool append_gateway_header(std::string& out, const BinaryHeader& header);

}  // namespace app
