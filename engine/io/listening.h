// Listening: what became of a listen address: the driver's name for it, and where it really
// listens.
//
// The port of `bound` is the one that the kernel chose where the address asked for port 0. Plain
// value.
#pragma once

#include <cstdint>

#include "engine/io/address.h"

namespace engine {

struct Listening {
  std::uint32_t listener;  // For submit_accept(): 0, 1, 2 ... in the order of listen() calls.
  Address bound;
};

}  // namespace engine
