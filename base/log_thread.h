// LogThread: while it lives, a thread of its own writes the log, so that nobody who logs waits for
// whoever reads it: a pipe that is full, a journal that is stopped.
//
// One at a time; made before the threads that log, ended after them, by the main thread. Bound:
// kLines lines wait; when there are more, the oldest are lost, and the end says how many were.
#pragma once

#include <cstddef>
#include <memory>

namespace base {

class LogThread {
 public:
  static constexpr std::size_t kLines = 1024;

  LogThread();
  // Waits until what waits is written, two seconds at most.
  ~LogThread();
  LogThread(const LogThread&) = delete;
  LogThread& operator=(const LogThread&) = delete;

 private:
  struct Parts;

  std::unique_ptr<Parts> parts_;
};

}  // namespace base
