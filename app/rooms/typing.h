// Typing: who is typing in which room, told to the others there; forgotten when nothing more comes.
//
// Of each client and room one start and one end are told in EventOptions::typing_pace; what comes
// sooner is dropped and counted, and what it has come to is told once the pace is over. The end is
// told when the client says so, is gone, or is silent for typing_expiry, unless the room is told
// that it leaves. Threads: the shard's own. Bound: kTypingPerClientMost rooms of each client in
// which it types, or has within the pace; a start beyond it is dropped and counted.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "app/events/schema.h"
#include "app/native/native_context.h"
#include "base/time.h"

namespace app {

class Typing {
 public:
  explicit Typing(NativeContext& context) : context_(context) {}

  void on_start(ClientHandle handle, Client& client, const Event& event);
  void on_stop(ClientHandle handle, Client& client, const Event& event);
  // The room has been told that the client leaves it: that is enough said.
  void left(Client& client, std::string_view room);
  // The client is gone, from wherever it was typing.
  void gone(Client& client);

  void expire(base::Instant now);
  base::Instant next_deadline() const noexcept {
    return deadlines_.empty() ? base::kForever : deadlines_.begin()->first;
  }

 private:
  struct State {
    ClientHandle client{};
    std::string room{};
    bool typing = false;                      // As the client says,
    bool told = false;                        // and as the room was told.
    base::Instant until{};                    // When it has stopped, if it says no more.
    base::Instant start_from{};               // Before this no start is told,
    base::Instant end_from{};                 // and before this no end.
    base::Instant deadline = base::kForever;  // In deadlines_.
  };
  using States = std::map<std::string, State>;  // Those of a client are neighbours.

  // The room's name; empty when the client has been told that it may not type there.
  std::string_view read_room(Client& client, const Event& event);
  // Whether it was told something: what the state has come to, where the pace allows it. What is
  // left to do has a deadline; a state of which nothing is left is gone.
  bool settle(States::iterator at, Client& client, base::Instant now);
  static base::Instant next_of(const State& state) noexcept;
  States::iterator erase(States::iterator at, Client& client);
  void tell(const Client& client, std::string_view room, bool typing);

  NativeContext& context_;
  SchemaChecker checker_;
  States states_;
  std::set<std::pair<base::Instant, std::string>> deadlines_;  // With the state's key.
};

}  // namespace app
