// CHECK, DCHECK and maybe: the three strengths of assertion about our own code.
//
// CHECK holds in production too: it prints where and what to stderr and aborts, because a gateway
// that goes on after a broken invariant corrupts what it serves. DCHECK is for O(N) conditions and
// inner loops; it is compiled in where MILLRACE_DCHECK is 1 (dev, sanitizer and simulator builds).
// Neither ever judges what a peer or the kernel sent: see protocol/violation.h for that.
// Any thread may use them; the passing path costs one predicted branch.
#pragma once

namespace base {

// Reports the failed condition and aborts. Out of line, so that a CHECK site stays small.
[[noreturn, gnu::cold, gnu::noinline]] void check_failed(const char* condition, const char* file,
                                                         int line) noexcept;

// Documents a condition that may hold or not, where both cases are met and both are handled.
constexpr void maybe(bool /*condition*/) noexcept {}

}  // namespace base

#define CHECK(condition)                                  \
  (__builtin_expect(static_cast<bool>(condition), 1) != 0 \
       ? static_cast<void>(0)                             \
       : ::base::check_failed(#condition, __FILE__, __LINE__))

#if defined(MILLRACE_DCHECK) && MILLRACE_DCHECK
#define DCHECK(condition) CHECK(condition)
#else
// The condition is still compiled, so that it cannot rot, but never evaluated.
#define DCHECK(condition) static_cast<void>(sizeof(static_cast<bool>(condition)))
#endif
