// ServiceNotifier: tells the service manager that started us how we are: systemd's sd_notify.
//
// Started by hand, without NOTIFY_SOCKET in the environment, it says nothing to nobody. A notice
// that cannot be sent is dropped: a gateway does not end because its manager is deaf. Threads: the
// main thread's own. Bounds: one datagram a call, statuses cut at kServiceStatusBytesMax.
#pragma once

#include <string_view>

#include "base/time.h"

namespace app {

class ServiceNotifier {
 public:
  // Reads what the manager asks for; nothing is sent yet.
  ServiceNotifier();

  // Connections are accepted: whatever waits for this unit may start. Also ends a reload.
  void ready(std::string_view status);
  // The configuration is being read again; ready() follows, whether it was taken or not.
  void reloading();
  // The end begins and takes at most `within`, even when that is more than the unit's own timeout.
  void stopping(base::Duration within);
  // One line for `systemctl status`.
  void status(std::string_view text);

  // Zero: nobody watches. Otherwise a manager that hears no ping() for so long ends the process:
  // ping at least twice as often, and only when the shards are known to turn.
  base::Duration watchdog_period() const noexcept { return watchdog_period_; }
  void ping();

 private:
  base::Duration watchdog_period_{};
};

}  // namespace app
