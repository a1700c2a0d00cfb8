// Sessions: the WebSocket sessions of one shard, server and client side, over its connections.
//
// Handshake, messages in and out, heartbeat, close handshake and every timeout of a session. What a
// session is for, its SessionHandler decides; protocol rules are in protocol/, bytes in
// connection/. Threads: the shard's own; counters are readable from any. Bounds: SessionOptions;
// one record per descriptor. A peer that breaks a bound is closed with the code that the bound
// earns, and nobody else notices.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/mapped_array.h"
#include "base/slot_map.h"
#include "engine/connection/connection_handler.h"
#include "engine/connection/connections.h"
#include "engine/reactor/deadline_queue.h"
#include "engine/reactor/sweep.h"
#include "engine/session/connection_gate.h"
#include "engine/session/early_refusals.h"
#include "engine/session/handshake.h"
#include "engine/session/memory_budget.h"
#include "engine/session/relocation.h"
#include "engine/session/return_schedule.h"
#include "engine/session/session.h"
#include "engine/session/session_counters.h"
#include "engine/session/session_handler.h"
#include "engine/session/session_options.h"
#include "engine/session/token_bucket.h"
#include "protocol/close_code.h"
#include "protocol/http_status.h"
#include "protocol/message_assembler.h"
#include "protocol/opcode.h"

namespace engine {

// What became of a message that was to be sent.
enum class SendResult : std::uint8_t {
  queued,
  full,  // The queue is at its limit: the session is being closed with 1013.
  gone,  // The session is not open (any more).
};

class Sessions final : public ConnectionHandler {
 public:
  Sessions(Shard& shard, ConnectionGate& gate, const SessionOptions& options);
  ~Sessions() override;

  base::Status open();
  void set_handler(SessionHandler& handler) noexcept { handler_ = &handler; }
  void set_attachments(AttachmentOwner& owner) noexcept { attachments_ = &owner; }
  // On the shard's thread, before anything else happens.
  void start(base::Instant now);

  // ---- For the handler and the room layer -------------------------------------------------------

  bool is_open(SessionId id) const noexcept {
    return connections_.alive(id) && table_[id.slot].state == SessionState::open;
  }
  // Its connection is neither ending nor another's by the same slot.
  bool is_alive(SessionId id) const noexcept { return connections_.alive(id); }
  bool is_open(std::uint32_t slot) const noexcept {
    return table_[slot].state == SessionState::open;
  }
  SessionId id_of(std::uint32_t slot) const noexcept { return connections_.id_of(slot); }
  std::uint64_t context(SessionId id) const noexcept { return table_[id.slot].context; }
  // Who connected, from within on_request(); later it is not known here any more.
  PeerAddress peer(SessionId id) const noexcept;
  std::uint32_t& attachment(std::uint32_t slot) noexcept { return table_[slot].attachment; }
  void prefetch(std::uint32_t slot) const noexcept {
    connections_.prefetch(slot);
    __builtin_prefetch(&table_[slot]);
  }

  // Opens a session to a server. `address` must live until the answer.
  void connect(const Address& address, ConnectRequest request);
  // From within on_request(): whether the session should rather be served by another shard, to
  // which Admission::Verdict::elsewhere sends it.
  bool better_on(SessionId id, std::uint32_t shard) const noexcept;
  // Ends the wait of a session that on_request() left pending.
  void admit(SessionId id);
  void refuse(SessionId id, std::string_view response);

  // Sends one message, a frame of its own.
  SendResult send(SessionId id, protocol::Opcode opcode, std::span<const std::byte> payload);
  // Asks whether a batch of `bytes` may be queued, all of it or nothing; if not, the session is
  // told so and closed. Its pieces then follow through push_frames(), in the same turn.
  SendResult make_room(std::uint32_t slot, std::uint64_t bytes);
  // What was queued through push_frames(), or will be in this turn.
  void count_out(std::uint32_t slot, std::uint32_t messages, std::uint64_t bytes) noexcept {
    table_[slot].count_out(messages, bytes);
  }
  // Messages queued for the session since it began, and the bytes of their frames: those of rooms
  // and those sent to it alone, but no control frames.
  std::uint32_t messages_out(SessionId id) const noexcept { return table_[id.slot].messages_out; }
  std::uint64_t bytes_out(SessionId id) const noexcept { return table_[id.slot].bytes_out(); }
  // Queues a piece of a shared payload, which holds whole frames. Server side only.
  void push_frames(std::uint32_t slot, Payload* payload, std::uint32_t offset, std::uint32_t size) {
    connections_.send(slot, payload, offset, size);
  }
  std::uint64_t queued_cost(std::uint32_t slot) const noexcept {
    return connections_.queued_cost(slot);
  }
  // Bytes that its send queue takes beside those that wait.
  std::uint64_t room_left(std::uint32_t slot) const noexcept {
    const std::uint64_t most = options_.send_queue_bytes_max;
    return most - std::min(most, connections_.queued_cost(slot));
  }
  // make_room() would not close the session.
  bool has_room(std::uint32_t slot, std::uint64_t bytes) const noexcept {
    return !over_limit(slot, bytes);
  }
  // AttachmentOwner::on_drained() follows once no more than so much waits for it; see
  // Connections::set_drained_mark(). Something must be queued now.
  void watch(std::uint32_t slot) noexcept { connections_.watch(slot); }
  // ---- For the memory budget --------------------------------------------------------------------

  void set_memory_level(MemoryLevel level) noexcept { memory_level_ = level; }
  // Partial messages and handshakes.
  std::uint64_t held_bytes() const noexcept { return held_bytes_; }
  // Closes the session that holds most, of a part of the table that is another each time. What
  // waits for it is dropped. False when none holds much.
  bool close_largest();

  // Starts the close handshake; it is over within the close timeout.
  void close(SessionId id, protocol::CloseCode code, std::string_view reason);
  // Drops the connection without a word.
  void abort(SessionId id);
  // Reads no more from the peer, who then has to wait; nor pings, nor its close.
  void pause(SessionId id) { connections_.pause(id); }
  void resume(SessionId id) { connections_.resume(id); }

  // ---- The shard's turn -------------------------------------------------------------------------

  // Those of kRelocated.
  void on_shard_message(const ShardMessage& message);
  StepResult expire(base::Instant now);
  base::Instant next_deadline() const noexcept { return next_deadline_; }
  // Sends everybody 1001 in waves until `deadline`.
  void begin_drain(base::Instant now, base::Instant deadline);
  bool drained() const noexcept;

  const SessionCounters& counters() const noexcept { return counters_; }

 private:
  // ConnectionHandler.
  void on_accepted(ConnectionId id, const PeerAddress& peer) override;
  void on_connected(ConnectionId id, std::uint32_t token) override;
  void on_connect_failed(std::uint32_t token, Outcome outcome) override;
  void on_arrived(ConnectionId id, std::uint32_t from, std::uint32_t ticket) override;
  void on_handed_over(ConnectionId id, bool done) override;
  void on_received(ConnectionId id, std::span<std::byte> bytes) override;
  void on_ended(ConnectionId id, Outcome outcome) override;
  void on_released(ConnectionId id) override;
  void on_drained(ConnectionId id) override;

  // sessions_handshake.cc: from the first byte to `open`.
  Session& begin(ConnectionId id, SessionState state, bool client);
  void refuse_early(ConnectionId id, const PeerAddress& peer, CloseReason why);
  void end_early_refusal();
  static bool refused_early(const Session& session) noexcept {
    return !session.opened && !session.announced &&
           (session.close_reason == CloseReason::too_many_handshakes ||
            session.close_reason == CloseReason::memory_full);
  }
  void receive_handshake(SessionId id, Session& session, std::span<std::byte> bytes);
  void receive_request(SessionId id, Session& session);
  void receive_response(SessionId id, Session& session);
  void answer_request(SessionId id, Session& session, const protocol::HttpRequest& request,
                      std::size_t request_bytes);
  void open_session(SessionId id, Session& session, std::size_t handshake_bytes);
  void respond(SessionId id, Session& session, std::string_view response, CloseReason reason);
  void send_text(std::uint32_t slot, std::string_view text);
  void drop_handshake(Session& session) noexcept;
  void count_handshake(Handshake& handshake) noexcept;
  std::uint64_t held_for(std::uint32_t slot) const noexcept;
  void fail_connect(SessionId id, Session& session, const ConnectFailure& failure, CloseReason why);

  // sessions_relocation.cc: to another shard and from one, in the middle of the handshake.
  void move_to(SessionId id, Session& session, std::uint32_t shard);
  void take_over(SessionId id, Parcel* request);

  // sessions.cc: messages and the close handshake.
  void receive_messages(SessionId id, Session& session, std::span<std::byte> bytes);
  void handle_message(SessionId id, Session& session, const protocol::MessageEvent& event);
  [[gnu::noinline]] bool handle_event(SessionId id, Session& session, protocol::MessageEvent event);
  void note_round_trip(SessionId id, std::span<const std::byte> pong);
  void handle_close(SessionId id, Session& session, const protocol::MessageEvent& event);
  void handle_violation(SessionId id, Session& session, protocol::Violation violation);
  void keep_assembler(SessionId id, Session& session, protocol::MessageAssembler& assembler);
  void drop_assembler(Session& session) noexcept;
  protocol::MessageAssembler make_assembler(const Session& session) const noexcept;
  void start_closing(SessionId id, Session& session, SessionState state, protocol::CloseCode code,
                     std::string_view reason, CloseReason why);
  void send_close_frame(std::uint32_t slot, const Session& session, protocol::CloseCode code,
                        std::string_view reason);
  void send_control(std::uint32_t slot, const Session& session, protocol::Opcode opcode,
                    std::span<const std::byte> payload);
  // Returns the frame's size.
  std::size_t write_frame(std::uint32_t slot, const Session& session, protocol::Opcode opcode,
                          std::span<const std::byte> payload);
  // Apart, so that a server's frame is written inline where it is sent.
  [[gnu::noinline]] std::size_t write_masked_frame(std::uint32_t slot, protocol::Opcode opcode,
                                                   std::span<const std::byte> payload);
  std::byte* open_frame(std::uint32_t slot, std::size_t size);
  bool over_limit(std::uint32_t slot, std::uint64_t bytes) const noexcept;
  SendResult refuse_message(SessionId id);
  void close_slow(SessionId id, std::string_view otherwise, CloseReason why);
  void end(SessionId id, Session& session, CloseReason why);

  // sessions_timers.cc: everything that time does to a session.
  void expire_handshakes(base::Instant now);
  void expire_closes(base::Instant now);
  StepResult sweep_heartbeats(base::Instant now);
  void sweep_one(std::uint32_t slot, std::uint8_t tick);
  void excuse_all(base::Instant now);
  StepResult sweep_idle(base::Instant now);
  StepResult sweep_drain(base::Instant now);
  void drain_one(std::uint32_t slot);
  void set_next_deadline(base::Instant now);

  Connections& connections_;
  Reactor& reactor_;
  ConnectionGate& gate_;
  SessionHandler* handler_ = nullptr;
  AttachmentOwner* attachments_ = nullptr;
  SessionOptions options_;
  Relocation relocation_;
  base::MappedArray<Session> table_;
  std::uint32_t slots_used_ = 0;  // Every slot in use is below.
  base::SlotMap<ConnectRequest> connecting_;

  // The assemblers that parse whole messages; one that ends up holding a part moves to its session.
  protocol::MessageAssembler server_assembler_;
  protocol::MessageAssembler client_assembler_;
  std::size_t input_left_ = 0;  // Of the receive being parsed: how much an answer may need.

  base::Instant started_{};
  base::Instant excused_until_{};  // Until then nobody is dropped for silence.
  std::uint32_t seconds_ = 0;      // Since the start, at the beginning of this turn.
  DeadlineQueue<SessionId> handshakes_;
  DeadlineQueue<SessionId> closes_;
  DeadlineQueue<SessionId> lingers_;
  DeadlineQueue<SessionId> early_lingers_;
  TokenBucket handshake_budget_;
  ReturnSchedule returns_{handshake_budget_.interval()};
  EarlyRefusals early_refusals_;
  MemoryLevel memory_level_ = MemoryLevel::normal;
  std::uint64_t held_bytes_ = 0;
  std::uint32_t largest_cursor_ = 0;  // Where close_largest() goes on.
  Sweep heartbeat_;
  Sweep idle_;
  Sweep drain_;
  bool draining_ = false;
  base::Instant next_deadline_ = base::kForever;
  SessionCounters counters_;
};

// What every delivery takes is inline.

inline bool Sessions::over_limit(std::uint32_t slot, std::uint64_t bytes) const noexcept {
  // An empty queue takes any single message and any batch: limits of their own bound those.
  const std::uint64_t waiting = connections_.queued_cost(slot);
  return waiting > 0 && waiting + bytes > options_.send_queue_bytes_max;
}

inline SendResult Sessions::make_room(std::uint32_t slot, std::uint64_t bytes) {
  if (!is_open(slot)) return SendResult::gone;
  if (over_limit(slot, bytes)) [[unlikely]]
    return refuse_message(connections_.id_of(slot));
  return SendResult::queued;
}

}  // namespace engine
