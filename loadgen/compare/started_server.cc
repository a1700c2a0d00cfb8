#include "loadgen/compare/started_server.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

#include "loadgen/clock.h"

namespace loadgen {

namespace {

constexpr base::Duration kLook = std::chrono::milliseconds{20};
constexpr int kExitNoShell = 127;

// Only what a child may do between fork and exec.
[[noreturn]] void become(const char* command) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nowhere = open("/dev/null", O_RDWR);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nowhere, stream);
  execl("/bin/sh", "sh", "-c", command, nullptr);
  _exit(kExitNoShell);
}

std::string how_it_ended(int status) {
  if (WIFEXITED(status)) return fmt::format("ended with code {}", WEXITSTATUS(status));
  return fmt::format("was ended by signal {}", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

bool ended_until(pid_t pid, base::Instant deadline) {
  while (waitpid(pid, nullptr, WNOHANG) == 0) {
    if (monotonic_now() > deadline) return false;
    std::this_thread::sleep_for(kLook);
  }
  return true;
}

}  // namespace

base::Result<StartedServer> StartedServer::start(const std::string& command,
                                                 const engine::Address& address,
                                                 base::Duration patience) {
  if (accepts(address)) {
    return base::Error{"somebody listens on " + address.text() + " already, before '" + command +
                       "' was started"};
  }
  const std::string line = "exec " + command;
  const pid_t pid = fork();
  if (pid < 0) return base::Error{"cannot start '" + command + "': " + std::strerror(errno)};
  if (pid == 0) become(line.c_str());
  setpgid(pid, pid);  // Here too: whoever of the two comes first.
  StartedServer server(pid);
  const base::Instant deadline = monotonic_now() + patience;
  while (!accepts(address)) {
    int status = 0;
    if (waitpid(pid, &status, WNOHANG) == pid) {
      server.pid_ = 0;
      kill(-pid, SIGKILL);
      return base::Error{
          fmt::format("'{}' {} before it listened on {}; its output is shown when "
                      "it is run by hand",
                      command, how_it_ended(status), address.text())};
    }
    if (monotonic_now() > deadline) {
      return base::Error{fmt::format("'{}' does not listen on {} after {:.0f}s", command,
                                     address.text(), base::to_seconds(patience))};
    }
    std::this_thread::sleep_for(kLook);
  }
  return base::Result<StartedServer>(std::move(server));
}

StartedServer::StartedServer(StartedServer&& other) noexcept : pid_(std::exchange(other.pid_, 0)) {}

StartedServer::~StartedServer() {
  if (pid_ == 0) return;
  kill(-pid_, SIGTERM);
  const bool ended = ended_until(pid_, monotonic_now() + kEndPatience);
  kill(-pid_, SIGKILL);  // Those that it had started itself, or all.
  if (!ended) waitpid(pid_, nullptr, 0);
}

base::Result<std::uint16_t> free_port() {
  const auto any = engine::Address::parse("127.0.0.1:0");
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return base::Error{std::string("no socket: ") + std::strerror(errno)};
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the sockets' own way.
  auto* const name = reinterpret_cast<sockaddr*>(&bound);
  const bool found = bind(probe, any.value().data(), any.value().size()) == 0 &&
                     getsockname(probe, name, &size) == 0;
  close(probe);
  if (!found) return base::Error{std::string("no free port: ") + std::strerror(errno)};
  return engine::Address::from_socket_address(bound).port();
}

bool accepts(const engine::Address& address) {
  const int family = address.is_ipv6() ? AF_INET6 : AF_INET;
  const int probe = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return false;
  const bool connected = connect(probe, address.data(), address.size()) == 0;
  close(probe);
  return connected;
}

}  // namespace loadgen
