#include "app/events/message_kind.h"

namespace app {

namespace {

// The value of an enum whose name is the text, if there is one.
template <typename T>
std::optional<T> parse(std::string_view text, std::uint8_t count) noexcept {
  for (std::uint8_t i = 0; i < count; ++i) {
    if (name(static_cast<T>(i)) == text) return static_cast<T>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view name(MessageKind kind) noexcept {
  switch (kind) {
    case MessageKind::chat:
      return "chat";
    case MessageKind::robot:
      return "robot";
    case MessageKind::system:
      return "system";
    case MessageKind::file:
      return "file";
    case MessageKind::image:
      return "image";
    case MessageKind::graph:
      return "graph";
  }
  return "chat";
}

std::string_view name(DeliveryStatus status) noexcept {
  switch (status) {
    case DeliveryStatus::streaming:
      return "streaming";
    case DeliveryStatus::batch_delay:
      return "batch-delay";
    case DeliveryStatus::delivered:
      return "delivered";
  }
  return "streaming";
}

std::optional<MessageKind> parse_message_kind(std::string_view text) noexcept {
  return parse<MessageKind>(text, kMessageKindCount);
}

std::optional<DeliveryStatus> parse_delivery_status(std::string_view text) noexcept {
  return parse<DeliveryStatus>(text, kDeliveryStatusCount);
}

DeliveryStatus usual_delivery(MessageKind kind) noexcept {
  return kind == MessageKind::chat ? DeliveryStatus::streaming : DeliveryStatus::batch_delay;
}

}  // namespace app
