#include "app/admin/open_connections.h"

#include <sys/socket.h>

#include "base/check.h"

namespace app {

bool OpenConnections::add(int descriptor) {
  const std::lock_guard lock(mutex_);
  if (is_ending_) return false;
  const bool is_new = by_descriptor_.emplace(descriptor, State{}).second;
  CHECK(is_new);
  return true;
}

bool OpenConnections::set_idle(int descriptor, bool idle) {
  const std::lock_guard lock(mutex_);
  State& state = by_descriptor_.at(descriptor);
  state.is_idle = idle;
  return !state.is_interrupted && !is_ending_;
}

void OpenConnections::remove(int descriptor) {
  const std::lock_guard lock(mutex_);
  by_descriptor_.erase(descriptor);
}

void OpenConnections::interrupt_an_idle_one() {
  const std::lock_guard lock(mutex_);
  for (auto& [descriptor, state] : by_descriptor_) {
    if (!state.is_idle || state.is_interrupted) continue;
    state.is_interrupted = true;
    ::shutdown(descriptor, SHUT_RD);
    return;
  }
}

void OpenConnections::interrupt_all() {
  const std::lock_guard lock(mutex_);
  is_ending_ = true;
  for (const auto& [descriptor, state] : by_descriptor_) {
    // What is being answered may be sent still; nothing more is read.
    ::shutdown(descriptor, SHUT_RD);
  }
}

}  // namespace app
