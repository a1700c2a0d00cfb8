// read_named_file(): what is in a file that the configuration names: keys, secrets, the file
// itself.
//
// Any thread; blocks, so not a shard's. Bound: the caller's; a longer file is refused, not cut.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace app {

// The error says why, without the name: "cannot be read: No such file or directory".
base::Result<std::string> read_named_file(const std::string& path, std::size_t bytes_max);

}  // namespace app
