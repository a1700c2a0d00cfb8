// SessionHandler: the application of a shard: who may connect, and what becomes of messages.
//
// Sessions calls these on the shard's thread, within its turn; none may block. A session that
// on_request() accepted or left pending, or that connect() opened, ends with exactly one
// on_close(). Payloads may be changed in place and are gone after the call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"
#include "engine/io/outcome.h"
#include "engine/io/peer_address.h"
#include "engine/session/session.h"
#include "protocol/http_request.h"
#include "protocol/opcode.h"

namespace engine {

// What becomes of a request for an upgrade, or of any other HTTP request.
struct Admission {
  enum class Verdict : std::uint8_t {
    accept,     // Becomes a WebSocket now.
    pending,    // Sessions::admit() or Sessions::refuse() follows.
    respond,    // Gets `response`, which says why not, and is closed.
    serve,      // Gets `response`, the page that it asked for, and is closed.
    elsewhere,  // `shard` is asked instead: only if Sessions::better_on() said so.
  };
  Verdict verdict = Verdict::respond;
  std::uint64_t context = 0;       // Kept with the session.
  std::string_view subprotocol{};  // Of those that the client offered; empty for none.
  std::string response{};          // A whole HTTP response.
  std::uint32_t shard = 0;
};

struct CloseInfo {
  CloseReason reason = CloseReason::none;
  std::uint16_t code = 0;  // Of the close frame that ended it, 1006 if there was none.
  bool opened = false;     // It had become a WebSocket.
};

// Why a connect came to nothing.
struct ConnectFailure {
  // Of TCP, or timed_out; success: the server answered something else.
  Outcome outcome = Outcome::success;
  std::uint16_t http_status = 0;          // What it answered, if that was HTTP.
  std::uint32_t retry_after_seconds = 0;  // When it asked for another try, if it did.
};

class SessionHandler {
 public:
  virtual ~SessionHandler() = default;

  // Server side. Called for every complete HTTP request. `upgradable` says whether it is a correct
  // request for a WebSocket; one that is not may be answered, or accepted all the same, and then
  // gets the status that says what is wrong with it. Only an upgradable one may be left pending.
  virtual Admission on_request(SessionId id, const protocol::HttpRequest& request,
                               bool upgradable) = 0;
  // Server side. A connection gets a 503 whatever it asks for: too many connections, too many
  // handshakes, or no memory. There may be very many of these at once.
  virtual void on_turned_away(SessionId /*id*/, const PeerAddress& /*peer*/, CloseReason /*why*/) {}
  virtual void on_open(SessionId id) = 0;
  // `opcode` is text (valid UTF-8) or binary.
  virtual void on_message(SessionId id, protocol::Opcode opcode, std::span<std::byte> payload) = 0;
  virtual void on_close(SessionId id, const CloseInfo& info) = 0;
  // A ping of ours was answered after so long.
  virtual void on_pong(SessionId /*id*/, base::Duration /*round_trip*/) {}
  // The shard drains, and closes the session with 1001 right after this: a last word may be sent.
  virtual void on_draining(SessionId /*id*/) {}
  // Client side: nobody answered, or not with a 101. A server that ends the connection without an
  // answer is an on_close() with `opened` false.
  virtual void on_connect_failed(std::uint64_t context, const ConnectFailure& failure) = 0;
};

// Who keeps something about sessions in their `attachment`: the room layer.
class AttachmentOwner {
 public:
  virtual ~AttachmentOwner() = default;
  // The session ends; its attachment is not 0. Called before on_close().
  virtual void on_detach(SessionId id) = 0;
  // A session that was watched takes more again; see Sessions::watch(). Only to be noted.
  virtual void on_drained(SessionId id) = 0;
  // The session is closed because it reads too slowly: writes what it has been given into `reason`,
  // which is a close frame's, and returns how many bytes that are.
  virtual std::size_t write_resume_points(SessionId id, std::span<char> reason) = 0;
};

}  // namespace engine
