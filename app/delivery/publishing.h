// Publishing: what becomes of the messages that clients send: to rooms, users, connections,
// tenants.
//
// Checks the message and the right to send it, writes it once as its receivers will read it, hands
// it to the engine, and tells the sender what came of it. Threads: the shard's own. Bounds: the
// limits that the caller has checked, those of ChatReader, OwedAnswers and PacedMessages.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "app/delivery/message_ids.h"
#include "app/delivery/owed_answers.h"
#include "app/delivery/paced_messages.h"
#include "app/delivery/receipts.h"
#include "app/delivery/target.h"
#include "app/delivery/user_routes.h"
#include "app/events/binary_header.h"
#include "app/events/chat_message.h"
#include "app/events/schema.h"
#include "app/native/native_context.h"

namespace app {

class Publishing {
 public:
  Publishing(NativeContext& context, UserRoutes& routes, Receipts& receipts);

  // After a reload: how long a message may be, and how it is written.
  void take_options();

  // chat:message:send.
  void on_chat(ClientHandle handle, Client& client, const Event& event);
  // message:send {user | connection | room | tenant, event, data, key}.
  void on_message(ClientHandle handle, Client& client, const Event& event);
  // A binary message; nothing where its header is wrong.
  void on_binary(Client& client, const std::optional<BinaryMessage>& message);

  // What became of what a ticket stands for.
  void settle(std::uint64_t ticket, const engine::PublishAnswer& answer);
  // The ticket of a message that no client sent. 0 where too many answers are owed: then `tell` is
  // told at once that nothing is known.
  std::uint64_t owe(std::function<void(const engine::PublishAnswer&)> tell);
  OwedAnswers& owed() noexcept { return owed_; }

  void flush_paced(base::Instant now) { paced_.flush_due(context_.rooms, now); }
  // Those who would get it are about to go: nothing waits for company any more.
  void begin_drain() {
    draining_ = true;
    paced_.flush(context_.rooms);
  }
  base::Instant next_deadline() const noexcept { return paced_.due(); }

 private:
  // Where a message of message:send goes.
  struct Recipient {
    TargetKind kind = TargetKind::room;
    std::string_view name{};
  };

  bool may_send(Client& client, const Event& event, std::string_view room);
  bool may_send_kind(Client& client, const Event& event, MessageKind kind);
  bool may_send_to(Client& client, const Event& event, const Recipient& recipient);
  bool has_tenant_room(Client& client, const Event& event);
  engine::RoomHandle room_of(ClientHandle speaker, std::string_view name, std::string_view tenant);
  void publish_chat(ClientHandle handle, Client& client, const Event& event,
                    const ChatMessage& message);
  std::uint64_t owe_ack(ClientHandle handle, const Event& event, std::string_view name,
                        std::string_view id, std::string_view client_id, base::Handle receipts);
  void acknowledge(const OwedAck& ack, const engine::PublishAnswer& answer);
  const EventFault* read_recipient(const Event& event, Recipient& recipient);
  void deliver_to(const Recipient& recipient, const Client& client,
                  const engine::PublishOptions& how);
  std::uint32_t write_message(const Client& client, const Event& event, std::string_view id,
                              const Recipient& recipient);

  NativeContext& context_;
  UserRoutes& routes_;
  Receipts& receipts_;
  ChatReader reader_;
  ChatMessage message_;  // The one in hand; its views are the event's.
  ChatWriter chat_writer_;
  SchemaChecker checker_;
  EventFault fault_{};
  OwedAnswers owed_;
  PacedMessages paced_;
  bool draining_ = false;
  // Where speakers spoke last, by what is left of their places.
  std::array<engine::RoomHandle, 256> last_rooms_{};
  std::string out_;
  std::string retry_id_;
  std::string receipt_id_;
  MessageIds ids_;
};

}  // namespace app
