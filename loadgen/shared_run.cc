#include "loadgen/shared_run.h"

#include <sys/mman.h>

#include <array>
#include <new>
#include <string>

#include "base/check.h"

namespace loadgen {

namespace {

// The fields of RunTotals, each a word on its own in shared memory.
constexpr std::array<std::uint64_t RunTotals::*, 7> kTotals{
    &RunTotals::opened,   &RunTotals::failed, &RunTotals::open,   &RunTotals::sent,
    &RunTotals::received, &RunTotals::owed,   &RunTotals::awaited};

constexpr std::size_t kCacheLine = 64;

}  // namespace

struct SharedRun::State {
  struct alignas(kCacheLine) Slot {
    std::atomic<RunPhase> phase{RunPhase::connecting};
    std::array<std::atomic<std::uint64_t>, kTotals.size()> totals{};
  };

  std::atomic<bool> given_up{false};
  std::atomic<base::Instant> start{base::kForever};
  std::atomic<base::Instant> stop{base::kForever};
  std::array<Slot, kProcessesMost> slots;
};

base::Result<std::unique_ptr<SharedRun>> SharedRun::open(std::span<const ClientGroup> groups,
                                                         std::uint32_t processes) {
  CHECK(processes >= 1);
  CHECK(processes <= kProcessesMost);
  static_assert(std::atomic<base::Instant>::is_always_lock_free, "processes share them");
  std::unique_ptr<SharedRun> run(new SharedRun);
  run->processes_ = processes;
  for (const ClientGroup& group : groups) {
    run->ledger_words_ += std::size_t{group.rooms} * (group.publishers + std::size_t{2});
  }
  run->bytes_ = sizeof(State) + processes * run->ledger_words_ * sizeof(std::uint64_t);
  void* memory = mmap(nullptr, run->bytes_, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    return base::Error{"no memory of " + std::to_string(run->bytes_) +
                       " bytes for the processes of the run to share"};
  }
  run->state_ = new (memory) State;
  run->ledgers_ = reinterpret_cast<std::uint64_t*>(static_cast<std::byte*>(memory) + sizeof(State));
  return run;
}

SharedRun::~SharedRun() {
  if (state_ != nullptr) munmap(state_, bytes_);
}

// ---- How far everybody is -----------------------------------------------------------------------

void SharedRun::reach(std::uint32_t process, RunPhase phase) noexcept {
  CHECK(process < processes_);
  state_->slots[process].phase.store(phase);
}

bool SharedRun::all_reached(RunPhase phase) const noexcept {
  for (std::uint32_t i = 0; i < processes_; ++i) {
    if (state_->slots[i].phase.load() < phase) return false;
  }
  return true;
}

void SharedRun::give_up() noexcept { state_->given_up.store(true); }
bool SharedRun::given_up() const noexcept { return state_->given_up.load(); }
void SharedRun::set_start(base::Instant at) noexcept { state_->start.store(at); }
void SharedRun::set_stop(base::Instant at) noexcept { state_->stop.store(at); }
base::Instant SharedRun::start() const noexcept { return state_->start.load(); }
base::Instant SharedRun::stop() const noexcept { return state_->stop.load(); }

void SharedRun::tell(std::uint32_t process, const RunTotals& totals) noexcept {
  CHECK(process < processes_);
  for (std::size_t i = 0; i < kTotals.size(); ++i) {
    state_->slots[process].totals[i].store(totals.*kTotals[i], std::memory_order_relaxed);
  }
}

RunTotals SharedRun::totals() const noexcept {
  RunTotals all;
  for (std::uint32_t process = 0; process < processes_; ++process) {
    for (std::size_t i = 0; i < kTotals.size(); ++i) {
      all.*kTotals[i] += state_->slots[process].totals[i].load(std::memory_order_relaxed);
    }
  }
  return all;
}

// ---- Ledgers: written before `accounted` is reached, read after all have reached it -------------

void SharedRun::tell(std::uint32_t process, const Ledger& ledger) noexcept {
  CHECK(process < processes_);
  std::uint64_t* word = ledgers_ + process * ledger_words_;
  // A zero is there already, and to write it would cost a page of memory.
  const auto put = [&word](std::uint64_t value) {
    if (value != 0) *word = value;
    ++word;
  };
  for (const GroupLedger& group : ledger.groups) {
    for (const std::uint64_t sent : group.sent) put(sent);
    for (const RoomOrder& order : group.orders) {
      put(order.hash);
      put(order.votes);
    }
  }
  CHECK(word == ledgers_ + (process + 1) * ledger_words_);
}

Ledger SharedRun::ledger(std::span<const ClientGroup> groups) const {
  Ledger all(groups);
  const std::uint64_t* word = ledgers_;
  for (std::uint32_t process = 0; process < processes_; ++process) {
    for (GroupLedger& group : all.groups) {
      for (std::uint64_t& sent : group.sent) sent += *word++;
      for (RoomOrder& order : group.orders) {
        order.vote(word[0], word[1]);
        word += 2;
      }
    }
  }
  return all;
}

}  // namespace loadgen
