#include "app/telemetry/service_notifier.h"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <chrono>
#include <cstdint>
#include <ctime>
#include <string>

#include "app/gateway_limits.h"

namespace app {

namespace {

// The variables stay in the environment: every later notice needs them.
constexpr int kKeepEnvironment = 0;
// What the last steps of a stop may take, after the connections have gone.
constexpr std::chrono::seconds kEndGrace{10};

void send(const std::string& assignments) { sd_notify(kKeepEnvironment, assignments.c_str()); }

// A notice is lines of NAME=value, so a value has no line of its own.
std::string on_one_line(std::string_view text) {
  std::string line(text.substr(0, kServiceStatusBytesMax));
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return line;
}

std::int64_t monotonic_microseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000;
}

}  // namespace

ServiceNotifier::ServiceNotifier() {
  std::uint64_t microseconds = 0;
  // Zero when nobody watches, and when WATCHDOG_PID says that another process is watched.
  if (sd_watchdog_enabled(kKeepEnvironment, &microseconds) > 0) {
    watchdog_period_ = std::chrono::microseconds{microseconds};
  }
}

void ServiceNotifier::ready(std::string_view status) {
  send(fmt::format("READY=1\nSTATUS={}", on_one_line(status)));
}

void ServiceNotifier::reloading() {
  send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}\nSTATUS=Reading the configuration again",
                   monotonic_microseconds()));
}

void ServiceNotifier::stopping(base::Duration within) {
  const auto extended = std::chrono::duration_cast<std::chrono::microseconds>(within + kEndGrace);
  send(fmt::format("STOPPING=1\nEXTEND_TIMEOUT_USEC={}\nSTATUS=Draining", extended.count()));
}

void ServiceNotifier::status(std::string_view text) {
  send(fmt::format("STATUS={}", on_one_line(text)));
}

void ServiceNotifier::ping() { send("WATCHDOG=1"); }

}  // namespace app
