// MessageKind and DeliveryStatus: what a chat message is, and how and whether it was delivered.
//
// Plain constants and total functions, for any thread. The names are those of docs/PROTOCOL.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace app {

enum class MessageKind : std::uint8_t { chat, robot, system, file, image, graph };
inline constexpr std::uint8_t kMessageKindCount = 6;

enum class DeliveryStatus : std::uint8_t {
  streaming,    // To be delivered at once.
  batch_delay,  // May wait a moment for others, to be delivered with them.
  delivered,    // Said by the gateway only.
};
inline constexpr std::uint8_t kDeliveryStatusCount = 3;

// "chat" and so on; "streaming", "batch-delay", "delivered".
std::string_view name(MessageKind kind) noexcept;
std::string_view name(DeliveryStatus status) noexcept;

std::optional<MessageKind> parse_message_kind(std::string_view text) noexcept;
std::optional<DeliveryStatus> parse_delivery_status(std::string_view text) noexcept;

// How a message of that kind is delivered when its sender does not say: what people type at each
// other at once, what machines say and files may wait.
DeliveryStatus usual_delivery(MessageKind kind) noexcept;

}  // namespace app
