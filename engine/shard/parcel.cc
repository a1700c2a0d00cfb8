#include "engine/shard/parcel.h"

#include <cstdlib>
#include <new>

#include "base/limits.h"

namespace engine {

void Parcel::release() noexcept {
  // acq_rel: the owner must not reuse the bytes before every reader has finished with them.
  if (readers_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  std::atomic<Parcel*>& stack = owner_->returned_;
  next_ = stack.load(std::memory_order_relaxed);
  while (!stack.compare_exchange_weak(next_, this, std::memory_order_release,
                                      std::memory_order_relaxed)) {
  }
}

ParcelPool::~ParcelPool() {
  take_returned();
  for (Parcel*& first : free_) {
    while (first != nullptr) {
      Parcel* parcel = first;
      first = parcel->next_;
      std::free(parcel);
    }
  }
}

Parcel* ParcelPool::allocate(std::uint32_t size) {
  std::size_t size_class = 0;
  while (size_class < kCapacities.size() && kCapacities[size_class] < size) ++size_class;
  const bool pooled = size_class < kCapacities.size();
  if (!pooled || free_[size_class] == nullptr) take_returned();
  Parcel* parcel = nullptr;
  if (pooled && free_[size_class] != nullptr) {
    parcel = free_[size_class];
    free_[size_class] = parcel->next_;
    --free_count_[size_class];
    parcel->readers_.store(1, std::memory_order_relaxed);
  } else {
    const std::uint32_t capacity = pooled ? kCapacities[size_class] : size;
    void* memory = std::malloc(sizeof(Parcel) + capacity);
    CHECK(memory != nullptr);
    ++existing_;
    bytes_ += sizeof(Parcel) + capacity;
    parcel = new (memory) Parcel;
    parcel->owner_ = this;
    parcel->capacity_ = capacity;
  }
  parcel->size_ = size;
  return parcel;
}

// Only this thread takes, and it takes all at once, so the stack has no ABA problem.
void ParcelPool::take_returned() noexcept {
  Parcel* parcel = returned_.exchange(nullptr, std::memory_order_acquire);
  while (parcel != nullptr) {
    Parcel* next = parcel->next_;
    keep_or_free(parcel);
    parcel = next;
  }
}

void ParcelPool::keep_or_free(Parcel* parcel) noexcept {
  std::size_t size_class = 0;
  while (size_class < kCapacities.size() && kCapacities[size_class] != parcel->capacity_) {
    ++size_class;
  }
  const bool keep =
      size_class < kCapacities.size() &&
      std::uint64_t{free_count_[size_class]} * parcel->capacity_ < base::kParcelIdleBytesMax;
  if (!keep) {
    --existing_;
    bytes_ -= sizeof(Parcel) + parcel->capacity_;
    std::free(parcel);
    return;
  }
  parcel->next_ = free_[size_class];
  free_[size_class] = parcel;
  ++free_count_[size_class];
}

}  // namespace engine
