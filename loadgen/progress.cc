#include "loadgen/progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace loadgen {

namespace {

constexpr base::Duration kInterval = std::chrono::milliseconds{500};
constexpr std::string_view kEraseLine = "\r\x1b[K";

double rate(std::uint64_t now, std::uint64_t before, double seconds) {
  return seconds > 0 ? static_cast<double>(now - before) / seconds : 0;
}

}  // namespace

Progress::Progress(bool wanted) : shown_(wanted && isatty(STDERR_FILENO) == 1) {}

void Progress::show(base::Instant now, const ProgressFigures& figures) {
  if (started_ == base::Instant{}) {
    started_ = now;
    last_ = now;
  }
  const double seconds = base::to_seconds(now - last_);
  std::string line = fmt::format("{}{:>5.0f}s  {:<10}  {} open", kEraseLine,
                                 base::to_seconds(now - started_), figures.phase, figures.open);
  if (figures.failed > 0) line += fmt::format("  {} failed", figures.failed);
  if (figures.sent > 0) {
    line +=
        fmt::format("  {:.0f} sent/s  {:.0f} received/s", rate(figures.sent, before_.sent, seconds),
                    rate(figures.received, before_.received, seconds));
  }
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
  before_ = figures;
  last_ = now;
  next_ = now + kInterval;
  dirty_ = true;
}

void Progress::clear() {
  if (!dirty_) return;
  std::fwrite(kEraseLine.data(), 1, kEraseLine.size(), stderr);
  std::fflush(stderr);
  dirty_ = false;
}

}  // namespace loadgen
