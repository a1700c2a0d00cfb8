// UringDriver: the world as Linux's io_uring shows it, for one shard and its thread.
//
// Sockets live in a ring's own table (direct descriptors), so a million of them cost no process
// descriptors. The kernel bounds each table by the open-file limit; past it a shard has several
// rings, filled one after the other, of which it waits on the first while the others ring its bell.
// One system call per turn and ring with work submits, runs the kernel's deferred work and waits.
// Threads: open(), listen() and meet() on the starting thread; from start() on, everything belongs
// to the shard's thread, wake_from_outside() excepted. Bounds: DriverOptions, all taken at open().
// A full submission queue is submitted at once; stage() says false only when the kernel refuses.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "base/prng.h"
#include "base/result.h"
#include "base/time.h"
#include "engine/io/completion.h"
#include "engine/io/driver_options.h"
#include "engine/io/listening.h"
#include "engine/io/submission.h"
#include "engine/io/uring_ring.h"

namespace engine {

class UringDriver {
 public:
  // Errors say which limit of the host is too low and what to set.
  static base::Result<std::unique_ptr<UringDriver>> open(const DriverOptions& options);
  ~UringDriver();
  UringDriver(const UringDriver&) = delete;
  UringDriver& operator=(const UringDriver&) = delete;

  base::Result<Listening> listen(const Address& address);
  void stop_listening(std::uint32_t listener) noexcept;
  void meet(std::span<UringDriver* const> peers) noexcept;
  base::Status start();

  [[nodiscard]] bool stage(const Submission& submission) noexcept;
  std::uint32_t turn(std::span<Completion> out, base::Instant deadline) noexcept;
  bool settled() const noexcept { return settled_; }
  void give_back(BufferId buffer) noexcept;

  base::Instant now() const noexcept { return now_; }
  base::Instant precise_now() const noexcept;
  base::Duration worked() const noexcept { return worked_; }
  std::uint64_t random() noexcept { return prng_.next(); }
  void wake_from_outside() noexcept;

  std::uint32_t rings() const noexcept { return static_cast<std::uint32_t>(rings_.size()); }

 private:
  // A connect under way that has no descriptor of a ring yet.
  struct Connecting {
    int file = -1;       // The process descriptor, until the ring's table holds the socket.
    int installed = -1;  // The same, which the kernel overwrites with the table's index.
    std::uint32_t token = 0;
    UringRing* ring = nullptr;
    Address address;
  };

  explicit UringDriver(const DriverOptions& options);
  base::Status set_up();
  // `share`: with the other shards' sockets, and whoever else asks for the same.
  int listening_socket(const Address& address, bool share) noexcept;

  // uring_driver_staging.cc: how a submission becomes an entry of a ring.
  UringRing& main_ring() noexcept { return *rings_.front(); }
  std::span<const std::unique_ptr<UringRing>> further_rings() const noexcept {
    return {rings_.data() + 1, rings_in_use_ - 1};
  }
  UringRing& ring_of(Descriptor descriptor) noexcept;
  UringRing& ring_for(const Submission& submission) noexcept;
  UringRing& ring_with_place() noexcept;
  void fill(io_uring_sqe& entry, UringRing& ring, const Submission& submission) noexcept;
  void fill_accept(io_uring_sqe& entry, const Submission& submission) noexcept;
  void fill_hand_over(io_uring_sqe& entry, int descriptor, const Submission& submission) noexcept;
  void fill_ring(io_uring_sqe& entry, const Submission& submission) noexcept;
  std::uint32_t free_connecting();
  bool stage_connect(const Submission& submission) noexcept;
  bool stage_bell() noexcept;

  void submit_rest() noexcept;
  bool may_sleep() noexcept;
  bool all_taken() noexcept;
  void keep_quiet() noexcept;
  std::uint32_t gather(std::span<Completion> out) noexcept;
  std::uint32_t gather_from(UringRing& ring, std::span<Completion> out) noexcept;
  std::uint32_t reap(UringRing& ring, std::span<Completion> out) noexcept;
  bool translate(UringRing& ring, const io_uring_cqe& cqe, Completion& out) noexcept;
  [[gnu::noinline]] bool translate_other(UringRing& ring, const io_uring_cqe& cqe,
                                         Completion& out) noexcept;
  bool translate_installed(std::uint32_t index, std::int32_t result, Completion& out) noexcept;
  void settle_place(UringRing& ring, Completion& completion) noexcept;
  void settle_connect(Completion& completion) noexcept;
  void retry_closes() noexcept;

  DriverOptions options_;
  std::vector<std::unique_ptr<UringRing>> rings_;
  std::uint32_t descriptors_per_ring_ = 0;
  std::size_t rings_in_use_ = 1;    // Rings behind have never had a socket.
  std::size_t first_gathered_ = 0;  // Whose completions come first in the next turn.
  std::atomic<int> arrivals_{-1};   // The ring that takes what other shards hand over.
  bool bell_armed_ = false;
  int bell_ = -1;  // An eventfd: for threads that own no ring, and for rings that nobody waits on.
  std::vector<int> listeners_;
  std::vector<const UringDriver*> peers_;
  std::deque<Connecting> connecting_;  // A deque, for the kernel knows where its elements are.
  std::vector<std::uint32_t> connecting_free_;
  std::vector<std::uint32_t> connecting_spent_;  // Free once the kernel has read the address.
  std::vector<Completion> failed_;               // Answers that the driver itself owes.
  std::vector<Descriptor> unclosed_;             // Failed connects whose close found no room.
  base::Prng prng_;
  base::Instant now_{};
  bool settled_ = true;
  base::Duration worked_{};
};

using ActiveDriver = UringDriver;

}  // namespace engine
