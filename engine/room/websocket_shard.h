// WebSocketShard: the program of a shard that serves or uses WebSockets: its sessions and its
// rooms.
//
// It wires Sessions and Rooms into the shard's turn. An application makes one per shard (through a
// ShardProgramFactory), gives it a SessionHandler and a RoomHandler, and has then nothing more to
// do with turns. Threads: the shard's own. Bounds: those of its parts.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/result.h"
#include "engine/room/memory_watch.h"
#include "engine/room/rooms.h"
#include "engine/session/sessions.h"
#include "engine/shard/shard.h"
#include "engine/shard/shard_program.h"

namespace engine {

class WebSocketShard : public ShardProgram {
 public:
  WebSocketShard(Shard& shard, ConnectionGate& gate, const SessionOptions& options,
                 std::uint32_t listeners, const RoomOptions& rooms = {});

  base::Status open() { return sessions_.open(); }
  void set_handlers(SessionHandler& sessions, RoomHandler& rooms) noexcept {
    sessions_.set_handler(sessions);
    rooms_.set_handler(rooms);
  }

  Shard& shard() noexcept { return shard_; }
  Sessions& sessions() noexcept { return sessions_; }
  Rooms& rooms() noexcept { return rooms_; }
  const Rooms& rooms() const noexcept { return rooms_; }
  const SessionCounters& session_counters() const noexcept { return sessions_.counters(); }
  const RoomCounters& room_counters() const noexcept { return rooms_.counters(); }
  const MemoryCounters& memory_counters() const noexcept { return memory_.counters(); }

  // ShardProgram; a program that adds steps of its own overrides and calls these.
  void on_start() override;
  void on_shard_message(const ShardMessage& message) override;
  StepResult expire(base::Instant now) override {
    memory_.look(now);
    const StepResult rooms = rooms_.expire(now);
    const StepResult sessions = sessions_.expire(now);
    return rooms == StepResult::more ? rooms : sessions;
  }
  base::Instant next_deadline() const override {
    return std::min({sessions_.next_deadline(), rooms_.next_deadline(), memory_.next_deadline()});
  }
  StepResult run_tasks() override { return rooms_.fan_out(); }
  ReceiveAllowance receives_allowed() const override {
    return {.chunks = memory_.holds_input() ? 0 : rooms_.receives_allowed(),
            .bytes = received_bytes_per_turn_};
  }
  void begin_drain(base::Instant now, base::Instant deadline) override;
  bool drained() const override { return sessions_.drained(); }

 private:
  Shard& shard_;
  std::uint32_t listeners_;
  // Less than the send queue of a member may hold, who can take none of it before the turn ends.
  std::uint64_t received_bytes_per_turn_;
  Sessions sessions_;
  Rooms rooms_;
  MemoryWatch memory_;
};

}  // namespace engine
