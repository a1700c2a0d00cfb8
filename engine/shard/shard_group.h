// ShardGroup: the shards of one process: opened together, a thread each, drained and joined.
//
// open() takes every resource and reports what the host lacks, before any thread runs. Threads:
// everything here is called by the thread that owns the group; the shards' own run inside.
// Bounds: kShardsMost shards. It is the one place in the engine that starts threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "engine/io/address.h"
#include "engine/io/driver_options.h"
#include "engine/shard/lanes.h"
#include "engine/shard/shard.h"
#include "engine/shard/shard_program.h"

namespace engine {

struct ShardGroupOptions {
  std::uint32_t shards = 1;
  std::vector<std::uint32_t> cpus;  // Shard i is pinned to cpus[i % size]; empty: not pinned.
  std::vector<Address> listen;      // Port 0 is chosen by the kernel, once for all shards.
  base::Duration park_after = base::kParkAfterDefault;  // See engine/connection/connections.h.
  DriverOptions driver;  // Of each shard; `shard` and `seed` are filled in.
  std::string thread_name = "shard";
};

class ShardGroup {
 public:
  static base::Result<std::unique_ptr<ShardGroup>> open(const ShardGroupOptions& options,
                                                        ShardProgramFactory& programs);
  // Stops what still runs.
  ~ShardGroup();
  ShardGroup(const ShardGroup&) = delete;
  ShardGroup& operator=(const ShardGroup&) = delete;

  // Starts a pinned thread per shard.
  base::Status start();
  void drain(base::Duration grace) noexcept;
  void stop() noexcept;
  // Every shard has ended, and join() will not wait.
  bool ended() const noexcept { return running_.load(std::memory_order_acquire) == 0; }
  // Returns when every shard has ended.
  void join();

  std::span<const std::unique_ptr<Shard>> shards() const noexcept { return shards_; }
  // What is really listened on, in the order of the options.
  std::span<const Address> bound() const noexcept { return bound_; }

 private:
  explicit ShardGroup(const ShardGroupOptions& options) : options_(options) {}
  base::Status open_shards(ShardProgramFactory& programs);
  base::Status listen_on(std::uint32_t shard, ActiveDriver& driver);
  void run_shard(std::uint32_t number);
  void drop_messages();

  ShardGroupOptions options_;
  Lanes lanes_;
  std::vector<Address> bound_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::vector<std::thread> threads_;
  std::atomic<std::uint32_t> running_{0};
};

}  // namespace engine
