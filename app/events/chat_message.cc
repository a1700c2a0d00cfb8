#include "app/events/chat_message.h"

#include "app/events/clean_text.h"
#include "base/limits.h"

namespace app {

namespace {

// The rules, in this order, and what they found.
enum Rule : std::uint8_t {
  room,
  content,
  type,
  id,
  metadata,
  delivery_status,
  receipts,
  echo,
  ack,
  key,
};

constexpr std::array<std::string_view, kMessageKindCount> kKindNames{"chat", "robot", "system",
                                                                     "file", "image", "graph"};
constexpr std::array<std::string_view, 2> kStatusNames{"streaming", "batch-delay"};

constexpr FieldKinds kFlag{FieldKind::boolean};

bool flag(const Field* field, bool otherwise) noexcept {
  return field == nullptr ? otherwise : field->truth;
}

std::string_view text(const Field* field) noexcept {
  return field == nullptr ? std::string_view{} : field->text;
}

void append_member(std::string& out, std::string_view before, std::string_view value) {
  out += before;
  append_json_string(out, value);
}

// Of names that we have given ourselves, and that need no escape.
void append_name(std::string& out, std::string_view before, std::string_view name) {
  out += before;
  out += name;
  out += '"';
}

}  // namespace

ChatReader::ChatReader(std::size_t content_bytes_max)
    : rules_{{
          {.name = "room",
           .other_name = "roomId",
           .required = true,
           .bytes_least = 1,
           .bytes_max = base::kRoomNameBytesMax},
          {.name = "content",
           .kinds = FieldKinds{FieldKind::string, FieldKind::object},
           .required = true,
           .bytes_least = 1,
           .bytes_max = content_bytes_max},
          {.name = "type", .one_of = kKindNames},
          {.name = "id",
           .other_name = "clientMessageId",
           .bytes_least = 1,
           .bytes_max = kClientMessageIdBytesMax},
          {.name = "metadata",
           .kinds = FieldKinds{FieldKind::object},
           .bytes_max = kChatMetadataBytesMax},
          {.name = "deliveryStatus", .one_of = kStatusNames},
          {.name = "receipts", .kinds = kFlag},
          {.name = "echo", .kinds = kFlag},
          {.name = "ack", .kinds = kFlag},
          {.name = "key", .bytes_least = 1, .bytes_max = kConflationKeyBytesMax},
      }} {}

const EventFault* ChatReader::read(const Event& event, ChatMessage& message) {
  message = ChatMessage{};
  if (const EventFault* const fault = checker_.check(event, rules_)) return fault;
  const auto found = checker_.found();
  message.room = text(found[room]);
  message.content_raw = found[content]->raw;
  message.content_text = found[content]->text;
  message.content_is_text = found[content]->kind == FieldKind::string;
  // The rules have seen to it that both names are known, where they are there.
  message.kind = parse_message_kind(text(found[type])).value_or(MessageKind::chat);
  message.delivery =
      parse_delivery_status(text(found[delivery_status])).value_or(usual_delivery(message.kind));
  message.client_id = text(found[id]);
  if (found[metadata] != nullptr) message.metadata_raw = found[metadata]->raw;
  message.key = text(found[key]);
  message.receipts = flag(found[receipts], false);
  message.echo = flag(found[echo], true);
  message.ack = flag(found[ack], true);
  return nullptr;
}

std::size_t ChatWriter::append_received(std::string& out, const ChatMessage& message,
                                        const ChatDelivery& delivery) {
  events_.append_head(out, "chat:message:received");
  append_member(out, "{\"id\":", delivery.id);
  append_name(out, ",\"type\":\"", name(message.kind));
  append_member(out, ",\"roomId\":", message.room);
  append_member(out, ",\"senderId\":", delivery.sender_id);
  if (!delivery.sender_name.empty()) append_member(out, ",\"senderName\":", delivery.sender_name);
  out += ",\"content\":";
  append_content(out, message);
  out += ",\"timestamp\":";
  append_json_time(out, delivery.unix_ms);
  append_name(out, ",\"deliveryStatus\":\"", name(delivery.status));
  if (!message.metadata_raw.empty()) {
    out += ",\"metadata\":";
    out += message.metadata_raw;
  }
  out += ",\"seq\":";
  const std::size_t sequence = out.size();
  out.append(kSequenceDigits, ' ');
  out += '}';
  events_.append_tail(out);
  return sequence;
}

// What is clean is passed on as it came: that is nearly everything, and costs one look.
void ChatWriter::append_content(std::string& out, const ChatMessage& message) {
  const bool typed = message.kind == MessageKind::chat && message.content_is_text;
  if (!typed || is_clean_text(message.content_text, escape_html_)) {
    out += message.content_raw;
    return;
  }
  clean_.clear();
  append_clean_text(clean_, message.content_text, escape_html_);
  append_json_string(out, clean_);
}

}  // namespace app
