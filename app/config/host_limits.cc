#include "app/config/host_limits.h"

#include <fmt/format.h>

#include "app/config/options.h"
#include "base/limits.h"
#include "engine/shard/host_limits.h"

namespace app {

base::Status fit_to_host(Options& options) {
  engine::raise_open_file_limit();
  const std::uint64_t limit = engine::descriptor_table_limit();
  if (limit <= base::kRefusalDescriptors) {
    return base::Error{fmt::format("the open-file limit is {}: raise it (ulimit -n) to at least {}",
                                   limit, base::kRefusalDescriptors + 1)};
  }
  const std::uint64_t per_shard = limit - base::kRefusalDescriptors;
  if (options.connections > per_shard * options.shards) {
    const std::uint64_t shards = (options.connections + per_shard - 1) / per_shard;
    return base::Error{fmt::format(
        "--connections {}: the open-file limit of {} allows {} per shard, {} in all: raise it "
        "(ulimit -n), use --shards {}, or lower --connections",
        options.connections, limit, per_shard, per_shard * options.shards, shards)};
  }
  return {};
}

}  // namespace app
