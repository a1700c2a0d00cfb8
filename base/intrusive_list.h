// IntrusiveList: a doubly linked list whose links live in its elements; unlinking is O(1).
//
// An element derives from ListNode<Tag>, once for each list that it may be on at the same time. The
// list owns nothing and allocates nothing; it and its elements belong to one thread and stay where
// they are, which is why neither can be copied. An element that is destroyed leaves its list.
//
// Invariants:
//   (1) The links form a ring through the list's own node; an unlinked node is a ring of itself.
//   (2) A node is on at most one list per tag.
#pragma once

#include "base/check.h"

namespace base {

template <typename T, typename Tag>
class IntrusiveList;

template <typename Tag = void>
class ListNode {
 public:
  ListNode() = default;
  ListNode(const ListNode&) = delete;
  ListNode& operator=(const ListNode&) = delete;
  ~ListNode() { unlink(); }

  // Takes the node off its list, if it is on one.
  void unlink() noexcept {
    previous_->next_ = next_;
    next_->previous_ = previous_;
    previous_ = this;
    next_ = this;
  }

  bool linked() const noexcept { return next_ != this; }

 private:
  template <typename T, typename ListTag>
  friend class IntrusiveList;

  void link_before(ListNode& successor) noexcept {
    CHECK(!linked());
    previous_ = successor.previous_;
    next_ = &successor;
    previous_->next_ = this;
    successor.previous_ = this;
  }

  ListNode* previous_ = this;
  ListNode* next_ = this;
};

template <typename T, typename Tag = void>
class IntrusiveList {
 public:
  class Iterator {
   public:
    explicit Iterator(ListNode<Tag>* node) noexcept : node_(node) {}
    T& operator*() const noexcept { return static_cast<T&>(*node_); }
    T* operator->() const noexcept { return &**this; }
    Iterator& operator++() noexcept {
      node_ = node_->next_;
      return *this;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    ListNode<Tag>* node_;
  };

  IntrusiveList() = default;
  IntrusiveList(const IntrusiveList&) = delete;
  IntrusiveList& operator=(const IntrusiveList&) = delete;
  ~IntrusiveList() { clear(); }

  void push_back(T& element) noexcept { node_of(element).link_before(ring_); }
  void push_front(T& element) noexcept { node_of(element).link_before(*ring_.next_); }

  // Unlinks and returns the first element, or nullptr when the list is empty.
  T* pop_front() noexcept {
    T* const first = front();
    if (first != nullptr) node_of(*first).unlink();
    return first;
  }

  // Unlinks all elements, in O(N).
  void clear() noexcept {
    while (pop_front() != nullptr) {
    }
  }

  T* front() noexcept { return element_of(ring_.next_); }
  T* back() noexcept { return element_of(ring_.previous_); }
  bool empty() const noexcept { return !ring_.linked(); }

  // A loop over the list may unlink any element but the one that it stands on.
  Iterator begin() noexcept { return Iterator(ring_.next_); }
  Iterator end() noexcept { return Iterator(&ring_); }

 private:
  static ListNode<Tag>& node_of(T& element) noexcept { return element; }

  T* element_of(ListNode<Tag>* node) noexcept {
    return node == &ring_ ? nullptr : static_cast<T*>(node);
  }

  ListNode<Tag> ring_;
};

}  // namespace base
