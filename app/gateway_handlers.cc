#include "app/gateway_handlers.h"

#include <optional>
#include <string>
#include <utility>

#include "app/clients/client_context.h"
#include "protocol/http_response.h"

namespace app {

using Verdict = engine::Admission::Verdict;

bool GatewayHandlers::native(engine::SessionId id) const noexcept {
  return is_native(sessions_.context(id));
}

engine::Admission GatewayHandlers::on_request(engine::SessionId id,
                                              const protocol::HttpRequest& request,
                                              bool upgradable) {
  if (native_.serves(request.path)) return native_.on_request(id, request, upgradable);
  if (request.method != "GET") return {.verdict = Verdict::accept};  // Is told so, and counted.
  if (raw_.serves(request.path)) return raw_.on_request(id, request, upgradable);
  return answer_page(request.path);
}

engine::Admission GatewayHandlers::answer_page(std::string_view path) const {
  if (std::optional<std::string> page = pages_.find(path)) {
    return {.verdict = Verdict::serve, .response = *std::move(page)};
  }
  return {.verdict = Verdict::respond,
          .response = protocol::write_refusal({.status = protocol::HttpStatus::not_found,
                                               .reason = "nothing is served at this path"})};
}

// What it would have asked for nobody knows.
void GatewayHandlers::on_turned_away(engine::SessionId id, const engine::PeerAddress& peer,
                                     engine::CloseReason why) {
  NativeContext& context = native_.context();
  context.log.turned_away(id, peer, why, context.now());
}

void GatewayHandlers::on_open(engine::SessionId id) {
  if (native(id)) native_.on_open(id);
}

void GatewayHandlers::on_message(engine::SessionId id, protocol::Opcode opcode,
                                 std::span<std::byte> payload) {
  if (native(id)) {
    native_.on_message(id, opcode, payload);
  } else {
    raw_.on_message(id, opcode, payload);
  }
}

void GatewayHandlers::on_close(engine::SessionId id, const engine::CloseInfo& info) {
  if (native(id)) {
    native_.on_close(id, info);
  } else {
    raw_.on_close(id, info);
  }
}

void GatewayHandlers::on_pong(engine::SessionId id, base::Duration round_trip) {
  if (native(id)) native_.on_pong(id, round_trip);
}

void GatewayHandlers::on_draining(engine::SessionId id) {
  if (native(id)) native_.on_draining(id);
}

void GatewayHandlers::on_connect_failed(std::uint64_t context,
                                        const engine::ConnectFailure& failure) {
  raw_.on_connect_failed(context, failure);
}

void GatewayHandlers::on_joined(engine::SessionId session, engine::RoomHandle room) {
  if (native(session)) {
    native_.on_joined(session, room);
  } else {
    raw_.on_joined(session, room);
  }
}

void GatewayHandlers::on_join_failed(engine::SessionId session, std::string_view room) {
  if (native(session)) {
    native_.on_join_failed(session, room);
  } else {
    raw_.on_join_failed(session, room);
  }
}

void GatewayHandlers::on_left(engine::SessionId session, engine::RoomHandle room) {
  if (native(session)) native_.on_left(session, room);
}

void GatewayHandlers::on_drained(engine::SessionId session) {
  if (native(session)) native_.on_drained(session);
}

void GatewayHandlers::on_recovered(engine::SessionId session, engine::RoomHandle room,
                                   const engine::Recovery& recovery) {
  native_.on_recovered(session, room, recovery);
}

// The session may have ended, so its context says nothing. Raw sessions number their tickets from
// 1; those of native ones have a generation in the upper half.
void GatewayHandlers::on_published(engine::SessionId session, std::uint64_t ticket,
                                   const engine::PublishAnswer& answer) {
  if (ticket >> 32U != 0) {
    native_.on_published(ticket, answer);
  } else {
    raw_.on_published(session, ticket, answer);
  }
}

}  // namespace app
