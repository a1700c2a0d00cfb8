// UringDriver: the world as Linux's io_uring shows it; one ring, one shard, one thread.
//
// Sockets live in the ring's own table (direct descriptors), so a million of them cost no process
// descriptors. One system call per turn submits, runs the kernel's deferred work and waits.
// Threads: open(), listen() and meet() on the starting thread; from start() on, everything belongs
// to the shard's thread, wake_from_outside() excepted. Bounds: DriverOptions, all taken at open().
// A full submission queue is submitted at once; stage() says false only when the kernel refuses.
#pragma once

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
#include "engine/io/uring_abi.h"
#include "engine/io/uring_receive_buffers.h"

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
  void give_back(BufferId buffer) noexcept { buffers_.give_back(buffer); }

  base::Instant now() const noexcept { return now_; }
  base::Duration worked() const noexcept { return worked_; }
  std::uint64_t random() noexcept { return prng_.next(); }
  void wake_from_outside() noexcept;

 private:
  // A connect under way that has no descriptor of the ring yet.
  struct Connecting {
    int file = -1;       // The process descriptor, until the ring's table holds the socket.
    int installed = -1;  // The same, which the kernel overwrites with the table's index.
    std::uint32_t token = 0;
    Address address;
  };

  explicit UringDriver(const DriverOptions& options);
  base::Status set_up();
  // `share`: with the other shards' sockets, and whoever else asks for the same.
  int listening_socket(const Address& address, bool share) noexcept;

  io_uring_sqe* next_entry() noexcept;
  std::uint32_t flush_entries() noexcept;
  int enter(std::uint32_t wait_for, base::Duration patience) noexcept;

  void fill_accept(io_uring_sqe& entry, const Submission& submission) noexcept;
  void fill_receive(io_uring_sqe& entry, const Submission& submission) noexcept;
  void fill_poll(io_uring_sqe& entry, const Submission& submission) noexcept;
  void fill_settle(io_uring_sqe& entry, const Submission& submission) noexcept;
  void fill_hand_over(io_uring_sqe& entry, const Submission& submission) noexcept;
  void fill_send(io_uring_sqe& entry, const Submission& submission) noexcept;
  void fill_cancel(io_uring_sqe& entry, const Submission& submission) noexcept;
  void fill_close(io_uring_sqe& entry, const Submission& submission) noexcept;
  void fill_ring(io_uring_sqe& entry, const Submission& submission) noexcept;
  std::uint32_t free_connecting();
  bool stage_connect(const Submission& submission) noexcept;
  bool stage_bell() noexcept;

  std::uint32_t gather(std::span<Completion> out) noexcept;
  std::uint32_t reap(std::span<Completion> out) noexcept;
  bool translate(const io_uring_cqe& cqe, Completion& out) noexcept;
  bool translate_installed(std::uint32_t index, std::int32_t result, Completion& out) noexcept;
  void settle_connect(Completion& completion) noexcept;
  void retry_closes() noexcept;

  DriverOptions options_;
  io_uring ring_{};
  bool ring_open_ = false;
  bool ring_registered_ = false;
  bool no_iowait_ = false;
  bool bell_armed_ = false;
  int bell_ = -1;  // An eventfd: the bell for threads that own no ring.
  UringReceiveBuffers buffers_;
  std::vector<int> listeners_;
  std::vector<int> peer_rings_;
  std::vector<msghdr> headers_;  // One per submission entry: the kernel copies them at submit.
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
