// Staging: which ring a submission belongs to, and how it looks as an entry of the ring's queue.
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/check.h"
#include "engine/io/socket_option.h"
#include "engine/io/uring_driver.h"
#include "engine/io/uring_own_operations.h"

namespace engine {

namespace {

constexpr int kTableAllocates = static_cast<int>(IORING_FILE_INDEX_ALLOC);

void fill_receive(io_uring_sqe& entry, int descriptor, const Submission& submission) noexcept {
  if (submission.once) {
    io_uring_prep_recv(&entry, descriptor, nullptr, 0, 0);
  } else {
    io_uring_prep_recv_multishot(&entry, descriptor, nullptr, 0, 0);
  }
  entry.flags = IOSQE_FIXED_FILE | IOSQE_BUFFER_SELECT;
  entry.buf_group = UringRing::group_of(submission.buffers);
}

void fill_poll(io_uring_sqe& entry, int descriptor) noexcept {
  io_uring_prep_poll_add(&entry, descriptor, POLLIN);
  entry.flags = IOSQE_FIXED_FILE;
}

void fill_settle(io_uring_sqe& entry, const Submission& submission) noexcept {
  const Tag ended{submission.ends, submission.tag.slot, submission.tag.generation};
  io_uring_prep_cancel64(&entry, pack_tag(ended), 0);
  entry.flags |= IOSQE_CQE_SKIP_SUCCESS;
}

void fill_send(io_uring_sqe& entry, UringRing& ring, const Submission& submission) noexcept {
  // WAITALL: the kernel finishes short sends, or with DONTWAIT counts them as failures, which are
  // told in spite of SKIP_SUCCESS.
  const int flags = MSG_NOSIGNAL | MSG_WAITALL | (submission.prompt ? MSG_DONTWAIT : 0);
  const int descriptor = ring.local(submission.descriptor);
  if (submission.segments == nullptr) {
    io_uring_prep_send(&entry, descriptor, submission.data, submission.size, flags);
  } else {
    msghdr& header = ring.header_of(entry);
    header.msg_iov = const_cast<iovec*>(submission.segments);
    header.msg_iovlen = submission.size;
    io_uring_prep_sendmsg(&entry, descriptor, &header, static_cast<unsigned>(flags));
  }
  entry.flags = submission.prompt ? IOSQE_FIXED_FILE | IOSQE_CQE_SKIP_SUCCESS : IOSQE_FIXED_FILE;
}

void fill_cancel(io_uring_sqe& entry, int descriptor) noexcept {
  io_uring_prep_cancel_fd(&entry, descriptor,
                          IORING_ASYNC_CANCEL_ALL | IORING_ASYNC_CANCEL_FD_FIXED);
}

void fill_close(io_uring_sqe& entry, UringRing& ring, Descriptor descriptor) noexcept {
  io_uring_prep_close_direct(&entry, static_cast<unsigned>(ring.local(descriptor)));
  entry.flags |= IOSQE_CQE_SKIP_SUCCESS;
  ring.leave_place();
}

}  // namespace

// ---- Which ring ---------------------------------------------------------------------------------

UringRing& UringDriver::ring_of(Descriptor descriptor) noexcept {
  if (rings_.size() == 1) [[likely]]
    return *rings_.front();
  const std::size_t ring = descriptor / descriptors_per_ring_;
  CHECK(ring < rings_.size());
  rings_in_use_ = std::max(rings_in_use_, ring + 1);
  return *rings_[ring];
}

// The first ring with places to spare, so that few are in use; else the one that has most.
UringRing& UringDriver::ring_with_place() noexcept {
  std::size_t best = 0;
  for (std::size_t i = 0; i < rings_.size(); ++i) {
    if (rings_[i]->free_places() > rings_[best]->free_places()) best = i;
    if (rings_[best]->free_places() > base::kRingPlacesAhead) break;
  }
  rings_in_use_ = std::max(rings_in_use_, best + 1);
  arrivals_.store(rings_[best]->fd(), std::memory_order_relaxed);
  return *rings_[best];
}

UringRing& UringDriver::ring_for(const Submission& submission) noexcept {
  if (submission.tag.kind == OperationKind::accept) [[unlikely]]
    return ring_with_place();
  if (submission.tag.kind == OperationKind::ring) [[unlikely]]
    return main_ring();
  return ring_of(submission.descriptor);
}

// ---- Which entry --------------------------------------------------------------------------------

bool UringDriver::stage(const Submission& submission) noexcept {
  if (submission.tag.kind == OperationKind::connect) return stage_connect(submission);
  UringRing& ring = ring_for(submission);
  io_uring_sqe* entry = ring.next_entry();
  if (entry == nullptr) return false;
  fill(*entry, ring, submission);
  entry->user_data = pack_tag(submission.tag);
  return true;
}

void UringDriver::fill(io_uring_sqe& entry, UringRing& ring,
                       const Submission& submission) noexcept {
  if (submission.tag.kind == OperationKind::send) [[likely]]
    return fill_send(entry, ring, submission);
  const int descriptor = ring.local(submission.descriptor);
  switch (submission.tag.kind) {
    case OperationKind::accept:
      return fill_accept(entry, submission);
    case OperationKind::receive:
      return fill_receive(entry, descriptor, submission);
    case OperationKind::poll:
      return fill_poll(entry, descriptor);
    case OperationKind::settle:
      return fill_settle(entry, submission);
    case OperationKind::hand_over:
      return fill_hand_over(entry, descriptor, submission);
    case OperationKind::cancel:
      return fill_cancel(entry, descriptor);
    case OperationKind::close:
      return fill_close(entry, ring, submission.descriptor);
    case OperationKind::ring:
      return fill_ring(entry, submission);
    case OperationKind::send:
    case OperationKind::connect:
    case OperationKind::arrival:
    case OperationKind::wake:
      CHECK(false && "nobody submits a wake; see submit_ring()");
  }
}

void UringDriver::fill_accept(io_uring_sqe& entry, const Submission& submission) noexcept {
  CHECK(submission.tag.slot < listeners_.size());
  const int listener = listeners_[submission.tag.slot];
  sockaddr* name = nullptr;
  socklen_t* size = nullptr;
  if (PeerName* peer = submission.peer; peer != nullptr) {
    peer->size = sizeof peer->socket;
    name = reinterpret_cast<sockaddr*>(&peer->socket);
    size = &peer->size;
  }
  io_uring_prep_multishot_accept_direct(&entry, listener, name, size, 0);
  if (submission.once) entry.ioprio &= static_cast<__u16>(~IORING_ACCEPT_MULTISHOT);
}

void UringDriver::fill_hand_over(io_uring_sqe& entry, int descriptor,
                                 const Submission& submission) noexcept {
  CHECK(submission.shard < peers_.size());
  const Tag arrival{OperationKind::arrival, submission.ticket, options_.shard};
  const int ring = peers_[submission.shard]->arrivals_.load(std::memory_order_relaxed);
  io_uring_prep_rw(IORING_OP_MSG_RING, &entry, ring,
                   reinterpret_cast<void*>(std::uintptr_t{IORING_MSG_SEND_FD}), 0,
                   pack_tag(arrival));
  entry.addr3 = static_cast<__u64>(descriptor);
  entry.file_index = IORING_FILE_INDEX_ALLOC;
}

void UringDriver::fill_ring(io_uring_sqe& entry, const Submission& submission) noexcept {
  CHECK(submission.tag.slot < peers_.size());
  const Tag wake{OperationKind::wake, options_.shard, 0};
  io_uring_prep_msg_ring(&entry, peers_[submission.tag.slot]->rings_.front()->fd(), 0,
                         pack_tag(wake), 0);
  entry.flags |= IOSQE_CQE_SKIP_SUCCESS;
}

bool UringDriver::stage_bell() noexcept {
  io_uring_sqe* entry = main_ring().next_entry();
  if (entry == nullptr) return false;
  io_uring_prep_poll_multishot(entry, bell_, POLLIN);
  entry->user_data = pack_tag({OperationKind::wake, options_.shard, 0});
  bell_armed_ = true;
  return true;
}

// A connect takes two steps: the socket is made and given its options as a process descriptor, put
// into a ring's table, and only then connected from there.
bool UringDriver::stage_connect(const Submission& submission) noexcept {
  CHECK(submission.address != nullptr);
  const int file = socket(submission.address->data()->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (file < 0) {
    failed_.push_back(Completion{.tag = submission.tag, .result = -errno});
    return true;
  }
  UringRing& ring = ring_with_place();
  io_uring_sqe* entry = ring.next_entry();
  if (entry == nullptr) {
    close(file);
    return false;
  }
  ring.take_place();
  set_option(file, IPPROTO_TCP, TCP_NODELAY, 1);
  const std::uint32_t index = free_connecting();
  connecting_[index] = {file, file, submission.tag.generation, &ring, *submission.address};
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

}  // namespace engine
