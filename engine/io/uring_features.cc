#include "engine/io/uring_features.h"

#include <sys/utsname.h>

#include <cerrno>
#include <cstring>

#include "engine/io/uring_abi.h"

namespace engine {

namespace {

constexpr unsigned kProbeEntries = 8;
constexpr unsigned kFloorFlags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;

std::string kernel_release() {
  utsname names{};
  if (uname(&names) != 0) return "unknown";
  return names.release;
}

}  // namespace

std::string explain_setup_error(int error) {
  const std::string kernel = "Linux " + kernel_release();
  switch (error) {
    case EINVAL:
      return kernel +
             " is older than Linux 6.1, which Millrace needs for io_uring with deferred "
             "task work; run a newer kernel (Debian 12's own is 6.1)";
    case ENOSYS:
      return kernel +
             " has no io_uring to offer: in a container, allow the io_uring_* calls in the "
             "seccomp profile; elsewhere, run a kernel that has CONFIG_IO_URING";
    case EPERM:
    case EACCES:
      return "io_uring is forbidden here: set sysctl kernel.io_uring_disabled=0, or allow the "
             "io_uring_* calls in the container's seccomp profile";
    case ENOMEM:
      return "the kernel has no memory for a ring: raise the limit of locked memory (ulimit -l, "
             "LimitMEMLOCK= in a unit), which some kernels count rings against, or the cgroup's "
             "memory.max";
    case EMFILE:
    case ENFILE:
      return "no file descriptor is left for a ring: raise the open-file limit (ulimit -n)";
    default:
      return std::string("io_uring_setup failed: ") + std::strerror(error);
  }
}

base::Result<UringFeatures> UringFeatures::probe() {
  io_uring_params parameters{};
  parameters.flags = kFloorFlags;
  io_uring ring{};
  const int error = io_uring_queue_init_params(kProbeEntries, &ring, &parameters);
  if (error < 0) return base::Error{explain_setup_error(-error)};
  io_uring_queue_exit(&ring);
  UringFeatures features;
  features.kernel = kernel_release();
  features.receive_send_bundle = (parameters.features & IORING_FEAT_RECVSEND_BUNDLE) != 0;
  features.min_wait = (parameters.features & IORING_FEAT_MIN_TIMEOUT) != 0;
  features.no_iowait = (parameters.features & IORING_FEAT_NO_IOWAIT) != 0;
  return features;
}

std::vector<UringFeatures::Line> UringFeatures::lines() const {
  return {
      {"single issuer, deferred task work", "6.1", true, true},
      {"multishot accept into direct descriptors", "6.0", true, true},
      {"multishot receive from a provided-buffer ring", "6.0", true, true},
      {"ring messages between shards", "5.18", true, true},
      {"receive and send bundles", "6.10", receive_send_bundle, false},
      {"minimum wait", "6.12", min_wait, false},
      {"waits that do not count as iowait", "6.15", no_iowait, no_iowait},
  };
}

}  // namespace engine
