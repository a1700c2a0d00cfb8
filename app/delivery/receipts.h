// Receipts: how many have got and read a message, told to its sender in aggregates.
//
// A message whose sender wants to know has a record on the sender's shard, and an id that names it;
// whoever is in its room says so with that id, and the record counts each user once, over however
// many connections. Who has sent it is told, or once that connection is gone the sender's user.
// Threads: the shard's own. Bounds: kReceiptsMost records, kReceiptReadersMost readers of each told
// apart, kReceiptsFor; past one of them nothing more is counted, and of records the oldest go.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "app/delivery/receipt_id.h"
#include "app/delivery/user_routes.h"
#include "app/events/schema.h"
#include "app/native/native_context.h"
#include "base/fifo.h"
#include "engine/shard/shard_message.h"

namespace app {

enum class ReceiptKind : std::uint8_t { delivered, read };

class Receipts {
 public:
  Receipts(NativeContext& context, UserRoutes& routes) : context_(context), routes_(routes) {}

  // A record for a message of the client. Where there are too many, the oldest goes.
  base::Handle open(ClientHandle sender, const Client& client, std::string_view room);
  // What the message's id is, so that receipts find the record.
  std::string id_of(base::Handle handle) const;
  // The room gave the message its number.
  void number_is(base::Handle record, std::uint64_t number);
  // It was a retry, of a message that has a record of its own if it wants one.
  void close(base::Handle record) { records_.erase(record); }

  // chat:message:receipt {id, kind}.
  void on_receipt(ClientHandle handle, Client& client, const Event& event);
  void on_shard_message(const engine::ShardMessage& message);

  // Tells senders what has been counted lately, and forgets old records.
  void expire(base::Instant now);
  base::Instant next_deadline() const noexcept;
  std::uint32_t size() const noexcept { return records_.size(); }

 private:
  struct Record {
    ClientHandle sender{};
    std::string tenant{};  // Of the sender,
    std::string user{};    // and who that is.
    std::string room{};
    std::uint32_t mark = 0;       // As the message's id has it,
    std::uint32_t room_mark = 0;  // and this.
    std::uint64_t number = 0;
    std::uint32_t delivered = 0;
    std::uint32_t read = 0;
    bool changed = false;
    // By reader: whether it has said that it has read it, too.
    std::unordered_map<std::uint64_t, bool> readers{};
  };
  struct Old {
    base::Handle record{};
    base::Instant at{};
  };

  bool is_member(const Client& client, std::uint32_t mark);
  // `reader`: the hash of a user of whom a connection is in the room.
  void count(const ReceiptId& id, std::uint64_t reader, ReceiptKind kind);
  void tell_soon(base::Handle handle);
  void tell(base::Handle handle, const Record& record);

  NativeContext& context_;
  UserRoutes& routes_;
  SchemaChecker checker_;
  base::SlotMap<Record> records_{kReceiptsMost};
  base::Fifo<Old> old_;  // One for each that was opened, also when it was closed since.
  std::vector<base::Handle> changed_;
  base::Instant tell_at_ = base::kForever;
};

}  // namespace app
