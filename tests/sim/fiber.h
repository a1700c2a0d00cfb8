// Fiber: a stack of its own, on which a shard runs its loop while the world decides when.
//
// A shard that sleeps must be seen asleep by the others, in the middle of its turn, or the bells
// between shards would never be tested; so its turn really stops there and goes on later. The
// sanitizers are told of every switch. Threads: one for all fibers. Bound: the stack. A fiber that
// is destroyed before its body ended is dropped where it stood: nothing on its stack is destroyed.
#pragma once

#include <ucontext.h>

#include <cstddef>
#include <functional>
#include <memory>

namespace sim {

class Fiber {
 public:
  explicit Fiber(std::function<void()> body);
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Runs the body until it pauses or ends. From outside.
  void resume();
  // Goes back to whoever resumed. From within the body.
  void pause();

  bool ended() const noexcept { return ended_; }

 private:
  static void enter();
  void run();
  void arrived_inside(void* inside);
  void leave(void** keep_inside);

  std::function<void()> body_;
  std::unique_ptr<std::byte[]> stack_;
  ucontext_t inside_{};
  ucontext_t outside_{};
  bool ended_ = false;
  // What the sanitizers keep per stack, where there are any.
  [[maybe_unused]] const void* outside_stack_ = nullptr;
  [[maybe_unused]] std::size_t outside_bytes_ = 0;
  [[maybe_unused]] void* fake_inside_ = nullptr;
  [[maybe_unused]] void* race_inside_ = nullptr;
  [[maybe_unused]] void* race_outside_ = nullptr;
};

}  // namespace sim
