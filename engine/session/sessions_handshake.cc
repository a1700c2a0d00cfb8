// The opening handshake of a session, both sides: from the first byte until it is open or refused.
#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/check.h"
#include "engine/session/sessions.h"
#include "protocol/client_upgrade.h"
#include "protocol/http_request.h"
#include "protocol/http_response.h"
#include "protocol/upgrade.h"

namespace engine {

namespace {

constexpr protocol::HttpRefusal kTooManyConnections{protocol::HttpStatus::service_unavailable,
                                                    "too many connections; try again later",
                                                    protocol::Violation::none};

// An answer to HEAD ends with its head (RFC 9110 9.3.2).
std::string_view answer_to(const protocol::HttpRequest& request, std::string_view response) {
  constexpr std::string_view kHeadEnd = "\r\n\r\n";
  if (request.method != "HEAD") return response;
  const std::size_t end = response.find(kHeadEnd);
  CHECK(end != std::string_view::npos);  // We wrote it.
  return response.substr(0, end + kHeadEnd.size());
}

}  // namespace

Session& Sessions::begin(ConnectionId id, SessionState state, bool client) {
  Session& session = table_[id.slot];
  CHECK(session.state == SessionState::none);
  session = Session{};
  session.state = state;
  session.client = client;
  slots_used_ = std::max(slots_used_, id.slot + 1);
  handshakes_.push(reactor_.now(), id);
  next_deadline_ = std::min(next_deadline_, handshakes_.next());
  return session;
}

void Sessions::on_accepted(ConnectionId id, const PeerAddress& peer) {
  if (memory_level_ >= MemoryLevel::refuse) {
    refuse_early(id, peer, CloseReason::memory_full);
    return;
  }
  if (!handshake_budget_.take(reactor_.now())) {
    refuse_early(id, peer, CloseReason::too_many_handshakes);
    return;
  }
  const bool admitted = gate_.enter();
  Session& session = begin(id, admitted ? SessionState::requesting : SessionState::refusing, false);
  session.counted = admitted;
  if (admitted) {
    counters_.open.add();
  } else {
    session.close_reason = CloseReason::limit_reached;
    handler_->on_turned_away(id, peer, session.close_reason);
  }
  session.partial.handshake = new Handshake{.peer = peer};
  count_handshake(*session.partial.handshake);
}

PeerAddress Sessions::peer(SessionId id) const noexcept {
  const Session& session = table_[id.slot];
  const bool shaking_hands = connections_.current(id) && session.state < SessionState::open;
  const Handshake* handshake = shaking_hands ? session.partial.handshake : nullptr;
  return handshake == nullptr ? PeerAddress{} : handshake->peer;
}

// There is no budget for the connection: a 503 without a look at its request. When too many of
// these are under way, others wait where they cost us nothing.
void Sessions::refuse_early(ConnectionId id, const PeerAddress& peer, CloseReason why) {
  Session& session = begin(id, SessionState::discarding, false);
  session.close_reason = why;
  const bool for_memory = why == CloseReason::memory_full;
  send_text(id.slot, early_refusals_.begin(for_memory ? 1 + reactor_.random() %
                                                                base::kRetryForMemorySecondsMost
                                                      : returns_.book(reactor_.now())));
  handler_->on_turned_away(id, peer, why);
  early_lingers_.push(reactor_.now(), id);
  next_deadline_ = std::min(next_deadline_, early_lingers_.next());
  if (!early_refusals_.full()) return;
  if (!early_refusals_.resting) counters_.accepts_rested.add();
  early_refusals_.resting = true;
  connections_.rest_accepting();
}

void Sessions::end_early_refusal() {
  early_refusals_.end();
  if (!early_refusals_.resting || !early_refusals_.few()) return;
  early_refusals_.resting = false;
  connections_.resume_accepting();
}

void Sessions::connect(const Address& address, ConnectRequest request) {
  const std::uint64_t context = request.context;
  const base::Handle handle = connecting_.try_insert(std::move(request));
  if (connecting_.find(handle) == nullptr) {
    handler_->on_connect_failed(context, {.outcome = Outcome::descriptors_full});
    return;
  }
  connections_.connect(address, handle.index);
}

void Sessions::on_connect_failed(std::uint32_t token, Outcome outcome) {
  const base::Handle handle = connecting_.handle_at(token);
  const ConnectRequest* request = connecting_.find(handle);
  CHECK(request != nullptr);
  const std::uint64_t context = request->context;
  connecting_.erase(handle);
  handler_->on_connect_failed(context, {.outcome = outcome});
}

void Sessions::on_connected(ConnectionId id, std::uint32_t token) {
  const base::Handle handle = connecting_.handle_at(token);
  const ConnectRequest* request = connecting_.find(handle);
  CHECK(request != nullptr);
  Session& session = begin(id, SessionState::requesting, true);
  session.counted = gate_.enter_always();
  counters_.open.add();
  session.context = request->context;
  session.announced = true;
  session.partial.handshake = new Handshake;
  const protocol::ClientKey key = protocol::make_client_key(reactor_.random(), reactor_.random());
  const protocol::AcceptKey expected = protocol::accept_key(protocol::as_text(key));
  session.partial.handshake->answer = protocol::as_text(expected);
  send_text(id.slot, protocol::write_upgrade_request(request->host, request->target,
                                                     protocol::as_text(key)));
  connecting_.erase(handle);
}

void Sessions::receive_handshake(SessionId id, Session& session, std::span<std::byte> bytes) {
  session.partial.handshake->text += base::as_text(bytes);
  count_handshake(*session.partial.handshake);
  if (session.state == SessionState::pending) {
    // Frames before our 101 are early but harmless; too many of them are not.
    if (session.partial.handshake->text.size() > base::kHandshakeBytesMax) {
      respond(id, session,
              protocol::write_refusal({protocol::HttpStatus::content_too_large,
                                       "wait for the answer before sending frames",
                                       protocol::Violation::none}),
              CloseReason::refused);
    }
  } else if (session.client) {
    receive_response(id, session);
  } else {
    receive_request(id, session);
  }
}

// ---- Server -------------------------------------------------------------------------------------

void Sessions::receive_request(SessionId id, Session& session) {
  protocol::HttpRequest request;
  const protocol::HttpParse parse =
      protocol::parse_http_request(session.partial.handshake->text, request);
  switch (parse.status) {
    case protocol::HttpParse::Status::incomplete:
      return;
    case protocol::HttpParse::Status::rejected:
      counters_.violations[static_cast<std::size_t>(parse.refusal.violation)].add();
      respond(id, session, protocol::write_refusal(parse.refusal), CloseReason::refused);
      return;
    case protocol::HttpParse::Status::complete:
      break;
  }
  counters_.requests.add();
  if (session.state == SessionState::refusing || draining_) {
    respond(id, session, answer_to(request, protocol::write_refusal(kTooManyConnections)),
            draining_ ? CloseReason::draining : CloseReason::limit_reached);
    return;
  }
  answer_request(id, session, request, parse.consumed);
}

void Sessions::answer_request(SessionId id, Session& session, const protocol::HttpRequest& request,
                              std::size_t request_bytes) {
  if (const auto refuge = session.moved ? std::nullopt : relocation_.refuge()) {
    if (connections_.may_hand_over(id)) return move_to(id, session, *refuge);
  }
  const protocol::UpgradeCheck check = protocol::check_upgrade(request);
  const auto* upgrade = std::get_if<protocol::Upgrade>(&check);
  Admission admission = handler_->on_request(id, request, upgrade != nullptr);
  if (session.state != SessionState::requesting) return;  // The handler has ended it.
  using Verdict = Admission::Verdict;
  if (admission.verdict == Verdict::elsewhere) return move_to(id, session, admission.shard);
  if (admission.verdict == Verdict::accept && upgrade == nullptr) {
    const auto& refusal = std::get<protocol::HttpRefusal>(check);
    counters_.violations[static_cast<std::size_t>(refusal.violation)].add();
    admission = {.verdict = Verdict::respond, .response = protocol::write_refusal(refusal)};
  }
  const bool serves = admission.verdict == Verdict::serve;
  if (serves || admission.verdict == Verdict::respond) {
    const CloseReason why = serves ? CloseReason::served : CloseReason::refused;
    // All that was sent has been read, so that closing resets nothing and need not linger.
    const bool all_read = session.partial.handshake->text.size() == request_bytes;
    respond(id, session, answer_to(request, admission.response), why);
    if (all_read) end(id, session, why);
    return;
  }
  CHECK(upgrade != nullptr);  // Nothing else may wait to become a WebSocket.
  session.context = admission.context;
  session.announced = true;
  session.state = SessionState::pending;
  Handshake& handshake = *session.partial.handshake;
  handshake.answer = protocol::write_switching_protocols(upgrade->key, admission.subprotocol);
  handshake.text.erase(0, request_bytes);
  if (admission.verdict == Verdict::accept) admit(id);
}

void Sessions::admit(SessionId id) {
  if (!connections_.alive(id) || table_[id.slot].state != SessionState::pending) return;
  Session& session = table_[id.slot];
  send_text(id.slot, session.partial.handshake->answer);
  open_session(id, session, 0);
}

void Sessions::refuse(SessionId id, std::string_view response) {
  if (!connections_.alive(id) || table_[id.slot].state != SessionState::pending) return;
  respond(id, table_[id.slot], response, CloseReason::refused);
}

// Answers with an HTTP response, and reads on for a moment so that the peer gets to see it.
void Sessions::respond(SessionId id, Session& session, std::string_view response,
                       CloseReason reason) {
  drop_handshake(session);
  session.state = SessionState::discarding;
  session.close_reason = reason;
  if (!connections_.alive(id)) return;
  send_text(id.slot, response);
  lingers_.push(reactor_.now(), id);
  next_deadline_ = std::min(next_deadline_, lingers_.next());
}

// ---- Client -------------------------------------------------------------------------------------

void Sessions::receive_response(SessionId id, Session& session) {
  const Handshake& handshake = *session.partial.handshake;
  const protocol::UpgradeResponse response =
      protocol::parse_upgrade_response(handshake.text, handshake.answer);
  switch (response.status) {
    case protocol::UpgradeResponse::Status::incomplete:
      return;
    case protocol::UpgradeResponse::Status::accepted:
      open_session(id, session, response.consumed);
      return;
    case protocol::UpgradeResponse::Status::refused:
      counters_.violations[static_cast<std::size_t>(response.violation)].add();
      fail_connect(id, session,
                   {.http_status = response.http_status,
                    .retry_after_seconds = response.retry_after_seconds},
                   CloseReason::refused);
      return;
  }
}

void Sessions::fail_connect(SessionId id, Session& session, const ConnectFailure& failure,
                            CloseReason why) {
  session.announced = false;  // on_connect_failed() is its last word.
  handler_->on_connect_failed(session.context, failure);
  end(id, session, why);
}

// ---- Both ---------------------------------------------------------------------------------------

// What came in behind the handshake's `handshake_bytes` is frames already.
void Sessions::open_session(SessionId id, Session& session, std::size_t handshake_bytes) {
  const std::unique_ptr<Handshake> handshake(session.partial.handshake);
  held_bytes_ -= handshake->held;
  session.partial.assembler = nullptr;
  session.state = SessionState::open;
  session.heard = true;
  session.opened = true;
  session.active_at = seconds_;
  counters_.opened.add();
  handler_->on_open(id);
  std::string& text = handshake->text;
  if (text.size() <= handshake_bytes || !connections_.alive(id)) return;
  // Not the shard's assembler: admit() may have been called from within another's message.
  session.partial.assembler = new protocol::MessageAssembler(make_assembler(session));
  held_bytes_ += sizeof(protocol::MessageAssembler);
  receive_messages(id, session, std::as_writable_bytes(std::span{text}.subspan(handshake_bytes)));
}

void Sessions::send_text(std::uint32_t slot, std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  std::memcpy(connections_.extend(slot, size, size), text.data(), text.size());
  connections_.pin_first(slot);
}

void Sessions::drop_handshake(Session& session) noexcept {
  if (session.partial.handshake == nullptr) return;
  held_bytes_ -= session.partial.handshake->held;
  delete session.partial.handshake;
  session.partial.handshake = nullptr;
}

void Sessions::count_handshake(Handshake& handshake) noexcept {
  const std::size_t held = sizeof handshake + handshake.text.capacity();
  held_bytes_ += held - handshake.held;
  handshake.held = held;
}

}  // namespace engine
