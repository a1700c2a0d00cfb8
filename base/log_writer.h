// What lines of the log are handed to: for base/log.cc and base/log_thread.cc alone, so that no
// other file depends on spdlog. Any thread.
#pragma once

#include <spdlog/fwd.h>

#include <atomic>

namespace base::detail {

// Writes a line before it returns.
spdlog::logger& plain_log_writer();

// That of the LogThread, while there is one.
inline constinit std::atomic<spdlog::logger*> log_writer{nullptr};

}  // namespace base::detail
