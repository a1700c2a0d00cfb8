#include "app/config/host_limits.h"

#include <fmt/format.h>

#include "app/config/options.h"
#include "base/limits.h"
#include "engine/shard/host_limits.h"

namespace app {

base::Status fit_to_host(Options& options) {
  engine::raise_open_file_limit();
  const std::uint64_t files = engine::open_file_limit();
  const std::uint64_t most = engine::connections_limit(options.shards, files);
  if (options.connections > most) {
    return base::Error{fmt::format(
        "--connections {}: the open-file limit of {} allows {} with {} shards: raise it "
        "(ulimit -n), or lower --connections",
        options.connections, files, most, options.shards)};
  }
  return {};
}

}  // namespace app
