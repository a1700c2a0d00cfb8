// Handler: the application on one shard: who may connect, and what becomes of messages.
//
// One per shard, made by the factory that Server::open() is given, so it needs no locks for what it
// keeps. Threads: every function is called on the shard's own thread, within its turn, and never
// two at once. None may block (all clients of the shard would wait) and none may throw (that ends
// the process). A session that on_request() accepted or left pending ends with exactly one
// on_close(), unless the server ends first.
#pragma once

#include <optional>

#include "millrace/request.h"
#include "millrace/session.h"

namespace millrace {

class Handler {
 public:
  virtual ~Handler() = default;

  // Once, on the shard's thread, before anybody can connect.
  virtual void on_start() {}
  // A correct request for a WebSocket. `id` is its name from here to on_close().
  virtual Answer on_request(SessionId /*id*/, const Request& /*request*/) {
    return Answer::accept();
  }
  // Any other request: a page to answer with. Nothing: the client is told what its request lacks.
  virtual std::optional<Response> on_page(const Request& /*request*/) { return std::nullopt; }
  virtual void on_open(SessionId /*id*/) {}
  virtual void on_message(SessionId id, const Message& message) = 0;
  // The last word about a session, which is out of all its rooms; its id names nobody any more.
  virtual void on_close(SessionId /*id*/, const CloseInfo& /*info*/) {}

  // A join that was pending is in force, or came to nothing.
  virtual void on_joined(SessionId /*id*/, RoomId /*room*/) {}
  virtual void on_join_failed(SessionId /*id*/) {}
  // What became of a message that was published with this ticket: once for each, unless its
  // publisher ends before.
  virtual void on_published(SessionId /*id*/, std::uint64_t /*ticket*/,
                            const PublishAnswer& /*answer*/) {}
};

}  // namespace millrace
