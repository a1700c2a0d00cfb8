// Admissions: lets clients in: the page they come from, their token, their limits, who they are.
//
// A handshake waits while an Authenticator finds out who the token speaks for, on a service thread;
// no shard does. Threads: the shard's own. Bounds: the Authenticator's queue, and of it
// kAuthQueuePerAddressMost for one address; failures of an address are throttled by FailedAttempts.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "app/native/native_context.h"
#include "app/rooms/room_events.h"
#include "engine/session/session_handler.h"

namespace app {

class Admissions {
 public:
  Admissions(NativeContext& context, RoomEvents& rooms) : context_(context), rooms_(rooms) {}

  // For a path of native events.
  engine::Admission on_request(engine::SessionId id, const protocol::HttpRequest& request,
                               bool upgradable);
  // A present client wants to be known by another token from now on. `request_id` is JSON.
  void refresh(ClientHandle handle, std::string token, std::string request_id);

 private:
  using Answered = std::function<void(Admissions& self, const AuthResult& result)>;

  // Nothing when the request does not say.
  std::optional<std::uint32_t> shard_wanted(const protocol::HttpRequest& request);
  engine::Admission refuse(engine::SessionId id, AuthFailure why,
                           const engine::PeerAddress& address);
  // Asks who the token speaks for. False, and nothing is done, when too many of this address wait.
  bool ask(const engine::PeerAddress& address, std::string token, Answered then);
  void count_answer(std::uint64_t address_key);
  void forget(ClientHandle handle);
  // What lets the client in once its identity is known; else why not.
  Identity as_in_force(Identity identity) const;
  AuthFailure check(const Identity& identity) const;
  std::string refuse_limited(engine::SessionId id, const engine::PeerAddress& address,
                             const LimitVerdict& verdict);
  std::optional<std::string> enter(ClientHandle handle, const Identity& identity);
  // The Authenticator's word on a client that waits; it may have left.
  void on_answer(ClientHandle handle, const AuthResult& result);
  void on_refreshed(ClientHandle handle, const AuthResult& result, std::string_view request_id);
  void note_failure(AuthFailure why, const engine::PeerAddress& address);

  NativeContext& context_;
  RoomEvents& rooms_;
  // Questions without an answer, by address_key(), of those addresses that have any.
  std::unordered_map<std::uint64_t, std::uint32_t> waiting_from_;
};

}  // namespace app
