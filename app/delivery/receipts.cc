#include "app/delivery/receipts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "app/native/native_messages.h"
#include "app/rooms/room_names.h"
#include "base/bytes.h"

namespace app {

namespace {

constexpr std::string_view kReceiptsEvent = "chat:message:receipts";
constexpr std::array<std::string_view, 2> kKinds{"delivered", "read"};
constexpr std::array<FieldRule, 2> kRules{
    FieldRule{.name = "id", .required = true, .bytes_max = kClientMessageIdBytesMax},
    FieldRule{.name = "kind", .required = true, .one_of = kKinds}};
constexpr Schema kSchema(kRules);

}  // namespace

base::Handle Receipts::open(ClientHandle sender, const Client& client, std::string_view room) {
  if (old_.size() == kReceiptsMost && records_.erase(old_.pop_front().record)) {
    context_.counters.receipts_evicted.add();
  }
  const base::Handle handle = records_.try_insert();
  Record& record = *records_.find(handle);
  record.sender = sender;
  record.tenant = client.grants->tenant;
  record.user = client.user;
  record.room = room;
  record.mark = static_cast<std::uint32_t>(context_.shard.reactor().random());
  set_engine_name(context_.room_name, room, client.grants->tenant);
  record.room_mark = room_mark(context_.room_name);
  old_.push_back({handle, context_.now()});
  return handle;
}

std::string Receipts::id_of(base::Handle handle) const {
  const Record& record = *records_.find(handle);
  return text(ReceiptId{.shard = context_.shard.number(),
                        .record = handle,
                        .mark = record.mark,
                        .room = record.room_mark});
}

void Receipts::number_is(base::Handle handle, std::uint64_t number) {
  Record* record = records_.find(handle);
  if (record == nullptr) return;
  const bool waits = record->number == 0 && record->changed;
  record->number = number;
  if (waits && number != 0) tell_soon(handle);
}

void Receipts::tell_soon(base::Handle handle) {
  if (changed_.empty()) tell_at_ = context_.now() + kReceiptPace;
  changed_.push_back(handle);
}

void Receipts::on_receipt(ClientHandle /*handle*/, Client& client, const Event& event) {
  if (const EventFault* fault = checker_.check(event, kSchema); fault != nullptr) {
    context_.fail(client, event, *fault);
    return;
  }
  const auto id = parse_receipt_id(checker_.found()[0]->text);
  if (!id || id->shard >= context_.shard.shards()) {
    context_.fail(client, event, ErrorCode::client_error,
                  "data.id is not that of a message that asks for receipts");
    return;
  }
  if (!is_member(client, id->room)) {
    context_.fail(client, event, ErrorCode::room_access_denied, "not in the room of this message");
    return;
  }
  const ReceiptKind kind =
      checker_.found()[1]->text == kKinds[1] ? ReceiptKind::read : ReceiptKind::delivered;
  if (id->shard == context_.shard.number()) {
    count(*id, client.user_hash, kind);
    return;
  }
  context_.shard.mailbox().send(id->shard,
                                {.kind = static_cast<std::uint8_t>(NativeMessage::receipt),
                                 .detail = static_cast<std::uint8_t>(kind),
                                 .sender = static_cast<std::uint16_t>(context_.shard.number()),
                                 .target = id->record,
                                 .source = {.index = id->mark, .generation = id->room},
                                 .number = client.user_hash});
}

// By the marks of the rooms that it is in, which are few: the id cannot say a name.
bool Receipts::is_member(const Client& client, std::uint32_t mark) {
  bool found = false;
  context_.rooms.for_rooms_of(client.session, [&](engine::RoomHandle, const engine::Room& room) {
    found = found || room_mark(room.name) == mark;
  });
  return found;
}

void Receipts::on_shard_message(const engine::ShardMessage& message) {
  const ReceiptId id{.shard = context_.shard.number(),
                     .record = message.target,
                     .mark = message.source.index,
                     .room = message.source.generation};
  count(id, message.number, static_cast<ReceiptKind>(message.detail));
}

// A late one, or one for a message that its sender was not told of, finds nobody.
void Receipts::count(const ReceiptId& id, std::uint64_t reader, ReceiptKind kind) {
  Record* record = records_.find(id.record);
  if (record == nullptr || record->mark != id.mark || record->room_mark != id.room) return;
  const auto known = record->readers.find(reader);
  const bool is_new = known == record->readers.end();
  if (is_new && record->readers.size() >= kReceiptReadersMost) {
    context_.counters.receipts_uncounted.add();
    return;
  }
  if (!is_new && (known->second || kind == ReceiptKind::delivered)) return;
  record->readers[reader] = kind == ReceiptKind::read;
  // Who has read a message has got it, whether or not that was said.
  if (is_new) ++record->delivered;
  if (kind == ReceiptKind::read) ++record->read;
  if (record->changed) return;
  record->changed = true;
  // A reader may be faster than the room's answer; the totals say the number, and wait for it.
  if (record->number != 0) tell_soon(id.record);
}

void Receipts::tell(base::Handle handle, const Record& record) {
  std::string data = R"({"id":)";
  append_json_string(data, id_of(handle));
  data += R"(,"roomId":)";
  append_json_string(data, record.room);
  fmt::format_to(std::back_inserter(data), R"(,"seq":{},"delivered":{},"read":{}}})", record.number,
                 record.delivered, record.read);
  const Client* sender = context_.clients.find(record.sender);
  if (sender != nullptr && sender->state == ClientState::present) {
    context_.tell(*sender, kReceiptsEvent, data);
    return;
  }
  // Its user has perhaps come back, to whatever shard.
  std::string& event = context_.text;
  event.clear();
  context_.writer.append_event(event, kReceiptsEvent, {}, data);
  routes_.send_to_user(record.tenant, record.user, base::as_bytes(event), {});
}

void Receipts::expire(base::Instant now) {
  if (tell_at_ <= now) {
    tell_at_ = base::kForever;
    for (const base::Handle handle : std::exchange(changed_, {})) {
      Record* record = records_.find(handle);
      if (record == nullptr) continue;
      record->changed = false;
      tell(handle, *record);
    }
  }
  while (!old_.empty() && old_.front().at + kReceiptsFor <= now) {
    records_.erase(old_.pop_front().record);
  }
}

base::Instant Receipts::next_deadline() const noexcept {
  return old_.empty() ? tell_at_ : std::min(tell_at_, old_.front().at + kReceiptsFor);
}

}  // namespace app
