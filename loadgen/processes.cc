#include "loadgen/processes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "loadgen/clock.h"

namespace loadgen {

namespace {

constexpr base::Duration kLook = std::chrono::milliseconds{20};
constexpr std::size_t kReadBytes = std::size_t{1} << 16;

// The first byte of what a process writes: a result follows, or the text of an error.
constexpr char kResult = 'R';
constexpr char kError = 'E';

struct Child {
  pid_t pid = -1;
  int pipe = -1;  // -1: it has said all.
  std::string said;
  int status = 0;
};

void write_all(int pipe, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(pipe, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // Nobody reads any more.
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

// What a child does, until it ends.
[[noreturn]] void be_child(const LoadOptions& all, std::uint32_t process, PublishedBoard& board,
                           SharedRun& shared, int pipe) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setpgid(0, 0);
  LoadOptions options = all;
  options.process = process;
  if (process != 0) options.server_pid.reset();  // One is enough to look at the server.
  if (!options.cpus.empty()) {
    const auto first = static_cast<std::size_t>(process) * options.shards % options.cpus.size();
    std::rotate(options.cpus.begin(), options.cpus.begin() + static_cast<std::ptrdiff_t>(first),
                options.cpus.end());
  }
  Interrupts interrupts;
  Progress progress(false);
  auto result = run_alone(options, board, shared, interrupts, progress);
  if (!result.ok()) shared.give_up();
  write_all(pipe, result.ok() ? kResult + pack(result.value()) : kError + result.error().message);
  _exit(0);
}

base::Result<Child> start_child(const LoadOptions& options, std::uint32_t process,
                                PublishedBoard& board, SharedRun& shared) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return base::Error{"no pipe: " + std::string(strerror(errno))};
  const pid_t pid = fork();
  if (pid == 0) {
    close(ends[0]);
    be_child(options, process, board, shared, ends[1]);
  }
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    return base::Error{"no process: " + std::string(strerror(errno))};
  }
  return Child{.pid = pid, .pipe = ends[0], .said = {}};
}

// Reads what it has to say; at the end of that, waits for its end.
void hear(Child& child) {
  std::string& said = child.said;
  const std::size_t before = said.size();
  said.resize(before + kReadBytes);
  const ssize_t got = read(child.pipe, said.data() + before, kReadBytes);
  said.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got > 0 || (got < 0 && errno == EINTR)) return;
  close(std::exchange(child.pipe, -1));
  while (waitpid(child.pid, &child.status, 0) < 0 && errno == EINTR) continue;
}

base::Result<RunResult> result_of(const Child& child, std::uint32_t process) {
  if (WIFSIGNALED(child.status)) {
    return base::Error{fmt::format("process {} of the generator was ended by signal {} ({})",
                                   process, WTERMSIG(child.status),
                                   strsignal(WTERMSIG(child.status)))};
  }
  if (child.said.starts_with(kError)) return base::Error{child.said.substr(1)};
  if (child.said.starts_with(kResult)) {
    if (auto result = unpack(std::string_view(child.said).substr(1))) return std::move(*result);
  }
  return base::Error{fmt::format("process {} of the generator ended without a result", process)};
}

class Children {
 public:
  explicit Children(SharedRun& shared) : shared_(shared) {}
  // None survives.
  ~Children() {
    for (Child& child : all_) {
      if (child.pipe < 0) continue;
      kill(child.pid, SIGKILL);
      close(child.pipe);
      while (waitpid(child.pid, nullptr, 0) < 0 && errno == EINTR) continue;
    }
  }
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;

  void add(Child child) { all_.push_back(std::move(child)); }

  // Until all have ended.
  void watch(Interrupts& interrupts, Progress& progress) {
    bool told = false;
    while (hear_all(told ? kLook : base::Duration::zero())) {
      const base::Instant now = monotonic_now();
      if (interrupts.wait_until(now + kLook) && !told) {
        for (const Child& child : all_) {
          if (child.pipe >= 0) kill(child.pid, SIGINT);
        }
        told = true;
      }
      if (!progress.due(now)) continue;
      const RunTotals totals = shared_.totals();
      progress.show(now, {.phase = "running",
                          .open = totals.open,
                          .failed = totals.failed,
                          .sent = totals.sent,
                          .received = totals.received});
    }
    progress.clear();
  }

  base::Result<RunResult> merged() const {
    std::vector<RunResult> results;
    for (std::uint32_t i = 0; i < all_.size(); ++i) {
      auto result = result_of(all_[i], i);
      if (!result.ok()) return result.error();
      results.push_back(result.take());
    }
    return merge_results(std::move(results));
  }

 private:
  // False when there is nobody to hear any more.
  bool hear_all(base::Duration patience) {
    std::vector<pollfd> pipes;
    for (const Child& child : all_)
      pipes.push_back({.fd = child.pipe, .events = POLLIN, .revents = 0});
    poll(pipes.data(), pipes.size(), static_cast<int>(patience / std::chrono::milliseconds{1}));
    bool any = false;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      if (all_[i].pipe >= 0 && pipes[i].revents != 0) hear(all_[i]);
      if (all_[i].pipe < 0 && all_[i].said.empty()) shared_.give_up();  // It died.
      any = any || all_[i].pipe >= 0;
    }
    return any;
  }

  SharedRun& shared_;
  std::vector<Child> all_;
};

}  // namespace

base::Result<RunResult> run_processes(const LoadOptions& options, PublishedBoard& board,
                                      SharedRun& shared, Interrupts& interrupts,
                                      Progress& progress) {
  Children children(shared);
  for (std::uint32_t process = 0; process < options.processes; ++process) {
    auto child = start_child(options, process, board, shared);
    if (!child.ok()) {
      shared.give_up();
      return child.error();
    }
    children.add(child.take());
  }
  children.watch(interrupts, progress);
  auto result = children.merged();
  if (!result.ok()) return result.error();
  RunResult merged = result.take();
  merged.report.options = options;
  merged.report.machine = Machine::look();
  merged.report.client.pid = getpid();
  merged.report.interrupted |= interrupts.interrupted();
  return merged;
}

}  // namespace loadgen
