// Options: where a millrace::Server listens, how many threads it runs, and what bounds its clients.
//
// Plain values, read once by Server::open(), which says which field is wrong and what it may be.
// Times are std::chrono durations; sizes are bytes. Each bound holds for every session alike, and
// what was refused, dropped or closed because of one is counted: see Counters in server.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace millrace {

// What the library writes to stderr, one line each. Nothing is logged per message.
enum class LogLevel : std::uint8_t { debug, info, warn, error, off };

struct Options {
  // "127.0.0.1:8080", "[::1]:8080", or ":8080" for every IPv4 address; no names. Port 0 lets the
  // kernel choose: Server::addresses() says what it chose. At least one.
  std::vector<std::string> listen{};

  // Threads, each with connections of its own; 0: one per cpu that this process may use. 256 at
  // most.
  std::uint32_t shards = 0;
  // Shard i is pinned to cpus[i % size]; empty: the kernel decides.
  std::vector<std::uint32_t> cpus{};

  // Over all shards. Further ones are answered with 503 and Retry-After. open() raises the soft
  // open-file limit of the process to the hard one, and refuses what not even that allows.
  std::uint64_t connections_max = 10'000;
  // What all shards may hold for their peers: queues, partial messages, handshakes. Near it new
  // connections get 503, then rooms that may leave messages out do so, then whoever holds most is
  // closed with 1013. 16 MiB to 2^50; 0: no limit.
  std::uint64_t memory_budget_bytes = 0;
  // Handshakes that a shard begins per second; further ones are answered with 503 before anything
  // is spent on them. 0: no limit. 100,000,000 at most.
  std::uint64_t handshakes_per_second_per_shard = 20'000;
  // Of one message, fragments together; a longer one is closed with 1009. 125 to 1 GiB.
  std::uint64_t message_bytes_max = std::uint64_t{1} << 20;
  // What may wait for one slow reader; past it the session is closed with 1013. 4 KiB to 512 MiB.
  std::uint64_t send_queue_bytes_max = std::uint64_t{1} << 20;

  // From 100 ms to 24 h each; the heartbeat, the idle timeout and parking may also be 0,
  // for never.
  std::chrono::nanoseconds handshake_timeout = std::chrono::seconds{10};
  std::chrono::nanoseconds close_timeout = std::chrono::seconds{5};
  // A session from which nothing came for so long is pinged, and dropped without a pong.
  std::chrono::nanoseconds heartbeat_interval = std::chrono::seconds{30};
  // A session that sent no message for so long is closed.
  std::chrono::nanoseconds idle_timeout = std::chrono::seconds{0};
  // A connection that was quiet for so long is parked: it costs the kernel a third less, and its
  // next message a little more. Never more than half of the heartbeat interval.
  std::chrono::nanoseconds park_after = std::chrono::seconds{10};
  // From stop() to the end of run(), at the latest. Clients are sent 1001 in waves meanwhile.
  std::chrono::nanoseconds drain_grace = std::chrono::seconds{10};

  // What a room does for a member that reads too slowly, by the room's name: "PATTERN=POLICY",
  // where a pattern may end with '*' and the first that fits decides; reliable where none does. At
  // most 256.
  //   reliable   its queue is bounded by send_queue_bytes_max; past it 1013. Nothing is left out.
  //   latest     past conflate_above_bytes it gets only the newest value of each key, later.
  //   ephemeral  past drop_above_bytes messages are dropped for it: typing, voice.
  std::vector<std::string> room_policies{};
  // Never more than send_queue_bytes_max, whatever is said here.
  std::uint64_t conflate_above_bytes = std::uint64_t{64} << 10;
  std::uint64_t drop_above_bytes = std::uint64_t{16} << 10;
  // Keys whose newest values a latest room keeps on a shard while somebody lags. 1 to 2^20.
  std::uint32_t keys_per_room_max = 1024;

  // Receive buffers that a ring of a shard may lend at once: a power of two from 16 to 32768, of
  // 512 B to 1 MiB each. A connection holds one only while its bytes are being parsed, and only
  // what was received into takes memory.
  std::uint32_t receive_buffers = 256;
  std::uint32_t receive_buffer_bytes = 131'072;

  // Tasks of Server::post() that may wait for one shard; further ones are refused.
  std::uint32_t posted_tasks_max = 65'536;

  LogLevel log_level = LogLevel::warn;  // Of the whole process.
};

}  // namespace millrace
