#include "tests/sim/fiber.h"

#include <utility>

#include "base/check.h"
#include "tests/sim/sanitizers.h"

namespace sim {

namespace {

constexpr std::size_t kStackBytes = std::size_t{256} << 10;

// The fiber that is being resumed: makecontext() passes no pointers.
thread_local Fiber* entering = nullptr;

}  // namespace

Fiber::Fiber(std::function<void()> body)
    : body_(std::move(body)), stack_(std::make_unique_for_overwrite<std::byte[]>(kStackBytes)) {
  CHECK(getcontext(&inside_) == 0);
  inside_.uc_stack.ss_sp = stack_.get();
  inside_.uc_stack.ss_size = kStackBytes;
  inside_.uc_link = nullptr;
  makecontext(&inside_, &Fiber::enter, 0);
#ifdef MILLRACE_SIM_TSAN
  race_inside_ = __tsan_create_fiber(0);
#endif
}

Fiber::~Fiber() {
#ifdef MILLRACE_SIM_TSAN
  __tsan_destroy_fiber(race_inside_);
#endif
#ifdef MILLRACE_SIM_ASAN
  // What the dropped frames had poisoned must not outlive them.
  ASAN_UNPOISON_MEMORY_REGION(stack_.get(), kStackBytes);
#endif
}

void Fiber::enter() { entering->run(); }

void Fiber::run() {
  arrived_inside(nullptr);
  body_();
  ended_ = true;
  leave(nullptr);
  CHECK(false && "a fiber that ended was resumed");
}

void Fiber::resume() {
  CHECK(!ended_);
#ifdef MILLRACE_SIM_ASAN
  void* fake_outside = nullptr;
  __sanitizer_start_switch_fiber(&fake_outside, stack_.get(), kStackBytes);
#endif
#ifdef MILLRACE_SIM_TSAN
  race_outside_ = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(race_inside_, 0);
#endif
  entering = this;
  CHECK(swapcontext(&outside_, &inside_) == 0);
#ifdef MILLRACE_SIM_ASAN
  __sanitizer_finish_switch_fiber(fake_outside, nullptr, nullptr);
#endif
}

void Fiber::pause() {
  leave(&fake_inside_);
  arrived_inside(fake_inside_);
}

void Fiber::arrived_inside([[maybe_unused]] void* fake_inside) {
#ifdef MILLRACE_SIM_ASAN
  __sanitizer_finish_switch_fiber(fake_inside, &outside_stack_, &outside_bytes_);
#endif
}

void Fiber::leave([[maybe_unused]] void** keep_inside) {
#ifdef MILLRACE_SIM_ASAN
  __sanitizer_start_switch_fiber(keep_inside, outside_stack_, outside_bytes_);
#endif
#ifdef MILLRACE_SIM_TSAN
  __tsan_switch_to_fiber(race_outside_, 0);
#endif
  CHECK(swapcontext(&inside_, &outside_) == 0);
}

}  // namespace sim
