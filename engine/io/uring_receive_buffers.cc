#include "engine/io/uring_receive_buffers.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>

#include "base/check.h"
#include "base/limits.h"

namespace engine {

namespace {

constexpr std::uint32_t kPageBytes = 4096;
constexpr std::uint32_t kUsualOver = 16;  // Of so many receives usual_bytes_ is the average.

void* map_memory(std::size_t bytes) noexcept {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

}  // namespace

UringReceiveBuffers::~UringReceiveBuffers() {
  if (ring_ != nullptr) munmap(ring_, count_ * sizeof(io_uring_buf));
  if (memory_ != nullptr) munmap(memory_, std::size_t{count_} * bytes_);
}

base::Status UringReceiveBuffers::open(io_uring& ring, const ReceiveBuffersOptions& options) {
  const auto [group, first, count, bytes] = options;
  CHECK(std::has_single_bit(count));
  CHECK(count <= base::kReceiveBuffersMost);
  first_ = first;
  count_ = count;
  bytes_ = bytes;
  ring_ = static_cast<io_uring_buf_ring*>(map_memory(count * sizeof(io_uring_buf)));
  memory_ = static_cast<std::byte*>(map_memory(std::size_t{count} * bytes));
  if (ring_ == nullptr || memory_ == nullptr) {
    return base::Error{"no memory for " + std::to_string(count) + " receive buffers of " +
                       std::to_string(bytes) + " bytes"};
  }
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<std::uintptr_t>(ring_);
  registration.ring_entries = count;
  registration.bgid = group;
  const int error = io_uring_register_buf_ring(&ring, &registration, 0);
  if (error < 0) {
    return base::Error{std::string("the kernel refused the receive buffers: ") +
                       std::strerror(-error)};
  }
  io_uring_buf_ring_init(ring_);
  // Else one receive could take as much of the host as hundreds of them need.
  static_cast<void>(madvise(memory_, std::size_t{count} * bytes, MADV_NOHUGEPAGE));
  has_memory_.resize(count);
  free_.resize(count);
  std::iota(free_.rbegin(), free_.rend(), RingBuffer{0});
  wanted_ = std::min(count, base::kReceiveBuffersOffered);
  offers_left_ = base::kReceiveBuffersPeriod;
  publish();
  return {};
}

std::byte* UringReceiveBuffers::lend(RingBuffer buffer, std::uint32_t filled) noexcept {
  const std::uint32_t place = std::uint32_t{buffer} - first_;
  CHECK(place < count_);
  CHECK(lent_ < count_ && offered_ > 0);
  ++lent_;
  --offered_;
  lent_most_ = std::max(lent_most_, lent_);
  usual_bytes_ = usual_bytes_ - usual_bytes_ / kUsualOver + filled / kUsualOver;
  has_memory_[place] = true;
  if (offered_ == 0) wanted_ = std::min(count_, wanted_ * 2);  // The kernel may have lacked some.
  return at(place);
}

void UringReceiveBuffers::give_back(RingBuffer buffer) noexcept {
  CHECK(lent_ > 0);
  --lent_;
  free_.push_back(static_cast<RingBuffer>(buffer - first_));
}

void UringReceiveBuffers::publish() noexcept {
  int added = 0;
  const std::uint32_t most = offers_most();
  while (offered_ < most && !free_.empty()) {
    const RingBuffer place = free_.back();
    free_.pop_back();
    io_uring_buf_ring_add(ring_, at(place), bytes_, static_cast<RingBuffer>(first_ + place),
                          static_cast<int>(count_ - 1), added++);
    ++offered_;
  }
  if (added == 0) return;
  io_uring_buf_ring_advance(ring_, added);
  if (--offers_left_ == 0) end_period();
}

std::uint32_t UringReceiveBuffers::offers_most() const noexcept {
  const std::uint32_t hot = base::kReceiveBytesOffered / std::max(usual_bytes_, 1U);
  return std::min(wanted_, std::max(hot, base::kReceiveBuffersOfferedLeast));
}

void UringReceiveBuffers::end_period() noexcept {
  return_to_host();
  const bool too_many = wanted_ / 4 >= lent_most_ && wanted_ > base::kReceiveBuffersOffered;
  if (too_many) wanted_ /= 2;
  lent_most_ = lent_;
  offers_left_ = base::kReceiveBuffersPeriod;
}

// What is free after publish() was offered when more was wanted, if ever.
void UringReceiveBuffers::return_to_host() noexcept {
  if (bytes_ % kPageBytes != 0) return;  // A page of several buffers.
  for (const RingBuffer place : free_) {
    if (!has_memory_[place]) continue;
    has_memory_[place] = madvise(at(place), bytes_, MADV_DONTNEED) != 0;
  }
}

}  // namespace engine
