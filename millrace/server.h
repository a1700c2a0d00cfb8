// Server: a WebSocket server inside a program: shards that listen, a Handler on each.
//
//   auto server = millrace::Server::open({.listen = {"127.0.0.1:8080"}}, [](millrace::Shard& shard)
//   {
//     return std::make_unique<MyHandler>(shard);
//   });
//   if (!server.ok()) return fail(server.error());
//   const millrace::Status ended = server.value().run();
//
// Threads: open(), run() and the destructor belong to one thread; everything else may be called
// from any, and stop() from a signal handler too. Needs Linux 6.1 or newer. What bounds it is in
// Options. Signals are the program's own affair: the library installs none and blocks none.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "millrace/handler.h"
#include "millrace/options.h"
#include "millrace/result.h"
#include "millrace/shard.h"

namespace millrace {

// Called once per shard by open(), on its thread. Null is an error.
using HandlerFactory = std::function<std::unique_ptr<Handler>(Shard&)>;
using Task = std::function<void(Shard&)>;

enum class PostResult : std::uint8_t {
  posted,
  full,           // posted_tasks_max wait already: try again later, or drop it.
  ended,          // run() is over.
  no_such_shard,  // Shards are numbered from 0 to shards() - 1.
};

// Sums over all shards; each was right at some moment of the call. They only grow, but for those
// that say "now".
struct Counters {
  std::uint64_t connections = 0;  // TCP connections now, those being refused included.
  std::uint64_t accepted = 0;
  std::uint64_t sessions = 0;  // Now, handshakes included.
  std::uint64_t opened = 0;    // Handshakes that ended with 101.
  std::uint64_t messages_received = 0;
  std::uint64_t message_bytes_received = 0;
  std::uint64_t messages_sent = 0;     // Deliveries to members included.
  std::uint64_t messages_dropped = 0;  // Found a full send queue; deliveries included.
  std::uint64_t bytes_received = 0;    // Framing included.
  std::uint64_t bytes_sent = 0;
  std::uint64_t rooms = 0;      // Now, counted on each shard that has members.
  std::uint64_t members = 0;    // Now.
  std::uint64_t published = 0;  // Messages to rooms.
  std::uint64_t conflated = 0;  // Deliveries that a latest room held back for a member that lags,
  std::uint64_t caught_up = 0;  // and of those, got to it after all: the newest values.
  std::uint64_t skipped = 0;    // Deliveries that an ephemeral room dropped for one that lags.
  std::uint64_t tasks_run = 0;
  std::uint64_t tasks_refused = 0;
  std::array<std::uint64_t, kCloseReasons> closed{};  // Sessions, by CloseReason.
};

class Server {
 public:
  // Takes every resource and binds every address, or says what is missing and what to do about it.
  static Result<Server> open(const Options& options, const HandlerFactory& factory);

  Server(Server&& other) noexcept;
  Server& operator=(Server&& other) noexcept;
  // Stops what still runs, without a drain.
  ~Server();

  // Starts the shards' threads and waits until stop() has ended them. Once. An error: a shard could
  // not start or ended by itself; the log says why.
  Status run();

  // Accepts nobody any more, sends every client 1001 and ends run() when all have left, or after
  // Options::drain_grace. Any thread, and signal handlers.
  void stop() noexcept;
  // Ends run() after the present turn, in the middle of a drain too. Any thread, and signal
  // handlers.
  void stop_now() noexcept;

  // Runs `task` on a shard's thread, in the order in which this thread posted to it, soon. One that
  // has not run when run() ends is dropped. Any thread, handlers included; takes a lock for a
  // moment. Bound: Options::posted_tasks_max.
  PostResult post(std::uint32_t shard, Task task);

  std::uint32_t shards() const noexcept;
  // What is really listened on, in the order of Options::listen.
  std::vector<std::string> addresses() const;
  Counters counters() const noexcept;

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts) noexcept;

  std::unique_ptr<Parts> parts_;
};

}  // namespace millrace
