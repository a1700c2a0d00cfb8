// World: what differs between the kernel and the simulation for the conformance tests; nothing else
// may.
//
// The same test bodies are compiled against both drivers. Here is how each gets its drivers, and
// how somebody who owns no shard calls into one: for the kernel from another thread, for the
// simulation at once. Threads: the test's own.
#pragma once

#include <memory>

#include "engine/io/driver.h"

// The suite is built a third time with tables so small that each driver of the kernel has several
// rings.
#ifndef MILLRACE_DESCRIPTORS_PER_RING
#define MILLRACE_DESCRIPTORS_PER_RING 0
#endif

namespace conformance {
inline constexpr std::uint32_t kDescriptorsPerRing = MILLRACE_DESCRIPTORS_PER_RING;
}

#define MILLRACE_JOIN_NAMES(a, b) a##b
#define MILLRACE_JOIN(a, b) MILLRACE_JOIN_NAMES(a, b)
#define MILLRACE_WORLD_uring 1

#if MILLRACE_JOIN(MILLRACE_WORLD_, ENGINE_WORLD)

#include <thread>

namespace conformance {

class World {
 public:
  template <typename Call>
  void from_outside(Call&& call) {
    std::thread outside(call);
    outside.join();
  }
};

}  // namespace conformance

#else

#include "tests/sim/network.h"

namespace conformance {

class World {
 public:
  template <typename Call>
  void from_outside(Call&& call) {
    call();
  }

 private:
  sim::Network network_{1};
  sim::AdvancingWaiter waiter_{network_};
};

}  // namespace conformance

#endif
