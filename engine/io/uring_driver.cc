#include "engine/io/uring_driver.h"

#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "engine/io/uring_features.h"

namespace engine {

namespace {

// Operations of the driver's own: kinds that no Tag uses, so that they never leave the driver.
constexpr std::uint8_t kInstallKind = 0xFF;
constexpr int kSubmitTries = 1000;
constexpr int kTableAllocates = static_cast<int>(IORING_FILE_INDEX_ALLOC);

static_assert(kInstallKind >= kOperationKindCount);

// Who reaps so many may have left some: since Linux 6.13 a call runs only 20 pieces of deferred
// work, of which nearly every one completes something.
constexpr std::uint32_t kHelpingLeast = 16;

// Waits without a deadline.
constexpr base::Duration kNoEnd = base::Duration::max();

constexpr std::uint64_t pack_install(std::uint32_t index) noexcept {
  return std::uint64_t{kInstallKind} << 56U | index;
}

base::Instant monotonic_now() noexcept {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return base::Instant{std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec}};
}

void set_option(int file, int level, int option, int value) noexcept {
  // A refused option costs speed, not correctness.
  static_cast<void>(setsockopt(file, level, option, &value, sizeof value));
}

void close_file(int& file) noexcept {
  if (file >= 0) close(file);
  file = -1;
}

base::Error system_error(const std::string& what) {
  return base::Error{what + ": " + std::strerror(errno)};
}

}  // namespace

base::Result<std::unique_ptr<UringDriver>> UringDriver::open(const DriverOptions& options) {
  std::unique_ptr<UringDriver> driver(new UringDriver(options));
  if (base::Status status = driver->set_up(); !status.ok()) return status.error();
  return driver;
}

UringDriver::UringDriver(const DriverOptions& options)
    : options_(options), headers_(options.submissions), prng_(options.seed) {}

UringDriver::~UringDriver() {
  if (ring_open_) io_uring_queue_exit(&ring_);
  for (int& listener : listeners_) close_file(listener);
  for (Connecting& connecting : connecting_) close_file(connecting.file);
  close_file(bell_);
}

base::Status UringDriver::set_up() {
  io_uring_params parameters{};
  parameters.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                     IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE | IORING_SETUP_R_DISABLED;
  parameters.cq_entries = options_.completions;
  int error = io_uring_queue_init_params(options_.submissions, &ring_, &parameters);
  if (error < 0) return base::Error{explain_setup_error(-error)};
  ring_open_ = true;
  no_iowait_ = (parameters.features & IORING_FEAT_NO_IOWAIT) != 0;
  // Entry i of the array always names submission i; flush_entries() then only moves the tail.
  for (std::uint32_t i = 0; i < options_.submissions; ++i) ring_.sq.array[i] = i;
  error = io_uring_register_files_sparse(&ring_, options_.descriptors);
  if (error < 0) {
    return base::Error{"the kernel refused a table of " + std::to_string(options_.descriptors) +
                       " sockets for shard " + std::to_string(options_.shard) + " (" +
                       std::strerror(-error) +
                       "): raise the open-file limit (ulimit -n), or use more shards (--shards)"};
  }
  bell_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (bell_ < 0) return system_error("eventfd");
  return buffers_.open(ring_, options_.receive_buffers, options_.receive_buffer_bytes);
}

int UringDriver::listening_socket(const Address& address, bool share) noexcept {
  const int file = socket(address.data()->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (file < 0) return -1;
  set_option(file, SOL_SOCKET, SO_REUSEADDR, 1);
  // Each shard listens; the kernel spreads.
  if (share) set_option(file, SOL_SOCKET, SO_REUSEPORT, 1);
  set_option(file, IPPROTO_TCP, TCP_NODELAY, 1);  // Accepted sockets inherit it.
  if (address.is_ipv6()) set_option(file, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  if (bind(file, address.data(), address.size()) == 0 &&
      ::listen(file, static_cast<int>(options_.listen_backlog)) == 0) {
    return file;
  }
  const int error = errno;
  close(file);
  errno = error;
  return -1;
}

base::Result<Listening> UringDriver::listen(const Address& address) {
  if (options_.shard == 0) {
    // A shared port would let a second process in by mistake, to take half the clients.
    int alone = listening_socket(address, false);
    if (alone < 0) return system_error("cannot listen on " + address.text());
    close_file(alone);
  }
  const int file = listening_socket(address, true);
  if (file < 0) return system_error("cannot listen on " + address.text());
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (getsockname(file, reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
    return system_error("getsockname");
  }
  listeners_.push_back(file);
  return Listening{.listener = static_cast<std::uint32_t>(listeners_.size() - 1),
                   .bound = Address::from_socket_address(bound)};
}

void UringDriver::stop_listening(std::uint32_t listener) noexcept {
  CHECK(listener < listeners_.size());
  // Shutting a listening socket down wakes its accept and takes it out of the port's group.
  static_cast<void>(shutdown(listeners_[listener], SHUT_RDWR));
}

void UringDriver::meet(std::span<UringDriver* const> peers) noexcept {
  peer_rings_.clear();
  for (const UringDriver* peer : peers) peer_rings_.push_back(peer->ring_.ring_fd);
}

base::Status UringDriver::start() {
  // Not io_uring_enable_rings(): Debian 12's liburing declares it but does not export it.
  if (syscall(__NR_io_uring_register, ring_.ring_fd, IORING_REGISTER_ENABLE_RINGS, nullptr, 0) <
      0) {
    return system_error("cannot enable the ring");
  }
  // Saves a descriptor look-up per turn; without it all works the same.
  ring_registered_ = io_uring_register_ring_fd(&ring_) == 1;
  now_ = monotonic_now();
  if (!stage_bell()) return base::Error{"cannot arm the bell of the ring"};
  return {};
}

void UringDriver::wake_from_outside() noexcept {
  const std::uint64_t one = 1;
  // The only failure is a counter about to overflow, and then the bell rings already.
  static_cast<void>(!write(bell_, &one, sizeof one));
}

// ---- Staging ------------------------------------------------------------------------------------

io_uring_sqe* UringDriver::next_entry() noexcept {
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

bool UringDriver::stage(const Submission& submission) noexcept {
  if (submission.tag.kind == OperationKind::connect) return stage_connect(submission);
  io_uring_sqe* entry = next_entry();
  if (entry == nullptr) return false;
  switch (submission.tag.kind) {
    case OperationKind::accept:
      fill_accept(*entry, submission);
      break;
    case OperationKind::receive:
      fill_receive(*entry, submission);
      break;
    case OperationKind::poll:
      fill_poll(*entry, submission);
      break;
    case OperationKind::settle:
      fill_settle(*entry, submission);
      break;
    case OperationKind::hand_over:
      fill_hand_over(*entry, submission);
      break;
    case OperationKind::send:
      fill_send(*entry, submission);
      break;
    case OperationKind::cancel:
      fill_cancel(*entry, submission);
      break;
    case OperationKind::close:
      fill_close(*entry, submission);
      break;
    case OperationKind::ring:
      fill_ring(*entry, submission);
      break;
    case OperationKind::connect:
    case OperationKind::arrival:
    case OperationKind::wake:
      CHECK(false && "nobody submits a wake; see submit_ring()");
      break;
  }
  entry->user_data = pack_tag(submission.tag);
  return true;
}

void UringDriver::fill_accept(io_uring_sqe& entry, const Submission& submission) noexcept {
  CHECK(submission.tag.slot < listeners_.size());
  io_uring_prep_multishot_accept_direct(&entry, listeners_[submission.tag.slot], nullptr, nullptr,
                                        0);
  if (submission.once) entry.ioprio &= static_cast<__u16>(~IORING_ACCEPT_MULTISHOT);
}

void UringDriver::fill_receive(io_uring_sqe& entry, const Submission& submission) noexcept {
  const int descriptor = static_cast<int>(submission.descriptor);
  if (submission.once) {
    io_uring_prep_recv(&entry, descriptor, nullptr, 0, 0);
  } else {
    io_uring_prep_recv_multishot(&entry, descriptor, nullptr, 0, 0);
  }
  entry.flags = IOSQE_FIXED_FILE | IOSQE_BUFFER_SELECT;
}

void UringDriver::fill_poll(io_uring_sqe& entry, const Submission& submission) noexcept {
  io_uring_prep_poll_add(&entry, static_cast<int>(submission.descriptor), POLLIN);
  entry.flags = IOSQE_FIXED_FILE;
}

void UringDriver::fill_settle(io_uring_sqe& entry, const Submission& submission) noexcept {
  const Tag receive{OperationKind::receive, submission.tag.slot, submission.tag.generation};
  io_uring_prep_cancel64(&entry, pack_tag(receive), 0);
  entry.flags |= IOSQE_CQE_SKIP_SUCCESS;
}

void UringDriver::fill_hand_over(io_uring_sqe& entry, const Submission& submission) noexcept {
  CHECK(submission.shard < peer_rings_.size());
  const Tag arrival{OperationKind::arrival, submission.ticket, options_.shard};
  io_uring_prep_rw(IORING_OP_MSG_RING, &entry, peer_rings_[submission.shard],
                   reinterpret_cast<void*>(std::uintptr_t{IORING_MSG_SEND_FD}), 0,
                   pack_tag(arrival));
  entry.addr3 = submission.descriptor;
  entry.file_index = IORING_FILE_INDEX_ALLOC;
}

void UringDriver::fill_send(io_uring_sqe& entry, const Submission& submission) noexcept {
  // WAITALL: the kernel finishes short sends, or with DONTWAIT counts them as failures, which are
  // told in spite of SKIP_SUCCESS.
  const int flags = MSG_NOSIGNAL | MSG_WAITALL | (submission.prompt ? MSG_DONTWAIT : 0);
  const int descriptor = static_cast<int>(submission.descriptor);
  if (submission.segments == nullptr) {
    io_uring_prep_send(&entry, descriptor, submission.data, submission.size, flags);
  } else {
    msghdr& header = headers_[static_cast<std::size_t>(&entry - ring_.sq.sqes)];
    header.msg_iov = const_cast<iovec*>(submission.segments);
    header.msg_iovlen = submission.size;
    io_uring_prep_sendmsg(&entry, descriptor, &header, flags);
  }
  entry.flags = submission.prompt ? IOSQE_FIXED_FILE | IOSQE_CQE_SKIP_SUCCESS : IOSQE_FIXED_FILE;
}

void UringDriver::fill_cancel(io_uring_sqe& entry, const Submission& submission) noexcept {
  io_uring_prep_cancel_fd(&entry, static_cast<int>(submission.descriptor),
                          IORING_ASYNC_CANCEL_ALL | IORING_ASYNC_CANCEL_FD_FIXED);
}

void UringDriver::fill_close(io_uring_sqe& entry, const Submission& submission) noexcept {
  io_uring_prep_close_direct(&entry, submission.descriptor);
  entry.flags |= IOSQE_CQE_SKIP_SUCCESS;
}

void UringDriver::fill_ring(io_uring_sqe& entry, const Submission& submission) noexcept {
  CHECK(submission.tag.slot < peer_rings_.size());
  const Tag wake{OperationKind::wake, options_.shard, 0};
  io_uring_prep_msg_ring(&entry, peer_rings_[submission.tag.slot], 0, pack_tag(wake), 0);
  entry.flags |= IOSQE_CQE_SKIP_SUCCESS;
}

bool UringDriver::stage_bell() noexcept {
  io_uring_sqe* entry = next_entry();
  if (entry == nullptr) return false;
  io_uring_prep_poll_multishot(entry, bell_, POLLIN);
  entry->user_data = pack_tag({OperationKind::wake, options_.shard, 0});
  bell_armed_ = true;
  return true;
}

// A connect takes two steps: the socket is made and given its options as a process descriptor, put
// into the ring's table, and only then connected from there.
bool UringDriver::stage_connect(const Submission& submission) noexcept {
  CHECK(submission.address != nullptr);
  const int file = socket(submission.address->data()->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (file < 0) {
    failed_.push_back(Completion{.tag = submission.tag, .result = -errno});
    return true;
  }
  io_uring_sqe* entry = next_entry();
  if (entry == nullptr) {
    close(file);
    return false;
  }
  set_option(file, IPPROTO_TCP, TCP_NODELAY, 1);
  const std::uint32_t index = free_connecting();
  connecting_[index] = {file, file, submission.tag.generation, *submission.address};
  io_uring_prep_files_update(entry, &connecting_[index].installed, 1, kTableAllocates);
  entry->user_data = pack_install(index);
  return true;
}

std::uint32_t UringDriver::free_connecting() {
  if (connecting_free_.empty()) {
    connecting_.emplace_back();
    return static_cast<std::uint32_t>(connecting_.size() - 1);
  }
  const std::uint32_t index = connecting_free_.back();
  connecting_free_.pop_back();
  return index;
}

// ---- Turning ------------------------------------------------------------------------------------

std::uint32_t UringDriver::flush_entries() noexcept {
  io_uring_sq& queue = ring_.sq;
  std::atomic_ref(*queue.ktail).store(queue.sqe_tail, std::memory_order_release);
  return queue.sqe_tail - std::atomic_ref(*queue.khead).load(std::memory_order_acquire);
}

// Submits, runs deferred kernel work, and waits for `wait_for` completions until patience is over.
int UringDriver::enter(std::uint32_t wait_for, base::Duration patience) noexcept {
  const std::uint32_t staged = flush_entries();
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
  if (ring_registered_) flags |= IORING_ENTER_REGISTERED_RING;
  const long result = syscall(__NR_io_uring_enter, ring_.enter_ring_fd, staged, wait_for, flags,
                              &argument, sizeof argument);
  return result < 0 ? -errno : static_cast<int>(result);
}

std::uint32_t UringDriver::turn(std::span<Completion> out, base::Instant deadline) noexcept {
  buffers_.publish();
  if (!bell_armed_) static_cast<void>(stage_bell());
  if (!unclosed_.empty()) retry_closes();
  const base::Instant waiting_from = monotonic_now();
  worked_ = waiting_from - now_;
  const bool ready = !failed_.empty() || deadline <= waiting_from;
  const base::Duration patience = deadline == base::kForever ? kNoEnd : deadline - waiting_from;
  // What enter() can answer here (EINTR, ETIME, EBUSY, EAGAIN) is answered by the next turn.
  static_cast<void>(enter(ready ? 0 : 1, patience));
  if (!ready && options_.gather > base::Duration{} && io_uring_cq_ready(&ring_) > 0) {
    static_cast<void>(enter(base::kGatherEnough, options_.gather));
  }
  // What the kernel had no memory to take points at this turn's segments: it cannot wait.
  for (int tries = 0; flush_entries() > 0 && tries < kSubmitTries; ++tries) {
    static_cast<void>(enter(0, kNoEnd));
  }
  // The kernel reads a connect's address when it takes the entry, which it may have put off.
  if (flush_entries() == 0) {
    connecting_free_.insert(connecting_free_.end(), connecting_spent_.begin(),
                            connecting_spent_.end());
    connecting_spent_.clear();
  }
  const bool all_taken = flush_entries() == 0;
  now_ = monotonic_now();
  const std::uint32_t count = gather(out);
  settled_ = all_taken && count < out.size() &&
             (std::atomic_ref(*ring_.sq.kflags).load(std::memory_order_relaxed) &
              IORING_SQ_CQ_OVERFLOW) == 0;
  return count;
}

// Takes all that has completed. The kernel works off what arrived in helpings, one a call; but what
// is taken in one turn is also sent on together, so a turn that stops early costs everybody sends.
std::uint32_t UringDriver::gather(std::span<Completion> out) noexcept {
  std::uint32_t count = reap(out);
  for (std::uint32_t last = count; last >= kHelpingLeast && count < out.size(); count += last) {
    static_cast<void>(enter(0, kNoEnd));
    last = reap(out.subspan(count));
  }
  return count;
}

std::uint32_t UringDriver::reap(std::span<Completion> out) noexcept {
  std::uint32_t count = 0;
  while (count < out.size() && !failed_.empty()) {
    out[count++] = failed_.back();
    failed_.pop_back();
  }
  io_uring_cq& queue = ring_.cq;
  const std::uint32_t mask = *queue.kring_mask;
  const std::uint32_t tail = std::atomic_ref(*queue.ktail).load(std::memory_order_acquire);
  std::uint32_t head = *queue.khead;
  while (head != tail && count < out.size()) {
    if (translate(queue.cqes[head & mask], out[count])) ++count;
    ++head;
  }
  std::atomic_ref(*queue.khead).store(head, std::memory_order_release);
  return count;
}

// False when the completion concerns the driver alone.
bool UringDriver::translate(const io_uring_cqe& cqe, Completion& out) noexcept {
  if (cqe.user_data >> 56U == kInstallKind) {
    return translate_installed(static_cast<std::uint32_t>(cqe.user_data), cqe.res, out);
  }
  out.tag = unpack_tag(cqe.user_data);
  out.result = cqe.res;
  out.more = (cqe.flags & IORING_CQE_F_MORE) != 0;
  out.has_buffer = (cqe.flags & IORING_CQE_F_BUFFER) != 0;
  out.data = nullptr;
  if (out.has_buffer) {
    out.buffer = static_cast<BufferId>(cqe.flags >> IORING_CQE_BUFFER_SHIFT);
    out.data = buffers_.lend(out.buffer);
  }
  if (out.tag.kind == OperationKind::connect) settle_connect(out);
  if (out.tag.kind == OperationKind::wake && out.tag.slot == options_.shard) {
    std::uint64_t rings = 0;
    static_cast<void>(!read(bell_, &rings, sizeof rings));
    bell_armed_ = out.more;
  }
  return true;
}

// The ring's table took the socket, or had no room for it.
bool UringDriver::translate_installed(std::uint32_t index, std::int32_t result,
                                      Completion& out) noexcept {
  Connecting& connecting = connecting_[index];
  const Descriptor descriptor = static_cast<Descriptor>(connecting.installed);
  close_file(connecting.file);
  connecting_spent_.push_back(index);
  out = Completion{.tag = {OperationKind::connect, descriptor, connecting.token}, .result = result};
  if (result < 0) return true;
  io_uring_sqe* entry = next_entry();
  if (entry == nullptr) {
    out.result = -EAGAIN;
    unclosed_.push_back(descriptor);  // The table holds the socket already.
    return true;
  }
  io_uring_prep_connect(entry, static_cast<int>(descriptor), connecting.address.data(),
                        connecting.address.size());
  entry->flags = IOSQE_FIXED_FILE;
  entry->user_data = pack_tag({OperationKind::connect, descriptor, connecting.token});
  return false;
}

// A successful connect answers with its descriptor; a failed one gives it up.
void UringDriver::settle_connect(Completion& completion) noexcept {
  if (completion.result >= 0) {
    completion.result = static_cast<std::int32_t>(completion.tag.slot);
  } else if (!stage(submit_close(completion.tag.slot, 0))) {
    unclosed_.push_back(completion.tag.slot);
  }
}

void UringDriver::retry_closes() noexcept {
  while (!unclosed_.empty() && stage(submit_close(unclosed_.back(), 0))) unclosed_.pop_back();
}

}  // namespace engine
