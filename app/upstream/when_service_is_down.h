// WhenServiceIsDown: what is answered while a service that decides about people does not answer.
//
// A plain value, any thread.
#pragma once

#include <cstdint>

namespace app {

enum class WhenServiceIsDown : std::uint8_t {
  refuse,       // Nobody is let in, or does anything.
  admit_known,  // Whoever the service let do the same lately, within `known_for`.
};

}  // namespace app
