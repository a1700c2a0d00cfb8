// RawEndpoints: /echo and /room?room=R, which carry messages as they come, and the HTTP pages.
//
// /echo answers each message with itself. /room makes the session a member of R and publishes each
// of its messages there; &echo=off keeps the session from hearing its own, &key=K says what its
// messages are the newest value of, which matters in rooms whose policy is `latest`. A join that
// has to ask another shard holds the 101 back, so that whoever is let in misses nothing from then
// on. Threads: the shard's own. Served only where the operator said --raw; the pages are always
// served.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "app/telemetry/pages.h"
#include "base/limits.h"
#include "base/slot_map.h"
#include "engine/room/rooms.h"
#include "engine/room/websocket_shard.h"
#include "engine/session/session_handler.h"

namespace app {

class RawEndpoints final : public engine::SessionHandler, public engine::RoomHandler {
 public:
  RawEndpoints(engine::WebSocketShard& shard, const Pages& pages, bool enabled)
      : sessions_(shard.sessions()),
        rooms_(shard.rooms()),
        pages_(pages),
        enabled_(enabled),
        publishers_(base::kDescriptorsPerShardMost) {}

  // SessionHandler.
  engine::Admission on_request(engine::SessionId id, const protocol::HttpRequest& request,
                               bool upgradable) override;
  void on_open(engine::SessionId /*id*/) override {}
  void on_message(engine::SessionId id, protocol::Opcode opcode,
                  std::span<std::byte> payload) override;
  void on_close(engine::SessionId id, const engine::CloseInfo& info) override;
  void on_connect_failed(std::uint64_t context, const engine::ConnectFailure& failure) override;

  // RoomHandler.
  void on_joined(engine::SessionId session, engine::RoomHandle room) override;
  void on_join_failed(engine::SessionId session) override;

 private:
  engine::Admission enter_room(engine::SessionId id, const protocol::HttpRequest& request,
                               bool upgradable);

  // What a member of a room said in its request, if that is more than the room.
  struct Publisher {
    engine::RoomHandle room{};
    engine::PublishOptions how{};
  };

  std::uint64_t keep_publisher(const Publisher& publisher);
  void publish(engine::SessionId id, std::uint64_t context, protocol::Opcode opcode,
               std::span<const std::byte> payload);

  engine::Sessions& sessions_;
  engine::Rooms& rooms_;
  const Pages& pages_;
  bool enabled_;
  base::SlotMap<Publisher> publishers_;
};

}  // namespace app
