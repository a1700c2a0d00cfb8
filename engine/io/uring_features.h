// UringFeatures: what this kernel's io_uring can do, found by asking it, never by its version
// alone.
//
// probe() opens a small ring and closes it again; call it once at start from any thread. Below the
// floor (Linux 6.1: SINGLE_ISSUER, DEFER_TASKRUN, multishot receive) it answers with one line that
// says what is missing and what the operator can do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace engine {

struct UringFeatures {
  std::string kernel;                // As uname says, for reports.
  bool receive_send_bundle = false;  // 6.10
  bool min_wait = false;             // 6.12
  bool no_iowait = false;            // 6.15: idle waits do not count as waiting for a disk.

  struct Line {
    std::string_view feature;
    std::string_view since;
    bool found;
    bool used;
  };
  // For `millrace --version --verbose`.
  std::vector<Line> lines() const;

  static base::Result<UringFeatures> probe();
};

// What an errno of io_uring_setup means, and what to do about it.
std::string explain_setup_error(int error);

}  // namespace engine
