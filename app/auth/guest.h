// Guests: whoever connects without a token where the options admit that.
//
// Pure, any thread. Nothing bounds how many there are but the connections; each has a name of its
// own, of as much chance as `random` holds.
#pragma once

#include <cstdint>

#include "app/auth/auth_options.h"
#include "app/auth/identity.h"

namespace app {

// Named "guest-" and 13 characters. `random`: 64 bits, from the driver of the shard.
Identity make_guest(const AuthOptions& options, std::uint64_t random);

}  // namespace app
