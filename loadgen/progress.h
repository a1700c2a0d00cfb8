// Progress: the one line that tells a person at a terminal how far a run is.
//
// It rewrites itself on standard error; into a pipe or a file, and when quiet, it writes nothing.
// Main thread only; what it shows it reads from counters, so it costs the shards nothing.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.h"

namespace loadgen {

struct ProgressFigures {
  std::string_view phase;
  std::uint64_t open = 0;
  std::uint64_t failed = 0;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
};

class Progress {
 public:
  // Shown when `wanted` and standard error is a terminal.
  explicit Progress(bool wanted);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  bool due(base::Instant now) const noexcept { return shown_ && now >= next_; }
  void show(base::Instant now, const ProgressFigures& figures);
  void clear();

 private:
  bool shown_;
  bool dirty_ = false;
  base::Instant started_{};
  base::Instant next_{};
  base::Instant last_{};
  ProgressFigures before_;
};

}  // namespace loadgen
