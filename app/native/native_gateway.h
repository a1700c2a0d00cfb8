// NativeGateway: native events on one shard: who is let in, what each event does, who is told.
//
// It wires the parts and routes: events by name, answers of the engine and of other shards to the
// part that waits for them. What they do is in the parts: Admissions, RoomEvents, Presence, Typing,
// Publishing, UserRoutes, Receipts. Threads: the shard's own; tasks from other threads come
// through ShardPosts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "app/clients/client_sweeps.h"
#include "app/delivery/publishing.h"
#include "app/delivery/receipts.h"
#include "app/delivery/user_routes.h"
#include "app/events/event_reader.h"
#include "app/events/schema.h"
#include "app/native/access_gate.h"
#include "app/native/admissions.h"
#include "app/native/native_context.h"
#include "app/rooms/presence.h"
#include "app/rooms/room_events.h"
#include "app/rooms/typing.h"
#include "engine/room/rooms.h"
#include "engine/session/session_handler.h"
#include "engine/shard/shard_message.h"

namespace app {

class NativeGateway {
 public:
  NativeGateway(engine::WebSocketShard& program, SharedServices& services,
                std::shared_ptr<const Policy> policy);

  bool serves(std::string_view path) const noexcept;

  // ---- The engine's word on native sessions -----------------------------------------------------

  engine::Admission on_request(engine::SessionId id, const protocol::HttpRequest& request,
                               bool upgradable) {
    return admissions_.on_request(id, request, upgradable);
  }
  void on_open(engine::SessionId id);
  void on_message(engine::SessionId id, protocol::Opcode opcode, std::span<std::byte> payload);
  void on_close(engine::SessionId id, const engine::CloseInfo& info);
  void on_pong(engine::SessionId id, base::Duration round_trip);
  void on_draining(engine::SessionId id);
  void on_joined(engine::SessionId id, engine::RoomHandle room) {
    room_events_.on_joined(id, room, nullptr);
  }
  void on_recovered(engine::SessionId id, engine::RoomHandle room,
                    const engine::Recovery& recovery) {
    room_events_.on_recovered(id, room, recovery);
  }
  void on_join_failed(engine::SessionId id, std::string_view room) {
    room_events_.on_join_failed(id, room);
  }
  void on_drained(engine::SessionId id) { room_events_.on_drained(id); }
  void on_left(engine::SessionId id, engine::RoomHandle room) { room_events_.on_left(id, room); }
  void on_published(std::uint64_t ticket, const engine::PublishAnswer& answer) {
    publishing_.settle(ticket, answer);
  }

  // ---- The shard's turn -------------------------------------------------------------------------

  // Before anybody is sent away.
  void begin_drain() { publishing_.begin_drain(); }
  // Those of NativeMessage.
  void on_shard_message(const engine::ShardMessage& message);
  void expire(base::Instant now);
  base::Instant next_deadline() const noexcept;
  engine::StepResult run_tasks();
  ShardPosts::Tasks& tasks() noexcept { return tasks_; }

  // ---- For tasks --------------------------------------------------------------------------------

  NativeContext& context() noexcept { return context_; }
  const NativeContext& context() const noexcept { return context_; }
  Admissions& admissions() noexcept { return admissions_; }
  RoomEvents& room_events() noexcept { return room_events_; }
  Presence& presence() noexcept { return presence_; }
  Publishing& publishing() noexcept { return publishing_; }
  Receipts& receipts() noexcept { return receipts_; }
  UserRoutes& routes() noexcept { return routes_; }
  ClientSweeps& sweeps() noexcept { return sweeps_; }
  AccessGate& access_gate() noexcept { return access_gate_; }

 private:
  struct Known;  // An event that clients may send.

  void on_text(ClientHandle handle, Client& client, std::span<const std::byte> payload);
  bool may_say(Client& client, const Event& event, std::size_t bytes);
  void on_event(ClientHandle handle, Client& client, const Event& event,
                std::span<const std::byte> payload);
  void on_binary(ClientHandle handle, Client& client, std::span<const std::byte> payload);
  void on_resumed(ClientHandle handle, Client& client, const HeldEvent& held);
  void on_refresh(ClientHandle handle, Client& client, const Event& event);
  void on_ping(ClientHandle handle, Client& client, const Event& event);
  void set_policy(std::shared_ptr<const Policy> policy);
  void recheck_rights();
  void tell_connected(const Client& client);

  NativeContext context_;
  UserRoutes routes_;
  Typing typing_;
  Presence presence_;
  RoomEvents room_events_;
  Receipts receipts_;
  Publishing publishing_;
  Admissions admissions_;
  AccessGate access_gate_;
  EventReader reader_;
  SchemaChecker checker_;
  ShardPosts::Tasks tasks_;
  ClientSweeps sweeps_;
  std::uint64_t policy_seen_ = 0;  // On the board.
  bool rechecking_ = false;        // Whether everybody's rights are being looked at again,
  bool recheck_again_ = false;     // and must be from the start, because they have changed since.
};

}  // namespace app
