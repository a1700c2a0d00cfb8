// The sanitizers' interfaces for those who play with memory and stacks themselves, and whether they
// are there: MILLRACE_SIM_ASAN, MILLRACE_SIM_TSAN. Only tests/sim/*.cc include it.
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define MILLRACE_SIM_ASAN 1
#endif
#if defined(__SANITIZE_THREAD__)
#define MILLRACE_SIM_TSAN 1
#endif
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MILLRACE_SIM_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define MILLRACE_SIM_TSAN 1
#endif
#endif

#ifdef MILLRACE_SIM_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef MILLRACE_SIM_TSAN
#include <sanitizer/tsan_interface.h>
#endif
