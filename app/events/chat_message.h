// ChatMessage: what a client sends with chat:message:send, and the chat:message:received that the
// members of its room get.
//
// Pure; a reader belongs to one shard. Views point into the event that was read, and hold as long
// as that does. Bounds: the content's is an argument; kChatMetadataBytesMax, kRoomNameBytesMax,
// kClientMessageIdBytesMax, kConflationKeyBytesMax. What breaks one is refused, never cut.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "app/events/event_reader.h"
#include "app/events/event_writer.h"
#include "app/events/message_kind.h"
#include "app/events/schema.h"
#include "app/events/time_text.h"

namespace app {

struct ChatMessage {
  std::string_view room{};
  std::string_view room_raw{};      // The same as a JSON string, as it came.
  std::string_view content_raw{};   // A JSON string or object, as it came.
  std::string_view content_text{};  // Of a string: unescaped.
  bool content_is_text = false;
  MessageKind kind = MessageKind::chat;
  DeliveryStatus delivery = DeliveryStatus::streaming;
  std::string_view client_id{};     // Empty if there was none.
  std::string_view metadata_raw{};  // A JSON object, or empty.
  std::string_view key{};           // Which value of the room it is the newest of; empty for none.
  bool receipts = false;            // The sender wants to hear who has read it.
  bool echo = true;                 // The sender gets it too.
  bool ack = true;                  // The sender gets an answer.
};

class ChatReader {
 public:
  explicit ChatReader(std::size_t content_bytes_max = kChatContentBytesDefault);
  ChatReader(const ChatReader&) = delete;
  ChatReader& operator=(const ChatReader&) = delete;

  void set_content_bytes_max(std::size_t bytes) noexcept;

  // Null when `message` holds what the event says, and nothing of what it held before; the fault
  // holds until the next read.
  const EventFault* read(const Event& event, ChatMessage& message);

 private:
  static constexpr std::size_t kRuleCount = 10;

  std::array<FieldRule, kRuleCount> rules_;
  Schema schema_;
  SchemaChecker checker_;
};

// What the gateway adds to a message that it passes on.
struct ChatDelivery {
  std::string_view id{};           // Made by the gateway: nothing in it needs an escape.
  std::string_view sender_id{};    // The user.
  std::string_view sender_name{};  // Empty for none.
  std::int64_t unix_ms = 0;
  DeliveryStatus status = DeliveryStatus::delivered;
};

struct ReceivedText {
  std::span<char> text{};
  // Where in it base::kNumberTextBytes spaces are, which the room's number is written into,
  // right-aligned: JSON allows them before a number.
  std::size_t number_at = 0;
};

class ChatWriter {
 public:
  // `escape_html` is for clients that put text into a page without escaping it, as they should.
  ChatWriter(const EventWriter& events, bool escape_html);

  // The event; it holds until the next. A text is passed on without characters that could deceive
  // its reader, whatever kind of message its sender says it is; an object is data and passed on as
  // it is.
  ReceivedText write_received(const ChatMessage& message, const ChatDelivery& delivery);

 private:
  // As JSON.
  std::string_view content_of(const ChatMessage& message);

  std::array<std::string, kMessageKindCount> heads_;        // By kind, the event up to its id,
  std::array<std::string, kDeliveryStatusCount> statuses_;  // by status what says it,
  std::string tail_;                                        // and what follows the number.
  std::string room_;                                        // That the event is written into.
  bool escape_html_;
  TimeText time_;
  std::string clean_;
  std::string clean_json_;
};

}  // namespace app
