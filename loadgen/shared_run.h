// SharedRun: what the processes of one run tell each other: how far each is, what each has counted,
// and what its publishers have sent.
//
// In memory that all of them share, made before they are; a run of one process has it too, and then
// it is alone in it. Every word has one writer. Threads: the main thread of each process, which
// looks every few milliseconds. Bounds: kProcessesMost processes; 8 bytes per publisher and 16 per
// room for each process, of which only those pages take memory that are written to.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "loadgen/client_groups.h"
#include "loadgen/ledger.h"

namespace loadgen {

inline constexpr std::uint32_t kProcessesMost = 64;

// How far a process is; it stays in a phase until all have reached it.
enum class RunPhase : std::uint32_t { connecting, connected, drained, accounted };

struct RunTotals {
  std::uint64_t opened = 0;
  std::uint64_t failed = 0;
  std::uint64_t open = 0;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::uint64_t owed = 0;
  std::uint64_t awaited = 0;
};

class SharedRun {
 public:
  static base::Result<std::unique_ptr<SharedRun>> open(std::span<const ClientGroup> groups,
                                                       std::uint32_t processes);
  ~SharedRun();
  SharedRun(const SharedRun&) = delete;
  SharedRun& operator=(const SharedRun&) = delete;

  std::uint32_t processes() const noexcept { return processes_; }

  void reach(std::uint32_t process, RunPhase phase) noexcept;
  // Nobody is behind it any more.
  bool all_reached(RunPhase phase) const noexcept;
  // A process cannot go on: the others need not wait for it.
  void give_up() noexcept;
  bool given_up() const noexcept;

  // The two instants of RunControl, for all processes; kForever before they are set.
  void set_start(base::Instant at) noexcept;
  void set_stop(base::Instant at) noexcept;
  base::Instant start() const noexcept;
  base::Instant stop() const noexcept;

  void tell(std::uint32_t process, const RunTotals& totals) noexcept;
  // Of all processes, as each has told last.
  RunTotals totals() const noexcept;

  // Copies a process's ledger in, and adds up those of all.
  void tell(std::uint32_t process, const Ledger& ledger) noexcept;
  Ledger ledger(std::span<const ClientGroup> groups) const;

 private:
  struct State;

  SharedRun() = default;

  std::uint32_t processes_ = 1;
  std::size_t ledger_words_ = 0;  // Of each process.
  std::size_t bytes_ = 0;
  State* state_ = nullptr;
  std::uint64_t* ledgers_ = nullptr;  // Behind the state.
};

}  // namespace loadgen
