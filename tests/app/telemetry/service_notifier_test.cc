#include "app/telemetry/service_notifier.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string>

#include "app/gateway_limits.h"
#include "base/check.h"

namespace app {
namespace {

using std::chrono::seconds;

// The manager's end: a datagram socket of an abstract name, so that no file is left behind.
class Manager {
 public:
  Manager() : socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    CHECK(socket_ >= 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = "millrace-notify-" + std::to_string(getpid());
    std::memcpy(address.sun_path + 1, name.data(), name.size());  // After the NUL: abstract.
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    CHECK(bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
    setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  }
  ~Manager() {
    close(socket_);
    for (const char* variable : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) {
      unsetenv(variable);
    }
  }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  // The next notice, or "" when there is none.
  std::string next() const {
    std::array<char, 4096> buffer;
    const ssize_t size = recv(socket_, buffer.data(), buffer.size(), 0);
    return size < 0 ? "" : std::string(buffer.data(), static_cast<std::size_t>(size));
  }

 private:
  int socket_;
};

std::int64_t monotonic_microseconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

TEST(ServiceNotifier, TellsTheManagerEachStep) {
  const Manager manager;
  ServiceNotifier notifier;
  EXPECT_EQ(manager.next(), "") << "nothing before it is asked to";
  notifier.ready("2 shards");
  EXPECT_EQ(manager.next(), "READY=1\nSTATUS=2 shards");
  notifier.status("1000 connections");
  EXPECT_EQ(manager.next(), "STATUS=1000 connections");
  notifier.ping();
  EXPECT_EQ(manager.next(), "WATCHDOG=1");
  EXPECT_EQ(manager.next(), "");
}

TEST(ServiceNotifier, AReloadSaysWhenItBegan) {
  const Manager manager;
  ServiceNotifier notifier;
  const std::int64_t before = monotonic_microseconds();
  notifier.reloading();
  const std::int64_t after = monotonic_microseconds();
  const std::string notice = manager.next();
  constexpr std::string_view kBegins = "RELOADING=1\nMONOTONIC_USEC=";
  ASSERT_TRUE(notice.starts_with(kBegins)) << notice;
  const std::int64_t said = std::stoll(notice.substr(kBegins.size()));
  EXPECT_GE(said, before);
  EXPECT_LE(said, after);
}

TEST(ServiceNotifier, AStopAsksForTheTimeOfItsDrain) {
  const Manager manager;
  ServiceNotifier notifier;
  notifier.stopping(seconds{120});
  const std::string notice = manager.next();
  constexpr std::string_view kBegins = "STOPPING=1\nEXTEND_TIMEOUT_USEC=";
  ASSERT_TRUE(notice.starts_with(kBegins)) << notice;
  EXPECT_GT(std::stoll(notice.substr(kBegins.size())), 120'000'000);
}

TEST(ServiceNotifier, AStatusCannotForgeANotice) {
  const Manager manager;
  ServiceNotifier notifier;
  notifier.status("fine\nSTOPPING=1\r\n\tend");
  EXPECT_EQ(manager.next(), "STATUS=fine STOPPING=1   end");
  notifier.ready("a\nWATCHDOG=trigger");
  EXPECT_EQ(manager.next(), "READY=1\nSTATUS=a WATCHDOG=trigger");
}

TEST(ServiceNotifier, ALongStatusIsCut) {
  const Manager manager;
  ServiceNotifier notifier;
  notifier.status(std::string(100'000, 'x'));
  EXPECT_EQ(manager.next(), "STATUS=" + std::string(kServiceStatusBytesMax, 'x'));
}

TEST(ServiceNotifier, ReadsHowOftenItIsWatched) {
  const Manager manager;
  EXPECT_EQ(ServiceNotifier().watchdog_period(), base::Duration{}) << "nobody watches";
  setenv("WATCHDOG_USEC", "10000000", 1);
  EXPECT_EQ(ServiceNotifier().watchdog_period(), base::Duration{seconds{10}});
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  EXPECT_EQ(ServiceNotifier().watchdog_period(), base::Duration{seconds{10}});
  setenv("WATCHDOG_PID", "1", 1);
  EXPECT_EQ(ServiceNotifier().watchdog_period(), base::Duration{}) << "another is watched";
  unsetenv("WATCHDOG_PID");
  setenv("WATCHDOG_USEC", "soon", 1);
  EXPECT_EQ(ServiceNotifier().watchdog_period(), base::Duration{}) << "not a number";
}

TEST(ServiceNotifier, WithoutAManagerNothingHappens) {
  unsetenv("NOTIFY_SOCKET");
  ServiceNotifier notifier;
  notifier.ready("started by hand");
  setenv("NOTIFY_SOCKET", "@millrace-notify-nobody", 1);
  notifier.ready("the manager has gone");
  unsetenv("NOTIFY_SOCKET");
  notifier.reloading();
  notifier.ping();
  notifier.stopping(seconds{1});
  EXPECT_EQ(notifier.watchdog_period(), base::Duration{});
}

}  // namespace
}  // namespace app
