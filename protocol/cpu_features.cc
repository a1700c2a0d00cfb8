#include "protocol/cpu_features.h"

namespace protocol::detail {

namespace {

bool has_avx2() noexcept {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") != 0;
#else
  return false;
#endif
}

}  // namespace

const bool kCpuHasAvx2 = has_avx2();

}  // namespace protocol::detail
