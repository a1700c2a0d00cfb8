#include "app/events/chat_message.h"

#include "app/events/clean_text.h"
#include "base/limits.h"
#include "base/text_pen.h"

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

// What is written besides the texts that are given: the names of the members, the signs between
// them, the time, and the place for the number.
constexpr std::size_t kFrameBytesMost = 256;

// What stands between the quotes of a JSON string that was read: as it came, if it needs no escape,
// which can be seen from its size.
void write_read_text(base::TextPen& pen, std::string_view raw, std::string_view text) {
  if (raw.size() == text.size() + 2) {
    pen.write(text);
  } else {
    pen.write_json_escaped(text);
  }
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
      }},
      schema_(rules_) {}

void ChatReader::set_content_bytes_max(std::size_t bytes) noexcept {
  rules_[content].bytes_max = bytes;
}

const EventFault* ChatReader::read(const Event& event, ChatMessage& message) {
  if (const EventFault* const fault = checker_.check(event, schema_)) return fault;
  const auto found = checker_.found();
  message.room = text(found[room]);
  message.room_raw = found[room]->raw;
  message.content_raw = found[content]->raw;
  message.content_text = found[content]->text;
  message.content_is_text = found[content]->kind == FieldKind::string;
  // The rules have seen to it that both names are known, where they are there.
  message.kind = found[type] == nullptr
                     ? MessageKind::chat
                     : parse_message_kind(found[type]->text).value_or(MessageKind::chat);
  const DeliveryStatus usual = usual_delivery(message.kind);
  message.delivery = found[delivery_status] == nullptr
                         ? usual
                         : parse_delivery_status(found[delivery_status]->text).value_or(usual);
  message.client_id = text(found[id]);
  message.metadata_raw = found[metadata] == nullptr ? std::string_view{} : found[metadata]->raw;
  message.key = text(found[key]);
  message.receipts = flag(found[receipts], false);
  message.echo = flag(found[echo], true);
  message.ack = flag(found[ack], true);
  return nullptr;
}

ChatWriter::ChatWriter(const EventWriter& events, bool escape_html) : escape_html_(escape_html) {
  for (std::size_t i = 0; i < heads_.size(); ++i) {
    events.append_head(heads_[i], "chat:message:received");
    heads_[i] += "{\"type\":\"";
    heads_[i] += name(static_cast<MessageKind>(i));
    heads_[i] += "\",\"id\":\"";
  }
  for (std::size_t i = 0; i < statuses_.size(); ++i) {
    statuses_[i] = ",\"deliveryStatus\":\"";
    statuses_[i] += name(static_cast<DeliveryStatus>(i));
    statuses_[i] += '"';
  }
  tail_ += '}';
  events.append_tail(tail_);
}

ReceivedText ChatWriter::write_received(const ChatMessage& message, const ChatDelivery& delivery) {
  const std::string_view content = content_of(message);
  const std::string& head = heads_[static_cast<std::size_t>(message.kind)];
  base::TextPen pen(room_, head.size() + delivery.id.size() + message.room_raw.size() +
                               delivery.sender_id.size() + delivery.sender_name.size() +
                               content.size() + message.metadata_raw.size() + tail_.size() +
                               kFrameBytesMost);
  pen.write(head);
  pen.write(delivery.id);
  pen.write("\",\"roomId\":\"");
  write_read_text(pen, message.room_raw, message.room);
  pen.write("\",\"senderId\":\"");
  pen.write_json_escaped(delivery.sender_id);
  if (!delivery.sender_name.empty()) {
    pen.write("\",\"senderName\":\"");
    pen.write_json_escaped(delivery.sender_name);
  }
  pen.write("\",\"content\":");
  pen.write(content);
  pen.write(",\"timestamp\":");
  pen.write(time_.at(delivery.unix_ms));
  pen.write(statuses_[static_cast<std::size_t>(delivery.status)]);
  if (!message.metadata_raw.empty()) {
    pen.write(",\"metadata\":");
    pen.write(message.metadata_raw);
  }
  pen.write(",\"seq\":");
  const std::size_t sequence = pen.size();
  pen.write_spaces(base::kNumberTextBytes);
  pen.write(tail_);
  return {pen.text(), sequence};
}

// What is clean is passed on as it came: that is nearly everything, and costs one look.
std::string_view ChatWriter::content_of(const ChatMessage& message) {
  if (!message.content_is_text || is_clean_text(message.content_text, escape_html_)) {
    return message.content_raw;
  }
  clean_.clear();
  append_clean_text(clean_, message.content_text, escape_html_);
  clean_json_.clear();
  append_json_string(clean_json_, clean_);
  return clean_json_;
}

}  // namespace app
