#include "app/events/message_kind.h"

#include <gtest/gtest.h>

namespace app {
namespace {

TEST(MessageKindTest, NamesAndParsesEach) {
  constexpr std::string_view kNames[] = {"chat", "robot", "system", "file", "image", "graph"};
  for (std::uint8_t i = 0; i < kMessageKindCount; ++i) {
    EXPECT_EQ(name(static_cast<MessageKind>(i)), kNames[i]);
    EXPECT_EQ(parse_message_kind(kNames[i]), static_cast<MessageKind>(i));
  }
  for (const std::string_view wrong : {"", "Chat", "chat ", "cha", "streaming"}) {
    EXPECT_EQ(parse_message_kind(wrong), std::nullopt) << wrong;
  }
}

TEST(DeliveryStatusTest, NamesAndParsesEach) {
  constexpr std::string_view kNames[] = {"streaming", "batch-delay", "delivered"};
  for (std::uint8_t i = 0; i < kDeliveryStatusCount; ++i) {
    EXPECT_EQ(name(static_cast<DeliveryStatus>(i)), kNames[i]);
    EXPECT_EQ(parse_delivery_status(kNames[i]), static_cast<DeliveryStatus>(i));
  }
  for (const std::string_view wrong : {"", "batch_delay", "STREAMING", "chat"}) {
    EXPECT_EQ(parse_delivery_status(wrong), std::nullopt) << wrong;
  }
}

TEST(DeliveryStatusTest, OnlyWhatPeopleTypeIsHurried) {
  EXPECT_EQ(usual_delivery(MessageKind::chat), DeliveryStatus::streaming);
  for (const MessageKind kind : {MessageKind::robot, MessageKind::system, MessageKind::file,
                                 MessageKind::image, MessageKind::graph}) {
    EXPECT_EQ(usual_delivery(kind), DeliveryStatus::batch_delay);
  }
}

}  // namespace
}  // namespace app
