#include "engine/io/uring_driver.h"

#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "engine/io/socket_option.h"
#include "engine/io/uring_own_operations.h"

namespace engine {

namespace {

constexpr int kSubmitTries = 1000;
// Receive buffers have this many bits of their number within a ring; above them is the ring's.
constexpr std::uint32_t kBufferBits = 16;
constexpr std::uint32_t kBufferMask = (std::uint32_t{1} << kBufferBits) - 1;

static_assert(2 * base::kReceiveBuffersMost <= std::uint32_t{1} << kBufferBits, "of two sizes");

base::Instant monotonic_now() noexcept {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return base::Instant{std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec}};
}

void close_file(int& file) noexcept {
  if (file >= 0) close(file);
  file = -1;
}

base::Error system_error(const std::string& what) {
  return base::Error{what + ": " + std::strerror(errno)};
}

// What the kernel lets one table hold (io_register_files checks the soft limit).
std::uint32_t table_limit() noexcept {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return base::kDescriptorsPerRingMost;
  return static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>(limit.rlim_cur, 1, base::kDescriptorsPerRingMost));
}

std::uint32_t divide_up(std::uint32_t value, std::uint32_t by) noexcept {
  return value / by + (value % by == 0 ? 0 : 1);
}

}  // namespace

base::Result<std::unique_ptr<UringDriver>> UringDriver::open(const DriverOptions& options) {
  std::unique_ptr<UringDriver> driver(new UringDriver(options));
  if (base::Status status = driver->set_up(); !status.ok()) return status.error();
  return driver;
}

UringDriver::UringDriver(const DriverOptions& options) : options_(options), prng_(options.seed) {}

UringDriver::~UringDriver() {
  rings_.clear();
  for (int& listener : listeners_) close_file(listener);
  for (Connecting& connecting : connecting_) close_file(connecting.file);
  close_file(bell_);
}

base::Status UringDriver::set_up() {
  CHECK(options_.descriptors > 0);
  bell_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (bell_ < 0) return system_error("eventfd");
  const std::uint32_t limit =
      options_.descriptors_per_ring > 0 ? options_.descriptors_per_ring : table_limit();
  const std::uint32_t count = divide_up(options_.descriptors, limit);
  descriptors_per_ring_ = divide_up(options_.descriptors, count);
  for (std::uint32_t i = 0; i < count; ++i) {
    rings_.push_back(std::make_unique<UringRing>());
    base::Status status = rings_.back()->open(
        {.number = i,
         .submissions = options_.submissions,
         .completions = options_.completions,
         .first_descriptor = i * descriptors_per_ring_,
         .descriptors =
             std::min(descriptors_per_ring_, options_.descriptors - i * descriptors_per_ring_),
         .receive_buffers = options_.receive_buffers,
         .small_buffer_bytes = options_.small_receive_buffer_bytes(),
         .large_buffer_bytes = options_.receive_buffer_bytes,
         .bell = i == 0 ? -1 : bell_});
    if (!status.ok()) {
      return base::Error{"shard " + std::to_string(options_.shard) + ", ring " +
                         std::to_string(i + 1) + " of " + std::to_string(count) + ": " +
                         status.error().message};
    }
  }
  return {};
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
  peers_.assign(peers.begin(), peers.end());
}

base::Status UringDriver::start() {
  for (const auto& ring : rings_) {
    if (base::Status status = ring->start(); !status.ok()) return status;
  }
  static_cast<void>(ring_with_place());  // Tells the others where to hand over to.
  now_ = monotonic_now();
  if (!stage_bell()) return base::Error{"cannot arm the bell of the ring"};
  return {};
}

base::Instant UringDriver::precise_now() const noexcept { return monotonic_now(); }

void UringDriver::wake_from_outside() noexcept {
  const std::uint64_t one = 1;
  // The only failure is a counter about to overflow, and then the bell rings already.
  static_cast<void>(!write(bell_, &one, sizeof one));
}

void UringDriver::give_back(BufferId buffer) noexcept {
  const std::uint32_t ring = buffer >> kBufferBits;
  CHECK(ring < rings_in_use_);
  const auto local = static_cast<RingBuffer>(buffer & kBufferMask);
  rings_[ring]->buffers_of(local).give_back(local);
}

// ---- Turning ------------------------------------------------------------------------------------

std::uint32_t UringDriver::turn(std::span<Completion> out, base::Instant deadline) noexcept {
  main_ring().publish_buffers();
  for (const auto& ring : further_rings()) {
    ring->publish_buffers();
    if (ring->flush_entries() > 0) static_cast<void>(ring->enter(0, UringRing::kNoEnd));
  }
  if (!bell_armed_) static_cast<void>(stage_bell());
  if (!unclosed_.empty()) retry_closes();
  const base::Instant waiting_from = monotonic_now();
  worked_ = waiting_from - now_;
  const bool wait = failed_.empty() && deadline > waiting_from && may_sleep();
  const base::Duration patience =
      deadline == base::kForever ? UringRing::kNoEnd : deadline - waiting_from;
  // What enter() can answer here (EINTR, ETIME, EBUSY, EAGAIN) is answered by the next turn.
  static_cast<void>(main_ring().enter(wait ? 1 : 0, patience));
  if (wait) keep_quiet();
  if (wait && options_.gather > base::Duration{} && main_ring().anything_completed()) {
    static_cast<void>(main_ring().enter(base::kGatherEnough, options_.gather));
  }
  submit_rest();
  const bool taken = all_taken();
  // The kernel reads a connect's address when it takes the entry, which it may have put off.
  if (taken) {
    connecting_free_.insert(connecting_free_.end(), connecting_spent_.begin(),
                            connecting_spent_.end());
    connecting_spent_.clear();
  }
  now_ = monotonic_now();
  const std::uint32_t count = gather(out);
  settled_ = taken && count < out.size() && !main_ring().overflowed();
  for (const auto& ring : further_rings()) settled_ = settled_ && !ring->overflowed();
  return count;
}

// What the kernel had no memory to take points at this turn's segments: it cannot wait.
void UringDriver::submit_rest() noexcept {
  for (std::size_t i = 0; i < rings_in_use_; ++i) {
    for (int tries = 0; rings_[i]->flush_entries() > 0 && tries < kSubmitTries; ++tries) {
      static_cast<void>(rings_[i]->enter(0, UringRing::kNoEnd));
    }
  }
}

bool UringDriver::all_taken() noexcept {
  return std::all_of(rings_.begin(), rings_.begin() + static_cast<std::ptrdiff_t>(rings_in_use_),
                     [](const auto& ring) { return ring->flush_entries() == 0; });
}

// True when nothing waits in a ring but the first, and what comes there will ring the bell.
bool UringDriver::may_sleep() noexcept {
  for (const auto& ring : further_rings()) ring->ring_on_work();
  const bool nothing = std::none_of(further_rings().begin(), further_rings().end(),
                                    [](const auto& ring) { return ring->work_waits(); });
  if (!nothing) keep_quiet();
  return nothing;
}

void UringDriver::keep_quiet() noexcept {
  for (const auto& ring : further_rings()) ring->keep_quiet();
}

// Takes all that has completed, in all rings; each turn another of them comes first, so that none
// is left behind when there is more than a turn takes.
std::uint32_t UringDriver::gather(std::span<Completion> out) noexcept {
  std::uint32_t count = 0;
  while (count < out.size() && !failed_.empty()) {
    out[count++] = failed_.back();
    failed_.pop_back();
  }
  first_gathered_ = first_gathered_ + 1 < rings_in_use_ ? first_gathered_ + 1 : 0;
  for (std::size_t i = 0; i < rings_in_use_ && count < out.size(); ++i) {
    const std::size_t number = (first_gathered_ + i) % rings_in_use_;
    UringRing& ring = *rings_[number];
    if (number > 0) {
      if (!ring.work_waits()) continue;
      static_cast<void>(ring.enter(0, UringRing::kNoEnd));
    }
    count += gather_from(ring, out.subspan(count));
  }
  return count;
}

// The kernel works off what arrived in helpings, one a call; but what is taken in one turn is also
// sent on together, so a turn that stops early costs everybody sends.
std::uint32_t UringDriver::gather_from(UringRing& ring, std::span<Completion> out) noexcept {
  std::uint32_t count = reap(ring, out);
  while (ring.may_hold_more() && count < out.size()) {
    static_cast<void>(ring.enter(0, UringRing::kNoEnd));
    count += reap(ring, out.subspan(count));
  }
  return count;
}

std::uint32_t UringDriver::reap(UringRing& ring, std::span<Completion> out) noexcept {
  std::uint32_t count = 0;
  ring.reap([&](const io_uring_cqe& cqe) {
    if (translate(ring, cqe, out[count])) ++count;
    return count < out.size();
  });
  ring.publish_buffers();  // For what else the kernel holds back.
  return count;
}

// False when the completion concerns the driver alone.
inline bool UringDriver::translate(UringRing& ring, const io_uring_cqe& cqe,
                                   Completion& out) noexcept {
  out = {.tag = unpack_tag(cqe.user_data),
         .result = cqe.res,
         .more = (cqe.flags & IORING_CQE_F_MORE) != 0};
  if ((cqe.flags & IORING_CQE_F_BUFFER) != 0) [[likely]] {
    const auto local = static_cast<RingBuffer>(cqe.flags >> IORING_CQE_BUFFER_SHIFT);
    UringReceiveBuffers& buffers = ring.buffers_of(local);
    out.has_buffer = true;
    out.buffer = ring.number() << kBufferBits | local;
    out.data = buffers.lend(local, static_cast<std::uint32_t>(std::max(cqe.res, 0)));
    const bool filled = static_cast<std::uint32_t>(cqe.res) == buffers.bytes();
    out.cramped = filled && buffers.bytes() < options_.receive_buffer_bytes;
    return true;
  }
  return translate_other(ring, cqe, out);
}

// All but receives that yielded bytes.
bool UringDriver::translate_other(UringRing& ring, const io_uring_cqe& cqe,
                                  Completion& out) noexcept {
  if (cqe.user_data >> 56U == kInstallKind) {
    return translate_installed(static_cast<std::uint32_t>(cqe.user_data), cqe.res, out);
  }
  if (out.tag.kind == OperationKind::accept || out.tag.kind == OperationKind::arrival) {
    settle_place(ring, out);
  }
  if (out.tag.kind == OperationKind::connect) settle_connect(out);
  if (out.tag.kind == OperationKind::wake && out.tag.slot == options_.shard) {
    std::uint64_t rings = 0;
    static_cast<void>(!read(bell_, &rings, sizeof rings));
    bell_armed_ = out.more;
  }
  return true;
}

// A socket has come into the ring's table: it is called by the driver's number from here on.
void UringDriver::settle_place(UringRing& ring, Completion& completion) noexcept {
  if (completion.result < 0) return;
  ring.take_place();
  completion.result = static_cast<std::int32_t>(ring.global(completion.result));
  static_cast<void>(ring_with_place());
}

// The ring's table took the socket, or had no room for it.
bool UringDriver::translate_installed(std::uint32_t index, std::int32_t result,
                                      Completion& out) noexcept {
  Connecting& connecting = connecting_[index];
  UringRing& ring = *connecting.ring;
  close_file(connecting.file);
  connecting_spent_.push_back(index);
  out = Completion{.tag = {OperationKind::connect, 0, connecting.token}, .result = result};
  if (result < 0) {
    ring.leave_place();
    return true;
  }
  const Descriptor descriptor = ring.global(connecting.installed);
  out.tag.slot = descriptor;
  io_uring_sqe* entry = ring.next_entry();
  if (entry == nullptr) {
    out.result = -EAGAIN;
    unclosed_.push_back(descriptor);  // The table holds the socket already.
    return true;
  }
  io_uring_prep_connect(entry, connecting.installed, connecting.address.data(),
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
