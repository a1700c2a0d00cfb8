// RoomAuthority: says who may do what in which room, where an [[access]] rule leaves that to a
// service.
//
// Threads: any. recall() waits for nothing but a lock that is held for a look-up. An answer of
// ask() is called exactly once, on a service thread or, where it is known at once, within ask().
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "app/rooms/access_answer.h"
#include "app/rooms/access_question.h"
#include "app/upstream/when_service_is_down.h"

namespace app {

// What it counts, for /metrics.
struct RoomAuthorityCounts {
  std::uint64_t asked = 0;
  std::uint64_t waiting = 0;
  std::uint64_t cache_hits = 0;
  std::uint64_t service_calls = 0;
  std::uint64_t service_failures = 0;
  std::uint64_t timeouts = 0;  // Of those.
  std::uint64_t overloaded = 0;
  std::uint64_t allowed_while_down = 0;
  bool breaker_open = false;
};

class RoomAuthority {
 public:
  using Answer = std::function<void(AccessAnswer)>;

  virtual ~RoomAuthority() = default;
  // What the service has said of it and still holds; nothing: ask().
  virtual std::optional<bool> recall(const AccessQuestion& question) = 0;
  virtual void ask(const AccessQuestion& question, Answer answer) = 0;
  virtual RoomAuthorityCounts counts() const = 0;
  // A reload has changed what to do while the service is down.
  virtual void set_when_down(WhenServiceIsDown /*what*/, std::chrono::milliseconds /*known_for*/) {}
};

}  // namespace app
