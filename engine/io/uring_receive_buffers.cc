#include "engine/io/uring_receive_buffers.h"

#include <sys/mman.h>

#include <bit>
#include <cstring>

#include "base/check.h"
#include "base/limits.h"

namespace engine {

namespace {

constexpr int kBufferGroup = 0;

void* map_memory(std::size_t bytes) noexcept {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

}  // namespace

UringReceiveBuffers::~UringReceiveBuffers() {
  if (ring_ != nullptr) munmap(ring_, count_ * sizeof(io_uring_buf));
  if (memory_ != nullptr) munmap(memory_, std::size_t{count_} * bytes_);
}

base::Status UringReceiveBuffers::open(io_uring& ring, std::uint32_t count, std::uint32_t bytes) {
  CHECK(std::has_single_bit(count));
  CHECK(count <= base::kReceiveBuffersMost);
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
  registration.bgid = kBufferGroup;
  const int error = io_uring_register_buf_ring(&ring, &registration, 0);
  if (error < 0) {
    return base::Error{std::string("the kernel refused the receive buffers: ") +
                       std::strerror(-error)};
  }
  io_uring_buf_ring_init(ring_);
  lent_ = count;
  for (std::uint32_t i = 0; i < count; ++i) give_back(static_cast<RingBuffer>(i));
  publish();
  return {};
}

std::byte* UringReceiveBuffers::lend(RingBuffer buffer) noexcept {
  CHECK(buffer < count_);
  CHECK(lent_ < count_);
  ++lent_;
  return at(buffer);
}

void UringReceiveBuffers::give_back(RingBuffer buffer) noexcept {
  CHECK(lent_ > 0);
  --lent_;
  io_uring_buf_ring_add(ring_, at(buffer), bytes_, buffer, static_cast<int>(count_ - 1),
                        static_cast<int>(returned_));
  ++returned_;
}

void UringReceiveBuffers::publish() noexcept {
  if (returned_ == 0) return;
  io_uring_buf_ring_advance(ring_, static_cast<int>(returned_));
  returned_ = 0;
}

}  // namespace engine
