#include "engine/io/uring_ring.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

#include "base/check.h"
#include "engine/io/uring_features.h"

namespace engine {

UringRing::~UringRing() {
  if (open_) io_uring_queue_exit(&ring_);
}

base::Status UringRing::open(const UringRingOptions& options) {
  CHECK(!open_);
  options_ = options;
  headers_.resize(options.submissions);
  io_uring_params parameters{};
  parameters.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                     IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE | IORING_SETUP_R_DISABLED;
  if (options.bell >= 0) parameters.flags |= IORING_SETUP_TASKRUN_FLAG;
  parameters.cq_entries = options.completions;
  int error = io_uring_queue_init_params(options.submissions, &ring_, &parameters);
  if (error < 0) return base::Error{explain_setup_error(-error)};
  open_ = true;
  no_iowait_ = (parameters.features & IORING_FEAT_NO_IOWAIT) != 0;
  // Entry i of the array always names submission i; flush_entries() then only moves the tail.
  for (std::uint32_t i = 0; i < options.submissions; ++i) ring_.sq.array[i] = i;
  error = io_uring_register_files_sparse(&ring_, options.descriptors);
  if (error < 0) {
    return base::Error{"the kernel refused a table of " + std::to_string(options.descriptors) +
                       " sockets (" + std::strerror(-error) +
                       "): raise the open-file limit (ulimit -n)"};
  }
  if (options.bell >= 0) {
    error = io_uring_register_eventfd(&ring_, options.bell);
    if (error < 0) {
      return base::Error{std::string("the kernel refused a bell for a ring: ") +
                         std::strerror(-error)};
    }
    keep_quiet();
  }
  const base::Status small = buffers(BufferSize::small)
                                 .open(ring_, {.group = group_of(BufferSize::small),
                                               .first = 0,
                                               .count = options.receive_buffers,
                                               .bytes = options.small_buffer_bytes});
  if (!small.ok()) return small;
  return buffers(BufferSize::large)
      .open(ring_, {.group = group_of(BufferSize::large),
                    .first = kFirstLarge,
                    .count = options.receive_buffers,
                    .bytes = options.large_buffer_bytes});
}

base::Status UringRing::start() {
  // Not io_uring_enable_rings(): Debian 12's liburing declares it but does not export it.
  if (syscall(__NR_io_uring_register, ring_.ring_fd, IORING_REGISTER_ENABLE_RINGS, nullptr, 0) <
      0) {
    return base::Error{std::string("cannot enable a ring: ") + std::strerror(errno)};
  }
  // Saves a descriptor look-up per call. A thread may have 16 such; without it all works the same.
  registered_ = io_uring_register_ring_fd(&ring_) == 1;
  return {};
}

// ---- Submitting ---------------------------------------------------------------------------------

io_uring_sqe* UringRing::next_entry() noexcept {
  io_uring_sq& queue = ring_.sq;
  const std::uint32_t entries = options_.submissions;
  std::uint32_t head = std::atomic_ref(*queue.khead).load(std::memory_order_acquire);
  if (queue.sqe_tail - head == entries) {
    static_cast<void>(enter(0, kNoEnd));
    head = std::atomic_ref(*queue.khead).load(std::memory_order_acquire);
    if (queue.sqe_tail - head == entries) return nullptr;
  }
  return &queue.sqes[queue.sqe_tail++ & (entries - 1)];
}

std::uint32_t UringRing::flush_entries() noexcept {
  io_uring_sq& queue = ring_.sq;
  std::atomic_ref(*queue.ktail).store(queue.sqe_tail, std::memory_order_release);
  return queue.sqe_tail - std::atomic_ref(*queue.khead).load(std::memory_order_acquire);
}

int UringRing::enter(std::uint32_t wait_for, base::Duration patience) noexcept {
  const std::uint32_t staged = flush_entries();
  helping_ = 0;
  __kernel_timespec timeout{};
  io_uring_getevents_arg argument{};
  argument.sigmask_sz = _NSIG / 8;
  unsigned flags = IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG;
  if (wait_for > 0 && patience != kNoEnd) {
    timeout.tv_sec = patience / std::chrono::seconds{1};
    timeout.tv_nsec = (patience % std::chrono::seconds{1}).count();
    argument.ts = reinterpret_cast<std::uintptr_t>(&timeout);
  }
  if (no_iowait_) flags |= IORING_ENTER_NO_IOWAIT;
  if (registered_) flags |= IORING_ENTER_REGISTERED_RING;
  const long result = syscall(__NR_io_uring_enter, ring_.enter_ring_fd, staged, wait_for, flags,
                              &argument, sizeof argument);
  return result < 0 ? -errno : static_cast<int>(result);
}

// ---- Completions --------------------------------------------------------------------------------

bool UringRing::work_waits() const noexcept {
  constexpr unsigned kWork = IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW;
  return may_hold_more() || anything_completed() ||
         (std::atomic_ref(*ring_.sq.kflags).load(std::memory_order_acquire) & kWork) != 0;
}

void UringRing::ring_on_work() noexcept {
  // Sequentially consistent: the kernel sets its flag and then looks at ours; we the other way
  // round, so at least one of both sees the other's.
  std::atomic_ref(*ring_.cq.kflags).store(0, std::memory_order_seq_cst);
}

void UringRing::keep_quiet() noexcept {
  std::atomic_ref(*ring_.cq.kflags).store(IORING_CQ_EVENTFD_DISABLED, std::memory_order_relaxed);
}

bool UringRing::overflowed() const noexcept {
  return (std::atomic_ref(*ring_.sq.kflags).load(std::memory_order_relaxed) &
          IORING_SQ_CQ_OVERFLOW) != 0;
}

}  // namespace engine
