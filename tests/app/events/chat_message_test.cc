#include "app/events/chat_message.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/limits.h"

namespace app {
namespace {

class ChatMessageTest : public testing::Test {
 protected:
  static constexpr std::size_t kContentMax = 100;

  // What is wrong with the data; empty: nothing.
  std::string_view mistake(std::string_view data) {
    text_ = R"({"event":"chat:message:send","data":)" + std::string(data) + "}";
    EXPECT_EQ(events_.read(base::as_bytes(text_), event_), nullptr) << text_;
    const EventFault* const fault = reader_.read(event_, message_);
    if (fault == nullptr) return {};
    EXPECT_EQ(fault->code, ErrorCode::client_error);
    return fault->message;
  }

  // What the members of the room get, with the number that the room gives it.
  nlohmann::json received(const ChatDelivery& delivery, bool escape_html = false) {
    ChatWriter writer(event_writer_, escape_html);
    const auto [text, at] = writer.write_received(message_, delivery);
    std::string out(text.begin(), text.end());
    EXPECT_EQ(out.substr(at, base::kNumberTextBytes), std::string(base::kNumberTextBytes, ' '));
    EXPECT_EQ(out.substr(at + base::kNumberTextBytes), R"(},"version":"1.0"})");
    EXPECT_FALSE(nlohmann::json::accept(out));  // Before it has its number.
    out.replace(at + base::kNumberTextBytes - 4, 4, "1234");
    nlohmann::json whole = nlohmann::json::parse(out);
    EXPECT_EQ(whole["event"], "chat:message:received");
    EXPECT_EQ(whole["data"]["seq"], 1234);
    out.replace(at, base::kNumberTextBytes, "18446744073709551615");
    EXPECT_EQ(nlohmann::json::parse(out)["data"]["seq"], UINT64_MAX);
    return whole["data"];
  }

  EventReader events_;
  Event event_;
  EventWriter event_writer_;
  ChatReader reader_{kContentMax};
  ChatMessage message_;

 private:
  std::string text_;
};

TEST_F(ChatMessageTest, ReadsTheLeast) {
  ASSERT_EQ(mistake(R"({"room":"r","content":"hello"})"), "");
  EXPECT_EQ(message_.room, "r");
  EXPECT_EQ(message_.content_raw, "\"hello\"");
  EXPECT_EQ(message_.content_text, "hello");
  EXPECT_TRUE(message_.content_is_text);
  EXPECT_EQ(message_.kind, MessageKind::chat);
  EXPECT_EQ(message_.delivery, DeliveryStatus::streaming);
  EXPECT_TRUE(message_.client_id.empty());
  EXPECT_TRUE(message_.metadata_raw.empty());
  EXPECT_TRUE(message_.key.empty());
  EXPECT_FALSE(message_.receipts);
  EXPECT_TRUE(message_.echo);
  EXPECT_TRUE(message_.ack);
}

TEST_F(ChatMessageTest, ReadsEverything) {
  ASSERT_EQ(mistake(R"({"roomId":"r","content":{"a":[1]},"type":"graph","clientMessageId":"c-1",)"
                    R"("metadata":{"m":1},"deliveryStatus":"streaming","receipts":true,)"
                    R"("echo":false,"ack":false,"key":"EURUSD","later":"ignored"})"),
            "");
  EXPECT_EQ(message_.room, "r");
  EXPECT_EQ(message_.content_raw, R"({"a":[1]})");
  EXPECT_FALSE(message_.content_is_text);
  EXPECT_EQ(message_.kind, MessageKind::graph);
  EXPECT_EQ(message_.delivery, DeliveryStatus::streaming);
  EXPECT_EQ(message_.client_id, "c-1");
  EXPECT_EQ(message_.metadata_raw, R"({"m":1})");
  EXPECT_EQ(message_.key, "EURUSD");
  EXPECT_TRUE(message_.receipts);
  EXPECT_FALSE(message_.echo);
  EXPECT_FALSE(message_.ack);
  // And nothing of it stays.
  ASSERT_EQ(mistake(R"({"room":"s","content":"x","id":"c-2"})"), "");
  EXPECT_EQ(message_.client_id, "c-2");
  EXPECT_TRUE(message_.key.empty());
  EXPECT_TRUE(message_.echo);
}

TEST_F(ChatMessageTest, EachKindHasItsUsualDelivery) {
  for (const std::string_view kind : {"robot", "system", "file", "image", "graph"}) {
    ASSERT_EQ(mistake(R"({"room":"r","content":"x","type":")" + std::string(kind) + "\"}"), "");
    EXPECT_EQ(name(message_.kind), kind);
    EXPECT_EQ(message_.delivery, DeliveryStatus::batch_delay);
  }
  ASSERT_EQ(mistake(R"({"room":"r","content":"x","deliveryStatus":"batch-delay"})"), "");
  EXPECT_EQ(message_.delivery, DeliveryStatus::batch_delay);
}

TEST_F(ChatMessageTest, SaysWhatIsWrongWithWhichField) {
  const auto with = [this](std::string_view more) {
    return std::string(mistake(R"({"room":"r","content":"x",)" + std::string(more) + "}"));
  };
  EXPECT_EQ(mistake(R"({"content":"x"})"), "data.room is missing");
  EXPECT_EQ(mistake(R"({"room":"","content":"x"})"), "data.room is empty");
  EXPECT_EQ(mistake(R"({"room":1,"content":"x"})"), "data.room must be a string");
  EXPECT_EQ(mistake(R"({"room":")" + std::string(255, 'r') + R"(","content":"x"})"), "");
  EXPECT_EQ(mistake(R"({"room":")" + std::string(256, 'r') + R"(","content":"x"})"),
            "data.room is longer than 255 bytes");
  EXPECT_EQ(mistake(R"({"room":"r"})"), "data.content is missing");
  EXPECT_EQ(mistake(R"({"room":"r","content":null})"), "data.content is missing");
  EXPECT_EQ(mistake(R"({"room":"r","content":""})"), "data.content is empty");
  EXPECT_EQ(mistake(R"({"room":"r","content":[1]})"), "data.content must be a string or an object");
  EXPECT_EQ(with(R"("type":"poem")"),
            "data.type must be one of: chat, robot, system, file, image, graph");
  EXPECT_EQ(with(R"("deliveryStatus":"delivered")"),
            "data.deliveryStatus must be one of: streaming, batch-delay");
  EXPECT_EQ(with(R"("metadata":[])"), "data.metadata must be an object");
  EXPECT_EQ(with(R"("id":"")"), "data.id is empty");
  EXPECT_EQ(with(R"("id":")" + std::string(65, 'i') + "\""), "data.id is longer than 64 bytes");
  EXPECT_EQ(with(R"("echo":"yes")"), "data.echo must be true or false");
  EXPECT_EQ(with(R"("ack":1)"), "data.ack must be true or false");
  EXPECT_EQ(with(R"("receipts":{})"), "data.receipts must be true or false");
  EXPECT_EQ(with(R"("key":")" + std::string(129, 'k') + "\""), "data.key is longer than 128 bytes");
  EXPECT_EQ(mistake("[]"), "data must be an object");
}

TEST_F(ChatMessageTest, ContentAndMetadataAreBounded) {
  const auto content = [](std::size_t bytes) {
    return R"({"room":"r","content":")" + std::string(bytes, 'c') + "\"}";
  };
  const auto metadata = [](std::size_t bytes) {
    return R"({"room":"r","content":"c","metadata":{"m":")" + std::string(bytes - 8, 'm') + "\"}}";
  };
  EXPECT_EQ(mistake(content(kContentMax)), "");
  EXPECT_EQ(mistake(content(kContentMax + 1)), "data.content is longer than 100 bytes");
  EXPECT_EQ(mistake(metadata(kChatMetadataBytesMax)), "");
  EXPECT_EQ(message_.metadata_raw.size(), kChatMetadataBytesMax);
  EXPECT_EQ(mistake(metadata(kChatMetadataBytesMax + 1)),
            "data.metadata is longer than 4096 bytes");
}

TEST_F(ChatMessageTest, WritesWhatTheMembersGet) {
  ASSERT_EQ(mistake(R"({"room":"r","content":"hi \"you\"","metadata":{"m":[1, 2]}})"), "");
  EXPECT_EQ(
      received(
          {.id = "m-1", .sender_id = "u\"1", .sender_name = "Ann", .unix_ms = 1'795'794'707'012}),
      nlohmann::json::parse(R"({"id":"m-1","type":"chat","roomId":"r","senderId":"u\"1",)"
                            R"("senderName":"Ann","content":"hi \"you\"",)"
                            R"("timestamp":"2026-11-27T15:51:47.012Z",)"
                            R"("deliveryStatus":"delivered","metadata":{"m":[1,2]},)"
                            R"("seq":1234})"));
  ASSERT_EQ(mistake(R"({"room":"r","content":{"a":1},"type":"file"})"), "");
  const nlohmann::json data =
      received({.id = "m", .sender_id = "u", .status = DeliveryStatus::batch_delay});
  EXPECT_EQ(data["content"], nlohmann::json::parse(R"({"a":1})"));
  EXPECT_EQ(data["deliveryStatus"], "batch-delay");
  EXPECT_FALSE(data.contains("senderName"));
  EXPECT_FALSE(data.contains("metadata"));
}

TEST_F(ChatMessageTest, TextIsCleanedWhateverKindItIsSaidToBe) {
  const ChatDelivery delivery{.id = "m", .sender_id = "u"};
  ASSERT_EQ(mistake(R"({"room":"r","content":"a\u202eb\u0007c\n\td"})"), "");
  EXPECT_EQ(received(delivery)["content"], "abc\n\td");
  for (const std::string_view kind : {"robot", "system", "file", "image", "graph"}) {
    ASSERT_EQ(mistake(R"({"room":"r","content":"a\u202eb","type":")" + std::string(kind) + "\"}"),
              "");
    EXPECT_EQ(received(delivery)["content"], "ab") << kind;
  }
  ASSERT_EQ(mistake(R"({"room":"r","content":{"t":"\u202e"}})"), "");
  EXPECT_EQ(received(delivery)["content"]["t"], "\xE2\x80\xAE");
}

TEST_F(ChatMessageTest, MarkupIsEscapedOnlyWhereAsked) {
  const ChatDelivery delivery{.id = "m", .sender_id = "u"};
  ASSERT_EQ(mistake(R"({"room":"r","content":"<b> & \u003c/b>"})"), "");
  EXPECT_EQ(received(delivery)["content"], "<b> & </b>");
  EXPECT_EQ(received(delivery, true)["content"], "&lt;b&gt; &amp; &lt;/b&gt;");
}

}  // namespace
}  // namespace app
