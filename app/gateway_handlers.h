// GatewayHandlers: leads what the engine says of a session to those whom it concerns: the native
// gateway, or the raw endpoints; plain HTTP requests get their page.
//
// By path as a session begins, by its context from then on. Threads: the shard's own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "app/native/native_gateway.h"
#include "app/raw/raw_endpoints.h"
#include "app/telemetry/pages.h"
#include "engine/room/rooms.h"
#include "engine/session/session_handler.h"
#include "engine/session/sessions.h"

namespace app {

class GatewayHandlers final : public engine::SessionHandler, public engine::RoomHandler {
 public:
  GatewayHandlers(engine::Sessions& sessions, NativeGateway& native, RawEndpoints& raw,
                  const Pages& pages)
      : sessions_(sessions), native_(native), raw_(raw), pages_(pages) {}

  // SessionHandler.
  engine::Admission on_request(engine::SessionId id, const protocol::HttpRequest& request,
                               bool upgradable) override;
  void on_turned_away(engine::SessionId id, const engine::PeerAddress& peer,
                      engine::CloseReason why) override;
  void on_open(engine::SessionId id) override;
  void on_message(engine::SessionId id, protocol::Opcode opcode,
                  std::span<std::byte> payload) override;
  void on_close(engine::SessionId id, const engine::CloseInfo& info) override;
  void on_pong(engine::SessionId id, base::Duration round_trip) override;
  void on_draining(engine::SessionId id) override;
  void on_connect_failed(std::uint64_t context, const engine::ConnectFailure& failure) override;

  // RoomHandler.
  void on_joined(engine::SessionId session, engine::RoomHandle room) override;
  void on_join_failed(engine::SessionId session, std::string_view room) override;
  void on_left(engine::SessionId session, engine::RoomHandle room) override;
  void on_drained(engine::SessionId session) override;
  void on_recovered(engine::SessionId session, engine::RoomHandle room,
                    const engine::Recovery& recovery) override;
  void on_published(engine::SessionId session, std::uint64_t ticket,
                    const engine::PublishAnswer& answer) override;

 private:
  engine::Admission answer_page(std::string_view path) const;
  bool native(engine::SessionId id) const noexcept;

  engine::Sessions& sessions_;
  NativeGateway& native_;
  RawEndpoints& raw_;
  const Pages& pages_;
};

}  // namespace app
