// Messages of open sessions, both ways, and the close handshake.
#include "engine/session/sessions.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/bytes.h"
#include "base/check.h"
#include "protocol/frame_encoder.h"

namespace engine {

namespace {

// An idle session is found after its timeout and at most a sweep more.
constexpr int kIdleSweepsPerTimeout = 4;

protocol::MaskingKey masking_key(std::uint64_t random) noexcept {
  protocol::MaskingKey key;
  std::memcpy(key.data(), &random, key.size());
  return key;
}

}  // namespace

Sessions::Sessions(Shard& shard, ConnectionGate& gate, const SessionOptions& options)
    : connections_(shard.connections()),
      reactor_(shard.reactor()),
      gate_(gate),
      options_(options),
      relocation_(shard, gate, options.relocate),
      connecting_(base::kConnectsMax),
      server_assembler_(protocol::Role::server, options.message_bytes_max),
      client_assembler_(protocol::Role::client, options.message_bytes_max),
      handshakes_(options.handshake_timeout),
      closes_(options.close_timeout),
      lingers_(base::kLingerTime),
      early_lingers_(base::kEarlyRefusalLinger),
      handshake_budget_(options.handshakes_per_second,
                        1 + options.handshakes_per_second / base::kHandshakeBurstsPerSecond),
      heartbeat_(options.heartbeat_interval),
      idle_(options.idle_timeout / kIdleSweepsPerTimeout),
      drain_(base::Duration::zero()) {
  connections_.set_handler(*this);
}

Sessions::~Sessions() {
  for (std::uint32_t slot = 0; slot < slots_used_; ++slot) {
    Session& session = table_[slot];
    if (session.state < SessionState::open) {
      drop_handshake(session);
    } else {
      drop_assembler(session);
    }
  }
}

base::Status Sessions::open() { return table_.open(connections_.capacity()); }

void Sessions::start(base::Instant now) {
  started_ = now;
  heartbeat_.start(now);
  idle_.start(now);
  set_next_deadline(now);
}

// ---- Receiving ----------------------------------------------------------------------------------

void Sessions::on_received(ConnectionId id, std::span<std::byte> bytes) {
  Session& session = table_[id.slot];
  session.heard = true;
  switch (session.state) {
    case SessionState::open:
    case SessionState::closing:
      receive_messages(id, session, bytes);
      break;
    case SessionState::refusing:
    case SessionState::requesting:
    case SessionState::pending:
      receive_handshake(id, session, bytes);
      break;
    case SessionState::discarding:
      // All that a client says before it is answered has come: closing resets nothing.
      if (refused_early(session)) end(id, session, session.close_reason);
      break;
    case SessionState::none:
    case SessionState::moving:
    case SessionState::ending:
      break;
  }
}

void Sessions::receive_messages(SessionId id, Session& session, std::span<std::byte> bytes) {
  protocol::MessageAssembler& idle = session.client ? client_assembler_ : server_assembler_;
  protocol::MessageAssembler& assembler =
      session.partial.assembler != nullptr ? *session.partial.assembler : idle;
  const std::size_t held_before = assembler.buffer_bytes();
  const Connection& connection = connections_.record(id.slot);
  bool goes_on = true;
  while (goes_on && !bytes.empty()) {
    input_left_ = bytes.size();
    const protocol::MessageEvent event = assembler.next(bytes);
    if (event.is_message() && session.state == SessionState::open) [[likely]] {
      handle_message(id, session, event);
      goes_on = connection.open_as(id.generation);
    } else {
      goes_on = handle_event(id, session, event);
    }
  }
  input_left_ = 0;
  // A handler may have aborted the session meanwhile; its record stays until it is released.
  if (&assembler == &idle) {
    if (!assembler.idle()) keep_assembler(id, session, assembler);
  } else {
    held_bytes_ += assembler.buffer_bytes() - held_before;
    if (assembler.idle()) drop_assembler(session);
  }
}

inline void Sessions::handle_message(SessionId id, Session& session,
                                     const protocol::MessageEvent& event) {
  counters_.messages_received.add();
  counters_.message_bytes_received.add(event.payload.size());
  session.active_at = seconds_;
  const bool text = event.kind == protocol::MessageEvent::Kind::text;
  handler_->on_message(id, text ? protocol::Opcode::text : protocol::Opcode::binary, event.payload);
}

// All but the messages of an open session. False when nothing more of the input is to be looked at.
bool Sessions::handle_event(SessionId id, Session& session, protocol::MessageEvent event) {
  using Kind = protocol::MessageEvent::Kind;
  switch (event.kind) {
    case Kind::text:
    case Kind::binary:
      // Messages that cross our close frame are still the peer's right to send (RFC 6455 1.4), but
      // the handler has said farewell.
      return session.state == SessionState::closing;
    case Kind::ping:
      if (session.state == SessionState::open) {
        send_control(id.slot, session, protocol::Opcode::pong, event.payload);
        counters_.pings_answered.add();
      }
      return true;
    case Kind::pong:
      // It answers our ping; as a sign of activity it would only delay the next one.
      if (session.ping_pending) note_round_trip(id, event.payload);
      session.ping_pending = false;
      session.heard = false;
      counters_.pongs_received.add();
      return session.state == SessionState::open || session.state == SessionState::closing;
    case Kind::close:
      handle_close(id, session, event);
      return false;
    case Kind::violation:
      handle_violation(id, session, event.violation);
      return false;
    case Kind::need_more:
      return false;
  }
  return false;
}

// The pong repeats what our ping said (RFC 6455 5.5.3): when it was sent.
void Sessions::note_round_trip(SessionId id, std::span<const std::byte> pong) {
  if (pong.size() != sizeof(std::uint64_t)) return;
  const auto now = static_cast<std::uint64_t>((reactor_.now() - started_).count());
  const std::uint64_t sent = base::load_big64(pong.data());
  if (sent > now) return;  // Not what we said.
  handler_->on_pong(id, base::Duration{static_cast<std::int64_t>(now - sent)});
}

void Sessions::handle_close(SessionId id, Session& session, const protocol::MessageEvent& event) {
  if (session.state == SessionState::closing) {
    end(id, session, session.close_reason);
    return;
  }
  if (session.state != SessionState::open) return;
  session.set_close_code(event.close_code);
  // The answer repeats the code (RFC 6455 5.5.1). The server then closes; the client waits for it.
  send_close_frame(id.slot, session, event.close_code, {});
  if (!session.client) {
    end(id, session, CloseReason::peer_closed);
    return;
  }
  session.state = SessionState::closing;
  session.close_reason = CloseReason::peer_closed;
  closes_.push(reactor_.now(), id);
  next_deadline_ = std::min(next_deadline_, closes_.next());
}

void Sessions::handle_violation(SessionId id, Session& session, protocol::Violation violation) {
  if (session.state != SessionState::open) {
    end(id, session, session.close_reason);
    return;
  }
  counters_.violations[static_cast<std::size_t>(violation)].add();
  start_closing(id, session, SessionState::discarding, protocol::close_code(violation),
                protocol::name(violation), CloseReason::violation);
}

// The shard's own assembler holds a part of this session's message: the session takes it over.
void Sessions::keep_assembler(SessionId id, Session& session,
                              protocol::MessageAssembler& assembler) {
  const bool needed = connections_.alive(id) && (session.state == SessionState::open ||
                                                 session.state == SessionState::closing);
  if (needed) {
    session.partial.assembler =
        new protocol::MessageAssembler(std::exchange(assembler, make_assembler(session)));
    held_bytes_ += sizeof assembler + session.partial.assembler->buffer_bytes();
  } else {
    assembler.reset();
  }
}

protocol::MessageAssembler Sessions::make_assembler(const Session& session) const noexcept {
  const auto role = session.client ? protocol::Role::client : protocol::Role::server;
  return protocol::MessageAssembler(role, options_.message_bytes_max);
}

void Sessions::drop_assembler(Session& session) noexcept {
  if (session.partial.assembler == nullptr) return;
  held_bytes_ -= sizeof(protocol::MessageAssembler) + session.partial.assembler->buffer_bytes();
  delete session.partial.assembler;
  session.partial.assembler = nullptr;
}

// ---- Sending ------------------------------------------------------------------------------------

SendResult Sessions::send(SessionId id, protocol::Opcode opcode,
                          std::span<const std::byte> payload) {
  if (!is_open(id)) return SendResult::gone;
  if (over_limit(id.slot, payload.size())) return refuse_message(id);
  Session& session = table_[id.slot];
  session.count_out(1, write_frame(id.slot, session, opcode, payload));
  counters_.messages_sent.add();
  counters_.message_bytes_sent.add(payload.size());
  return SendResult::queued;
}

SendResult Sessions::refuse_message(SessionId id) {
  counters_.messages_dropped.add();
  close_slow(id, "send queue full", CloseReason::send_queue_full);
  return SendResult::full;
}

// With 1013; what was queued goes out first. A member of rooms is told where to resume instead of
// `otherwise`.
void Sessions::close_slow(SessionId id, std::string_view otherwise, CloseReason why) {
  Session& session = table_[id.slot];
  std::array<char, base::kCloseReasonBytesMax> text;
  std::size_t size = 0;
  if (session.attachment != 0) size = attachments_->write_resume_points(id, text);
  const std::string_view reason = size > 0 ? std::string_view{text.data(), size} : otherwise;
  start_closing(id, session, SessionState::closing, protocol::CloseCode::try_again_later, reason,
                why);
}

void Sessions::on_drained(ConnectionId id) {
  if (table_[id.slot].attachment != 0) attachments_->on_drained(id);
}

inline std::size_t Sessions::write_frame(std::uint32_t slot, const Session& session,
                                         protocol::Opcode opcode,
                                         std::span<const std::byte> payload) {
  if (session.client) [[unlikely]]
    return write_masked_frame(slot, opcode, payload);
  const std::size_t size = protocol::frame_size(payload.size(), false);
  const std::span<std::byte> frame{open_frame(slot, size), size};
  protocol::encode_frame(frame, opcode, payload);
  return size;
}

std::size_t Sessions::write_masked_frame(std::uint32_t slot, protocol::Opcode opcode,
                                         std::span<const std::byte> payload) {
  const std::size_t size = protocol::frame_size(payload.size(), true);
  const std::span<std::byte> frame{open_frame(slot, size), size};
  protocol::encode_masked_frame(frame, opcode, payload, masking_key(reactor_.random()));
  return size;
}

// Room for a frame behind what is queued. A new payload gets as much as the rest of the input may
// have answered.
inline std::byte* Sessions::open_frame(std::uint32_t slot, std::size_t size) {
  const auto hint = static_cast<std::uint32_t>(std::min<std::size_t>(input_left_, 65536));
  return connections_.extend(slot, static_cast<std::uint32_t>(size), hint);
}

// Ahead of the data that waits, so that a heartbeat does not mistake a slow reader for a dead one.
// What goes out together stays in its order.
void Sessions::send_control(std::uint32_t slot, const Session& session, protocol::Opcode opcode,
                            std::span<const std::byte> payload) {
  if (connections_.next_send_takes_all(slot)) {
    write_frame(slot, session, opcode, payload);
    return;
  }
  CHECK(payload.size() <= base::kControlPayloadBytesMax);
  std::array<std::byte, base::kControlFrameBytesMax> frame;
  const std::size_t size =
      session.client
          ? protocol::encode_masked_frame(frame, opcode, payload, masking_key(reactor_.random()))
          : protocol::encode_frame(frame, opcode, payload);
  if (!connections_.send_control(slot, std::span(frame).first(size))) {
    counters_.pongs_superseded.add();
  }
}

void Sessions::send_close_frame(std::uint32_t slot, const Session& session,
                                protocol::CloseCode code, std::string_view reason) {
  std::array<std::byte, base::kFrameHeaderBytesMax + base::kControlPayloadBytesMax> frame;
  const std::size_t size = session.client ? protocol::encode_masked_close(
                                                frame, code, reason, masking_key(reactor_.random()))
                                          : protocol::encode_close(frame, code, reason);
  const auto bytes = static_cast<std::uint32_t>(size);
  std::memcpy(connections_.extend(slot, bytes, bytes), frame.data(), size);
}

// ---- Ending -------------------------------------------------------------------------------------

void Sessions::close(SessionId id, protocol::CloseCode code, std::string_view reason) {
  if (!is_open(id)) return;
  start_closing(id, table_[id.slot], SessionState::closing, code, reason, CloseReason::application);
}

void Sessions::abort(SessionId id) {
  if (connections_.alive(id)) end(id, table_[id.slot], CloseReason::application);
}

// Sends our close frame. `closing` then awaits the peer's, `discarding` awaits nothing.
void Sessions::start_closing(SessionId id, Session& session, SessionState state,
                             protocol::CloseCode code, std::string_view reason, CloseReason why) {
  send_close_frame(id.slot, session, code, reason);
  session.state = state;
  session.close_reason = why;
  session.set_close_code(code);
  DeadlineQueue<SessionId>& deadlines = state == SessionState::discarding ? lingers_ : closes_;
  deadlines.push(reactor_.now(), id);
  next_deadline_ = std::min(next_deadline_, deadlines.next());
}

// Lets out what is queued and closes the connection.
void Sessions::end(SessionId id, Session& session, CloseReason why) {
  if (session.state == SessionState::ending) return;
  const bool shaking_hands = session.state < SessionState::open;
  if (shaking_hands) drop_handshake(session);
  session.state = SessionState::ending;
  session.close_reason = why;
  closes_.push(reactor_.now(), id);  // For a peer that does not even take what is queued.
  next_deadline_ = std::min(next_deadline_, closes_.next());
  connections_.finish(id);
}

void Sessions::on_ended(ConnectionId id, Outcome outcome) {
  Session& session = table_[id.slot];
  const CloseReason why =
      outcome == Outcome::success ? CloseReason::peer_left : CloseReason::connection_failed;
  end(id, session, session.close_reason == CloseReason::none ? why : session.close_reason);
}

void Sessions::on_released(ConnectionId id) {
  Session& session = table_[id.slot];
  if (session.state < SessionState::open) {
    drop_handshake(session);
  } else {
    drop_assembler(session);
  }
  if (refused_early(session)) end_early_refusal();
  counters_.closed[static_cast<std::size_t>(session.close_reason)].add();
  if (session.counted) {
    gate_.leave();
    counters_.open.subtract();
  }
  const std::uint16_t code = session.close_code() != 0
                                 ? session.close_code()
                                 : static_cast<std::uint16_t>(protocol::CloseCode::abnormal);
  const CloseInfo info{.reason = session.close_reason, .code = code, .opened = session.opened};
  const bool announced = session.announced;
  if (session.attachment != 0) attachments_->on_detach(id);
  session.state = SessionState::none;
  if (announced) handler_->on_close(id, info);
}

}  // namespace engine
