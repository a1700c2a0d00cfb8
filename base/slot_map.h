// SlotMap: a fixed pool of T, addressed by handles that cannot be mistaken once a slot is reused.
//
// A handle is {index, generation}. Erasing a slot changes its generation, so a late handle finds
// nothing instead of a stranger. Freed slots are reused last-in-first-out, while still in the
// cache.
//
// Threads:    one: the map belongs to its shard.
// Limits:     `capacity` slots, reserved at construction and touched only when first used, so that
//             a large map costs memory for what it has held at once, not for what it could hold.
// When full:  try_insert() returns the null handle, and nothing has happened.
//
// Invariants:
//   (1) Slots [0, touched_) have been constructed once; the rest is untouched memory.
//   (2) A slot is live exactly when its generation is odd; the null handle's is even.
//   (3) The free list holds every touched slot that is not live, and nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

#include "base/check.h"

namespace base {

struct Handle {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;

  explicit operator bool() const noexcept { return generation != 0; }
  friend bool operator==(const Handle&, const Handle&) = default;
};

template <typename T>
class SlotMap {
 public:
  explicit SlotMap(std::uint32_t capacity) : capacity_(capacity) {
    CHECK(capacity < kNoSlot);
    slots_ = static_cast<Slot*>(
        ::operator new(sizeof(Slot) * capacity, std::align_val_t{alignof(Slot)}));
  }
  SlotMap(const SlotMap&) = delete;
  SlotMap& operator=(const SlotMap&) = delete;
  ~SlotMap() {
    clear();
    ::operator delete(slots_, std::align_val_t{alignof(Slot)});
  }

  // Constructs a T in a free slot. Returns the null handle when there is none.
  template <typename... Arguments>
  [[nodiscard]] Handle try_insert(Arguments&&... arguments) {
    if (size_ == capacity_) return Handle{};
    const std::uint32_t index = take_free_slot();
    Slot& slot = slots_[index];
    std::construct_at(slot.element(), std::forward<Arguments>(arguments)...);
    ++slot.generation;
    CHECK(is_live(slot));
    ++size_;
    return Handle{index, slot.generation};
  }

  // Destroys the element. False when the handle is stale; then nothing has happened.
  bool erase(Handle handle) noexcept {
    if (find(handle) == nullptr) return false;
    Slot& slot = slots_[handle.index];
    ++slot.generation;  // Invariant (2); before the destructor, which may look itself up.
    std::destroy_at(slot.element());
    slot.next_free = free_head_;
    free_head_ = handle.index;
    --size_;
    return true;
  }

  void clear() noexcept {
    for (std::uint32_t index = 0; index < touched_; ++index) {
      if (is_live(slots_[index])) erase(Handle{index, slots_[index].generation});
    }
    CHECK(size_ == 0);
  }

  // The element, or nullptr when the handle is null, stale or never came from this map.
  [[nodiscard]] T* find(Handle handle) noexcept {
    if (handle.index >= touched_) return nullptr;
    Slot& slot = slots_[handle.index];
    return slot.generation == handle.generation && is_live(slot) ? slot.element() : nullptr;
  }
  [[nodiscard]] const T* find(Handle handle) const noexcept {
    return const_cast<SlotMap*>(this)->find(handle);
  }

  // The live handle of a slot, or the null handle: for cursors that sweep [0, touched()).
  [[nodiscard]] Handle handle_at(std::uint32_t index) const noexcept {
    if (index >= touched_ || !is_live(slots_[index])) return Handle{};
    return Handle{index, slots_[index].generation};
  }

  // Calls visit(handle, element) for every live element, by index. visit may erase, not insert.
  template <typename Visit>
  void for_each(Visit&& visit) {
    for (std::uint32_t index = 0; index < touched_; ++index) {
      if (const Handle handle = handle_at(index)) visit(handle, *slots_[index].element());
    }
  }

  std::uint32_t size() const noexcept { return size_; }
  std::uint32_t capacity() const noexcept { return capacity_; }
  bool full() const noexcept { return size_ == capacity_; }
  // One past the highest slot that was ever used.
  std::uint32_t touched() const noexcept { return touched_; }

 private:
  static constexpr std::uint32_t kNoSlot = UINT32_MAX;

  struct Slot {
    std::uint32_t generation = 0;
    std::uint32_t next_free = kNoSlot;
    alignas(T) std::byte storage[sizeof(T)];

    T* element() noexcept { return std::launder(reinterpret_cast<T*>(storage)); }
  };

  static bool is_live(const Slot& slot) noexcept { return (slot.generation & 1) != 0; }

  std::uint32_t take_free_slot() noexcept {
    if (free_head_ != kNoSlot) {
      const std::uint32_t index = free_head_;
      free_head_ = slots_[index].next_free;
      return index;
    }
    CHECK(touched_ < capacity_);
    ::new (static_cast<void*>(&slots_[touched_])) Slot;
    return touched_++;
  }

  Slot* slots_ = nullptr;
  std::uint32_t capacity_ = 0;
  std::uint32_t size_ = 0;
  std::uint32_t touched_ = 0;
  std::uint32_t free_head_ = kNoSlot;
};

}  // namespace base
