// What the engine is told: [server] and what [rooms] says of slow readers.
#include <fmt/format.h>

#include "app/config/options.h"
#include "app/config/schema.h"
#include "app/config/setting_makers.h"
#include "base/limits.h"

namespace app {

namespace {

void add_places(SettingMaker& make, const Options& standard) {
  make.address("server.listen", "",
               "address to listen on, ADDRESS:PORT or [IPV6]:PORT; may be repeated")
      .standard_words("port 8080 of every address")
      .flag("--listen")
      .list();
  make.count("server.shards", std::nullopt, {1, base::kShardsMost},
             "threads, each with its own ring")
      .standard_words("one per cpu")
      .flag("--shards");
  make.text("server.cpus", "", "cpus to pin the shards to, in turn, such as 0-3,8").flag("--cpus");
  make.count("server.connections", standard.connections, {1, base::kConnectionsMost},
             "connections at most, over all shards")
      .flag("--connections");
  make.on_off("server.room_affinity", standard.session.relocate,
              "serve a connection on the shard where its room is at home; the flag, without a "
              "value: on the shard that accepted it")
      .bare_flag("--no-room-affinity", "false");
  make.on_off("server.raw", standard.raw, "serve the raw endpoints /echo and /room?room=R")
      .bare_flag("--raw", "true");
}

void add_sessions(SettingMaker& make, const Options& options) {
  const engine::SessionOptions& standard = options.session;
  make.bytes("server.max_message", standard.message_bytes_max,
             {base::kMessageBytesLeast, base::kMessageBytesMost},
             "largest message; more is closed with 1009")
      .flag("--max-message");
  make.bytes("server.send_queue", standard.send_queue_bytes_max,
             {base::kSendQueueBytesLeast, base::kSendQueueBytesMost},
             "what may wait for one slow reader; more is closed with 1013")
      .flag("--send-queue");
  make.duration("server.heartbeat", standard.heartbeat_interval, kTimeouts,
                "ping a session that was silent so long; 0s: never")
      .flag("--heartbeat")
      .or_zero();
  make.duration("server.handshake_timeout", standard.handshake_timeout, kTimeouts,
                "for the opening handshake")
      .flag("--handshake-timeout");
  make.duration("server.close_timeout", standard.close_timeout, kTimeouts,
                "for the answer to a close frame")
      .flag("--close-timeout");
  make.duration("server.idle_timeout", standard.idle_timeout, kTimeouts,
                "close a session without messages for so long; 0s: never")
      .flag("--idle-timeout")
      .or_zero();
  make.duration("server.park_after", options.park_after, kTimeouts,
                "let a connection that was silent so long cost the least memory; 0s: never; at "
                "most half of --heartbeat, whose pongs would keep everybody awake")
      .flag("--park-after")
      .or_zero();
}

void add_budgets(SettingMaker& make, const Options& standard) {
  make.count("server.receive_buffers", std::nullopt,
             {base::kReceiveBuffersLeast, base::kReceiveBuffersMost},
             "that a ring may lend at once, a power of two; no more than bursts need take memory")
      .standard_words(
          fmt::format("{}, or what a quarter of --memory-budget allows", standard.receive_buffers))
      .flag("--receive-buffers");
  make.bytes("server.receive_buffer", standard.receive_buffer_bytes,
             {base::kReceiveBufferBytesLeast, base::kReceiveBufferBytesMost},
             "bytes of one receive buffer")
      .flag("--receive-buffer");
  make.count("server.handshakes_per_second", std::nullopt, {0, base::kHandshakesPerSecondMost},
             "opening handshakes at most, over all shards; more are refused with 503 early and "
             "cheaply; 0: no limit")
      .standard_words(fmt::format("{} for each shard", base::kHandshakesPerSecondPerShardDefault))
      .flag("--handshakes-per-second");
  make.bytes("server.memory_budget", std::nullopt, {0, base::kMemoryBudgetMost},
             "what all connections together may hold in queues, partial messages and handshakes; "
             "near it new ones are refused, then the slowest closed; 0: no limit")
      .standard_words("half of the host's memory")
      .flag("--memory-budget");
}

void add_slow_readers(SettingMaker& make, const engine::RoomOptions& standard) {
  make.texts("rooms.policies", {},
             "PATTERN=POLICY, such as ticks.*=latest: what rooms of that name do for slow "
             "readers: reliable, latest or ephemeral; may be repeated, the first that fits "
             "decides")
      .standard_words("reliable")
      .flag("--room-policy");
  make.bytes("rooms.conflate_above", standard.conflate_above_bytes, {0, base::kSendQueueBytesMost},
             "what may wait for a member of a latest room before it is given newest values only")
      .flag("--conflate-above");
  make.bytes("rooms.drop_above", standard.drop_above_bytes, {0, base::kSendQueueBytesMost},
             "what may wait for a member of an ephemeral room before messages are dropped")
      .flag("--drop-above");
  make.count("rooms.keys_per_room", standard.keys_per_room_max, {1, base::kKeysPerRoomMost},
             "keys whose newest values a latest room keeps per shard while somebody lags")
      .flag("--keys-per-room");
}

}  // namespace

void add_server_settings(std::vector<Setting>& settings) {
  const Options standard;
  SettingMaker make(settings, SettingMaker::TakesEffect::at_restart);
  add_places(make, standard);
  add_sessions(make, standard);
  add_budgets(make, standard);
  add_slow_readers(make, standard.rooms);
}

}  // namespace app
