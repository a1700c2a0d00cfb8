// Typing: who is typing in which room, told to the others there; forgotten when nothing more comes.
//
// A start is passed on at most once in EventOptions::typing_pace for each client and room; the end
// is told when the client says so, is gone, or is silent for typing_expiry, unless the room is told
// that it leaves. Threads: the shard's own. Bound: kTypingPerClientMost rooms of each client; a
// start beyond it is dropped and counted.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

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
    return deadlines_.empty() ? base::kForever : deadlines_.top().at;
  }

 private:
  struct State {
    ClientHandle client{};
    std::string room{};
    base::Instant until{};
    base::Instant told{};
    std::uint64_t serial = 0;
  };
  // A state has one that knows its serial; it moves on as the state goes on.
  struct Deadline {
    base::Instant at{};
    std::uint64_t serial = 0;
    std::string key{};

    bool operator>(const Deadline& other) const noexcept {
      return at != other.at ? at > other.at : serial > other.serial;
    }
  };

  // The room's name; empty when the client has been told that it may not type there.
  std::string_view read_room(Client& client, const Event& event);
  void tell(const Client& client, std::string_view room, bool typing);

  NativeContext& context_;
  SchemaChecker checker_;
  std::map<std::string, State> states_;  // Those of a client are neighbours.
  std::priority_queue<Deadline, std::vector<Deadline>, std::greater<>> deadlines_;
  std::uint64_t last_serial_ = 0;
};

}  // namespace app
