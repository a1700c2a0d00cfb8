// OpenConnections: the descriptors that the admin server has open, so that idle ones can give way
// to others, and all of them to the end.
//
// Threads: those of the admin server; each adds and removes the connection that it serves.
// Interrupting shuts a socket down, which wakes the thread that waits on it; nothing is closed
// here. Bound: one entry per thread.
#pragma once

#include <mutex>
#include <unordered_map>

namespace app {

class OpenConnections {
 public:
  // False: interrupt_all() was called, and no connection is served any more.
  bool add(int descriptor);
  // An idle one waits for a request. False: it was interrupted.
  bool set_idle(int descriptor, bool idle);
  void remove(int descriptor);

  void interrupt_an_idle_one();
  void interrupt_all();

 private:
  struct State {
    bool is_idle = false;
    bool is_interrupted = false;
  };

  std::mutex mutex_;
  std::unordered_map<int, State> by_descriptor_;
  bool is_ending_ = false;
};

}  // namespace app
