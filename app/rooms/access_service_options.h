// AccessServiceOptions: the service that decides about rooms where an [[access]] rule says so; the
// access_ settings of [rooms].
//
// Plain values, filled and checked by app/config before anything starts; a reload replaces them
// whole. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "app/upstream/when_service_is_down.h"

namespace app {

struct AccessServiceOptions {
  std::string url{};  // Empty: there is none.
  std::chrono::milliseconds timeout{1'000};
  std::uint32_t connections = 8;
  // How long an answer is believed that does not say so itself.
  std::chrono::milliseconds cache_for{30'000};
  WhenServiceIsDown when_down = WhenServiceIsDown::refuse;
  std::chrono::milliseconds known_for{3'600'000};
  // Events of a shard's clients that wait for it at a time.
  std::uint32_t waiting_most = 4096;
};

}  // namespace app
