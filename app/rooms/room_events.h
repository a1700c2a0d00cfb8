// RoomEvents: what clients ask of rooms: to create, join, leave and list them; who is there; what
// was said.
//
// Threads: the shard's own. Bounds: rooms_per_connection of the limits, joins that wait included;
// kRoomStepsMost behind each of these; pages of kPageEntriesMost. What another shard must be asked
// for is answered when that has been.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/events/schema.h"
#include "app/native/native_context.h"
#include "app/rooms/presence.h"
#include "app/rooms/resume_queue.h"
#include "engine/room/rooms.h"

namespace app {

class RoomEvents {
 public:
  RoomEvents(NativeContext& context, Presence& presence);

  // Whether a join asks for what was missed, too: that takes the right to the history.
  static bool resumes(const Event& event) noexcept;

  void on_create(ClientHandle handle, Client& client, const Event& event);
  void on_join(ClientHandle handle, Client& client, const Event& event);
  void on_leave(ClientHandle handle, Client& client, const Event& event);
  void on_list(ClientHandle handle, Client& client, const Event& event);
  void on_presence(ClientHandle handle, Client& client, const Event& event);
  void on_history(ClientHandle handle, Client& client, const Event& event);

  // The client is in: the rooms that everybody is in are joined for it.
  void enter(Client& client);
  // The rooms that it may not be in any more are left. Returns how many it was in. Where the access
  // service must be asked, it stays meanwhile.
  std::uint32_t grants_changed(ClientHandle handle);
  // The same after the rules have changed for everybody: then nobody is asked, and whom the access
  // service let in stays.
  std::uint32_t rules_changed(ClientHandle handle);
  // By the server API; false when it may not be, or is (not) in it already. Whom that has put into
  // a room needs no right to be in it, even if it had come in by itself.
  bool subscribe(ClientHandle handle, std::string_view room);
  bool unsubscribe(ClientHandle handle, std::string_view room);

  // The engine's word.
  void on_joined(engine::SessionId session, engine::RoomHandle room,
                 const engine::Recovery* recovery);
  void on_recovered(engine::SessionId session, engine::RoomHandle room,
                    const engine::Recovery& recovery);
  void on_join_failed(engine::SessionId session, std::string_view engine_name);
  void on_drained(engine::SessionId session) { resumes_.on_drained(session); }
  void on_left(engine::SessionId session, engine::RoomHandle handle);
  // The client is gone: nobody waits for its joins any more.
  void forget(const Client& client);
  std::size_t joins_waiting() const noexcept { return pending_.size(); }
  std::size_t sessions_resuming() const noexcept { return resumes_.sessions(); }
  std::size_t memberships_given() const noexcept { return given_.size(); }

 private:
  static constexpr std::string_view kAsked = "asked";  // Why a client leaves that says so.

  struct JoinRequest {
    std::string id_raw{};
    bool creates = false;
    bool resumes = false;   // It hears what became of that.
    bool is_given = false;  // By the server API.
  };
  // Joining or leaving, asked for while the room is being joined: done after that, in order.
  struct NextStep {
    JoinRequest request{};
    std::string_view leaves{};  // Why; empty: it joins.
    std::optional<engine::ResumePosition> from{};
  };
  // A join that waits for the room's home, by session and room.
  struct PendingJoin {
    ClientHandle client{};
    JoinRequest request{};
    std::vector<NextStep> next{};
  };

  // The join of that room that is under way, or nullptr.
  PendingJoin* find_join(const Client& client, std::string_view room);
  void wait(Client& client, PendingJoin& join, NextStep step);
  void go_on(ClientHandle who, const std::string& room, std::vector<NextStep> steps);
  const Field* read_room(Client& client, const Event& event, RoomOperation operation);
  bool may_join(Client& client, const Event& event, std::string_view room);
  // `from`: what was published since then is wanted, too; or null.
  void join(Client& client, std::string_view room, PendingJoin join,
            const engine::ResumePosition* from);
  bool read_position(Client& client, const Event& event, engine::ResumePosition& from);
  void tell_join_failed(engine::SessionId session, std::string_view engine_name);
  std::span<const engine::RecoveredMessage> newest_that_fit(
      const Client& client, std::span<const engine::RecoveredMessage> missed) const;
  void tell_joined(Client& client, const JoinRequest& request, const engine::Room& room,
                   const engine::Recovery* recovery);
  void tell_joined_before(Client& client, const JoinRequest& request, const engine::Room& room,
                          const engine::ResumePosition* from);
  std::uint32_t leave_lost(ClientHandle handle, std::vector<std::string>& unsure);
  void ask_again(ClientHandle handle, const Client& client, const std::string& room);
  void on_denied(ClientHandle handle, std::string_view room);
  bool is_given(engine::SessionId session, std::string_view engine_name) const;
  void take_back(engine::SessionId session, std::string_view engine_name);
  bool may_still_join(const Client& client, const JoinRequest& request,
                      const engine::Room& room) const;
  bool may_still_read(const Client& client, const engine::Room& room) const;
  void fail_busy(Client& client, const Event& event);
  void fail_outside(Client& client, std::string_view request_id_raw);
  bool take_out(ClientHandle handle, std::string_view room, std::string_view reason,
                std::string_view request_id_raw = {});
  void leave(ClientHandle who, engine::RoomHandle room, std::string_view reason,
             std::string_view request_id_raw);

  NativeContext& context_;
  Presence& presence_;
  SchemaChecker checker_;
  ResumeQueue resumes_;
  std::map<std::string, PendingJoin> pending_;  // Those of a session are neighbours.
  std::set<std::string> given_;                 // The memberships that the server API gave.
};

}  // namespace app
