// set_option(): one integer option of a socket that is still a descriptor of the process.
//
// A refused option costs speed, not correctness, so nobody is told. Any thread; the driver of the
// kernel alone uses it, while a socket is made.
#pragma once

#include <sys/socket.h>

namespace engine {

inline void set_option(int file, int level, int option, int value) noexcept {
  static_cast<void>(setsockopt(file, level, option, &value, sizeof value));
}

}  // namespace engine
