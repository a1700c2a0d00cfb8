#include "loadgen/native/native_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace loadgen {
namespace {

constexpr std::string_view kReceived =
    R"({"event":"chat:message:received","data":{"type":"chat","id":"m0-1","roomId":"r7",)"
    R"("senderId":"u3","content":"4d52","timestamp":"2026-11-27T15:51:47.012Z",)"
    R"("deliveryStatus":"delivered","seq":                  17},"version":"1.0"})";
constexpr std::string_view kSent =
    R"({"event":"chat:message:sent","requestId":7,"data":{"id":"m0-1","seq":17,"matched":3,)"
    R"("queued":2,"conflated":1,"dropped":0,"duplicate":false},"version":"1.0"})";
constexpr std::string_view kReceipts =
    R"({"event":"chat:message:receipts","data":{"id":"r0-1","roomId":"r7","seq":17,"delivered":3,)"
    R"("read":1},"version":"1.0"})";
constexpr std::string_view kJoined =
    R"({"event":"chat:room:joined","requestId":2,"data":{"roomId":"r7","epoch":"e1","seq":16},)"
    R"("version":"1.0"})";

TEST(NativeEvents, ReadsADelivery) {
  ReceivedChat chat;
  ASSERT_TRUE(read_received(kReceived, chat));
  EXPECT_EQ(chat.id, "m0-1");
  EXPECT_EQ(chat.room, "r7");
  EXPECT_EQ(chat.sender, "u3");
  EXPECT_EQ(chat.content, "4d52");
  EXPECT_EQ(chat.number, 17);
}

TEST(NativeEvents, ReadsAnswersToThePublisher) {
  Acknowledgement sent;
  ASSERT_TRUE(read_sent(kSent, sent));
  EXPECT_EQ(sent.request, 7);
  EXPECT_EQ(sent.id, "m0-1");
  EXPECT_EQ(sent.number, 17);
  EXPECT_EQ(sent.matched, 3);
  EXPECT_EQ(sent.queued, 2);
  EXPECT_EQ(sent.conflated, 1);
  EXPECT_EQ(sent.dropped, 0);
  ReceiptTotals totals;
  ASSERT_TRUE(read_receipts(kReceipts, totals));
  EXPECT_EQ(totals.id, "r0-1");
  EXPECT_EQ(totals.room, "r7");
  EXPECT_EQ(totals.number, 17);
  EXPECT_EQ(totals.delivered, 3);
  EXPECT_EQ(totals.read, 1);
  JoinedRoom joined;
  ASSERT_TRUE(read_joined(kJoined, joined));
  EXPECT_EQ(joined.request, 2);
  EXPECT_EQ(joined.room, "r7");
  EXPECT_EQ(joined.number, 16);
}

TEST(NativeEvents, ReadsInWhichRoomSomebodyCameOrLeft) {
  std::string_view room;
  const std::string text =
      R"({"event":"chat:room:member","data":{"roomId":"r7","userId":"u1","connectionId":"c0-1-1",)"
      R"("action":"joined"},"version":"1.0"})";
  EXPECT_TRUE(read_member(text, room));
  EXPECT_EQ(room, "r7");
  EXPECT_FALSE(read_member(text + "}", room));
}

// Whatever octet is missing, or too many, the text is not what it was.
TEST(NativeEvents, TakesNothingThatIsCutOrLonger) {
  const auto readable = [](std::string_view text) {
    ReceivedChat chat;
    Acknowledgement sent;
    ReceiptTotals totals;
    JoinedRoom joined;
    return read_received(text, chat) || read_sent(text, sent) || read_receipts(text, totals) ||
           read_joined(text, joined);
  };
  for (const std::string_view whole : {kReceived, kSent, kReceipts, kJoined}) {
    EXPECT_TRUE(readable(whole));
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_FALSE(readable(whole.substr(0, size))) << size;
    }
    EXPECT_FALSE(readable(std::string(whole) + " "));
  }
}

TEST(NativeEvents, AcknowledgementsOfRepetitionsAndOfNothingKnownAreNone) {
  Acknowledgement sent;
  std::string repeated(kSent);
  repeated.replace(repeated.find("false"), 5, "true");
  EXPECT_FALSE(read_sent(repeated, sent));
  EXPECT_FALSE(read_sent(R"({"event":"chat:message:sent","requestId":7,"data":{"id":"m0-1",)"
                         R"("known":false},"version":"1.0"})",
                         sent));
}

TEST(NativeEvents, TellsEventsByTheirWholeName) {
  EXPECT_EQ(event_of(kReceived), NativeEvent::received);
  EXPECT_EQ(event_of(kSent), NativeEvent::sent);
  EXPECT_EQ(event_of(kReceipts), NativeEvent::receipts);
  EXPECT_EQ(event_of(kJoined), NativeEvent::joined);
  EXPECT_EQ(event_of(R"({"event":"chat:room:member","data":{}})"), NativeEvent::member);
  EXPECT_EQ(event_of(R"({"event":"connected","data":{}})"), NativeEvent::connected);
  EXPECT_EQ(event_of(R"({"event":"error","data":{}})"), NativeEvent::error);
  EXPECT_EQ(event_of(R"({"event":"errors","data":{}})"), NativeEvent::other);
  EXPECT_EQ(event_of(R"({"event":"pong","data":{}})"), NativeEvent::other);
  EXPECT_EQ(event_of(""), NativeEvent::other);
}

TEST(NativeEvents, AGreetingNamesTheUserAndBothOfItsRooms) {
  const std::string text =
      R"({"event":"connected","data":{"connectionId":"c0-1-1","userId":"u1","tenantId":"t2",)"
      R"("userType":"employee","rooms":["user:u1","tenant:t2"],"serverTime":"x"},"version":"1.0"})";
  EXPECT_TRUE(greets(text, "u1", "t2"));
  EXPECT_FALSE(greets(text, "u1", "t1"));
  EXPECT_FALSE(greets(text, "u11", "t2"));
}

TEST(NativeEvents, AnErrorIsItsCodeAndMessage) {
  EXPECT_EQ(error_text(R"({"event":"error","data":{"code":"RATE_LIMITED","message":"Too fast",)"
                       R"("recoverable":true}})"),
            "RATE_LIMITED: Too fast");
  EXPECT_LE(error_text(R"({"code":"X","message":")" + std::string(1000, 'x') + "\"").size(), 160);
}

TEST(NativeEvents, SaysWhatTheProtocolWants) {
  std::string text;
  append_join(text, "r7", 2);
  EXPECT_EQ(text, R"({"event":"chat:room:join","data":{"room":"r7"},"requestId":2})");
  text.clear();
  append_chat_head(text, "r7");
  text += "4d52";
  append_chat_tail(text, true, 9);
  EXPECT_EQ(text, R"({"event":"chat:message:send","data":{"room":"r7","content":"4d52",)"
                  R"("receipts":true},"requestId":9})");
  text.clear();
  append_chat_head(text, "r7");
  append_chat_tail(text, false, std::nullopt);
  EXPECT_EQ(text, R"({"event":"chat:message:send","data":{"room":"r7","content":""}})");
  text.clear();
  append_receipt(text, "r0-1", false);
  EXPECT_EQ(text, R"({"event":"chat:message:receipt","data":{"id":"r0-1","kind":"delivered"}})");
}

}  // namespace
}  // namespace loadgen
