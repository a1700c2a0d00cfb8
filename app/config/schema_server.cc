// What the engine is told: [server] and what [rooms] says of slow readers.
#include <fmt/format.h>

#include "app/config/schema.h"
#include "base/byte_text.h"
#include "base/duration_text.h"
#include "base/limits.h"

namespace app {

namespace {

std::uint64_t nanoseconds(base::Duration duration) {
  return static_cast<std::uint64_t>(duration.count());
}

// A time-out: from kTimeoutLeast to kTimeoutMost.
Setting timeout(std::string path, std::string flag, base::Duration standard, bool or_never,
                std::string help) {
  return {.path = std::move(path),
          .kind = SettingKind::duration,
          .help = std::move(help),
          .standard = base::format_duration(standard),
          .flag = std::move(flag),
          .least = nanoseconds(base::kTimeoutLeast),
          .most = nanoseconds(base::kTimeoutMost),
          .or_zero = or_never};
}

Setting bytes(std::string path, std::string flag, std::uint64_t standard, std::uint64_t least,
              std::uint64_t most, std::string help) {
  return {.path = std::move(path),
          .kind = SettingKind::bytes,
          .help = std::move(help),
          .standard = base::format_byte_count(standard),
          .flag = std::move(flag),
          .least = least,
          .most = most};
}

void add_places(std::vector<Setting>& settings) {
  settings.push_back({.path = "server.listen",
                      .kind = SettingKind::address,
                      .help = "address to listen on, ADDRESS:PORT or [IPV6]:PORT; may be repeated",
                      .standard_words = "port 8080 of every address",
                      .flag = "--listen",
                      .is_list = true});
  settings.push_back({.path = "server.shards",
                      .kind = SettingKind::count,
                      .help = "threads, each with its own ring",
                      .standard_words = "one per cpu",
                      .flag = "--shards",
                      .least = 1,
                      .most = base::kShardsMost});
  settings.push_back({.path = "server.cpus",
                      .help = "cpus to pin the shards to, in turn, such as 0-3,8",
                      .flag = "--cpus"});
  settings.push_back({.path = "server.connections",
                      .kind = SettingKind::count,
                      .help = "connections at most, over all shards",
                      .standard = std::to_string(base::kConnectionsDefault),
                      .flag = "--connections",
                      .least = 1,
                      .most = base::kConnectionsMost});
  settings.push_back(
      {.path = "server.room_affinity",
       .kind = SettingKind::on_off,
       .help = "serve a connection on the shard where its room is at home; the flag, without a "
               "value: on the shard that accepted it",
       .standard = "true",
       .flag = "--no-room-affinity",
       .flag_says = "false"});
  settings.push_back({.path = "server.raw",
                      .kind = SettingKind::on_off,
                      .help = "serve the raw endpoints /echo and /room?room=R",
                      .standard = "false",
                      .flag = "--raw",
                      .flag_says = "true"});
}

void add_sessions(std::vector<Setting>& settings) {
  settings.push_back(bytes("server.max_message", "--max-message", base::kMessageBytesDefault,
                           base::kMessageBytesLeast, base::kMessageBytesMost,
                           "largest message; more is closed with 1009"));
  settings.push_back(bytes("server.send_queue", "--send-queue", base::kSendQueueBytesDefault,
                           base::kSendQueueBytesLeast, base::kSendQueueBytesMost,
                           "what may wait for one slow reader; more is closed with 1013"));
  settings.push_back(timeout("server.heartbeat", "--heartbeat", base::kHeartbeatIntervalDefault,
                             true, "ping a session that was silent so long; 0s: never"));
  settings.push_back(timeout("server.handshake_timeout", "--handshake-timeout",
                             base::kHandshakeTimeoutDefault, false, "for the opening handshake"));
  settings.push_back(timeout("server.close_timeout", "--close-timeout", base::kCloseTimeoutDefault,
                             false, "for the answer to a close frame"));
  settings.push_back(timeout("server.idle_timeout", "--idle-timeout", base::Duration{}, true,
                             "close a session without messages for so long; 0s: never"));
  settings.push_back(timeout(
      "server.park_after", "--park-after", base::kParkAfterDefault, true,
      "let a connection that was silent so long cost the least memory; 0s: never; at most half of "
      "--heartbeat, whose pongs would keep everybody awake"));
}

void add_budgets(std::vector<Setting>& settings) {
  settings.push_back(
      {.path = "server.receive_buffers",
       .kind = SettingKind::count,
       .help = "that a ring may lend at once, a power of two; no more than bursts need take memory",
       .standard_words = fmt::format("{}, or what a quarter of --memory-budget allows",
                                     base::kReceiveBuffersDefault),
       .flag = "--receive-buffers",
       .least = base::kReceiveBuffersLeast,
       .most = base::kReceiveBuffersMost});
  settings.push_back(bytes("server.receive_buffer", "--receive-buffer",
                           base::kReceiveBufferBytesDefault, base::kReceiveBufferBytesLeast,
                           base::kReceiveBufferBytesMost, "bytes of one receive buffer"));
  settings.push_back(
      {.path = "server.handshakes_per_second",
       .kind = SettingKind::count,
       .help = "opening handshakes at most, over all shards; more are refused with 503 early and "
               "cheaply; 0: no limit",
       .standard_words =
           fmt::format("{} for each shard", base::kHandshakesPerSecondPerShardDefault),
       .flag = "--handshakes-per-second",
       .most = base::kHandshakesPerSecondMost});
  settings.push_back(
      {.path = "server.memory_budget",
       .kind = SettingKind::bytes,
       .help = "what all connections together may hold in queues, partial messages and handshakes; "
               "near it new ones are refused, then the slowest closed; 0: no limit",
       .standard_words = "half of the host's memory",
       .flag = "--memory-budget",
       .most = base::kMemoryBudgetMost});
}

void add_slow_readers(std::vector<Setting>& settings) {
  settings.push_back(
      {.path = "rooms.policies",
       .help = "PATTERN=POLICY, such as ticks.*=latest: what rooms of that name do for slow "
               "readers: reliable, latest or ephemeral; may be repeated, the first that fits "
               "decides",
       .standard_words = "reliable",
       .flag = "--room-policy",
       .is_list = true});
  settings.push_back(
      bytes("rooms.conflate_above", "--conflate-above", base::kConflateAboveBytesDefault, 0,
            base::kSendQueueBytesMost,
            "what may wait for a member of a latest room before it is given newest values only"));
  settings.push_back(
      bytes("rooms.drop_above", "--drop-above", base::kDropAboveBytesDefault, 0,
            base::kSendQueueBytesMost,
            "what may wait for a member of an ephemeral room before messages are dropped"));
  settings.push_back(
      {.path = "rooms.keys_per_room",
       .kind = SettingKind::count,
       .help = "keys whose newest values a latest room keeps per shard while somebody lags",
       .standard = std::to_string(base::kKeysPerRoomDefault),
       .flag = "--keys-per-room",
       .least = 1,
       .most = base::kKeysPerRoomMost});
}

}  // namespace

void add_server_settings(std::vector<Setting>& settings) {
  add_places(settings);
  add_sessions(settings);
  add_budgets(settings);
  add_slow_readers(settings);
}

}  // namespace app
