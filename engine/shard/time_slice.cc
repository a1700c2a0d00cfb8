#include "engine/shard/time_slice.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace engine {

namespace {

// The kernel's struct sched_attr, first version; glibc 2.36 has none.
struct SchedulingAttributes {
  std::uint32_t size = sizeof(SchedulingAttributes);
  std::uint32_t policy = 0;  // SCHED_OTHER.
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime = 0;  // Nanoseconds.
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;
};

static_assert(sizeof(SchedulingAttributes) == 48);

}  // namespace

bool set_time_slice(base::Duration slice) noexcept {
  SchedulingAttributes attributes;
  if (syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0) return false;
  if (attributes.policy != 0) return false;  // Somebody gave it a policy of its own.
  attributes.runtime = static_cast<std::uint64_t>(slice.count());
  return syscall(SYS_sched_setattr, 0, &attributes, 0) == 0;
}

}  // namespace engine
