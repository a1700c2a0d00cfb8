// Token secret: what the tokens of a run are signed with, which the gateway must know as well.
//
// Called once at start, on the main thread. The secret is never printed. Bound:
// kTokenSecretBytesMax.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace loadgen {

inline constexpr std::size_t kTokenSecretBytesMax = 4096;

// From the file, but for a line end after it; without a file from MILLRACE_LOAD_TOKEN_SECRET. The
// error is one line that says what to do.
base::Result<std::string> read_token_secret(const std::string& file);

}  // namespace loadgen
