// StartedServer: a server that was started for one run, and ends with this object.
//
// The command is run by /bin/sh in a process group of its own; the shell replaces itself by it, so
// that the pid is the server's. Ending asks the group with SIGTERM and, after kEndPatience, ends it
// with SIGKILL; the same happens if this process dies. Main thread only, while it is the only one.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "engine/io/address.h"

namespace loadgen {

class StartedServer {
 public:
  static constexpr base::Duration kEndPatience = std::chrono::seconds{5};

  // Waits until the address accepts a connection; an error says what happened instead.
  static base::Result<StartedServer> start(const std::string& command,
                                           const engine::Address& address, base::Duration patience);

  StartedServer(StartedServer&& other) noexcept;
  StartedServer& operator=(StartedServer&&) = delete;
  ~StartedServer();

  pid_t pid() const noexcept { return pid_; }

 private:
  explicit StartedServer(pid_t pid) noexcept : pid_(pid) {}

  pid_t pid_;  // 0: moved away.
};

// A port of 127.0.0.1 that nobody listens on now.
base::Result<std::uint16_t> free_port();
// Whether somebody accepts connections there.
bool accepts(const engine::Address& address);

}  // namespace loadgen
