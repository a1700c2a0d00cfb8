// RawEndpoints: /echo and /room?room=R, which carry messages as they come.
//
// /echo answers each message with itself. /room makes the session a member of R, or of several
// rooms, and publishes each of its messages in the first; see RoomRequest for what else it may ask.
// A join that has to ask another shard holds the 101 back, so that whoever is let in misses nothing
// from then on. Served only where the operator said --raw. Threads: the shard's own. Bound: one
// record per descriptor of the shard, for those that ask for more than one room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "app/raw/room_request.h"
#include "base/limits.h"
#include "base/slot_map.h"
#include "engine/room/rooms.h"
#include "engine/room/websocket_shard.h"
#include "engine/session/session_handler.h"

namespace app {

class RawEndpoints final : public engine::SessionHandler, public engine::RoomHandler {
 public:
  RawEndpoints(engine::WebSocketShard& shard, bool enabled)
      : sessions_(shard.sessions()),
        rooms_(shard.rooms()),
        enabled_(enabled),
        members_(base::kDescriptorsPerShardMost) {}

  bool serves(std::string_view path) const noexcept;

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
  void on_join_failed(engine::SessionId session, std::string_view /*room*/) override;
  void on_published(engine::SessionId session, std::uint64_t ticket,
                    const engine::PublishAnswer& answer) override;

 private:
  // What a member asked for, if that is more than to be in one room.
  struct Member {
    engine::RoomHandle room{};  // That it speaks to.
    std::uint64_t key = 0;
    std::uint64_t published = 0;  // Counted where it wants answers: its tickets.
    std::uint32_t joins_pending = 0;
    bool answers = false;
  };

  engine::Admission enter_rooms(engine::SessionId id, const protocol::HttpRequest& request,
                                bool upgradable);
  std::uint64_t keep_member(const Member& member, bool needed);
  Member* member_of(std::uint64_t context) noexcept;
  void publish(engine::SessionId id, Member& member, protocol::Opcode opcode,
               std::span<const std::byte> payload);

  engine::Sessions& sessions_;
  engine::Rooms& rooms_;
  bool enabled_;
  base::SlotMap<Member> members_;
};

}  // namespace app
