// ResumeQueue: the resumes of each session, done one after the other, as fast as it reads.
//
// What a session missed of a room goes into its send queue at once. One that resumes many rooms in
// one breath would fill that queue although it reads as fast as it can; so each resume waits until
// the one before has been answered and most of what it brought has gone out. Threads: the shard's
// own. Bound: the joins of a session that may wait (RoomEvents); nothing is kept of a session none
// of whose resumes waits or is under way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "engine/room/rooms.h"
#include "engine/session/sessions.h"

namespace app {

class ResumeQueue {
 public:
  // `mark`: of bytes in the send queue, at which the next begins: that of Sessions::watch().
  ResumeQueue(engine::Rooms& rooms, engine::Sessions& sessions, std::uint64_t mark)
      : rooms_(rooms), sessions_(sessions), mark_(mark) {}

  // Rooms::recover(), now or later.
  void recover(engine::SessionId session, std::string_view engine_name,
               const engine::ResumePosition& from);
  // The engine has answered the session's resume of that room.
  void answered(engine::SessionId session, std::string_view engine_name);
  // The session's send queue has drained to the mark.
  void on_drained(engine::SessionId session);
  void forget(engine::SessionId session) { lines_.erase(key_of(session)); }
  std::size_t sessions() const noexcept { return lines_.size(); }

 private:
  struct Resume {
    std::string room{};
    engine::ResumePosition from{};
  };
  struct Line {
    std::string under_way{};  // The room; empty: none.
    std::deque<Resume> waiting{};
  };
  using Key = std::pair<std::uint32_t, std::uint32_t>;

  static Key key_of(engine::SessionId session) noexcept {
    return {session.slot, session.generation};
  }
  void go_on(engine::SessionId session);

  engine::Rooms& rooms_;
  engine::Sessions& sessions_;
  const std::uint64_t mark_;
  std::map<Key, Line> lines_;
  bool going_on_ = false;  // recover() may answer within the call: the loop that called it goes on.
};

}  // namespace app
