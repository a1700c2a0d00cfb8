#include "engine/shard/lanes.h"

namespace engine {

base::Status Lanes::open(std::uint32_t shards) {
  CHECK(shards > 0);
  CHECK(shards <= base::kShardsMost);
  shards_ = shards;
  if (base::Status status = lanes_.open(shards * shards); !status.ok()) return status;
  if (base::Status status = doors_.open(shards); !status.ok()) return status;
  return populations_.open(shards);
}

}  // namespace engine
