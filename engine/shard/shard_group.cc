#include "engine/shard/shard_group.h"

#include <pthread.h>
#include <sched.h>

#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "engine/shard/time_slice.h"

namespace engine {

namespace {

constexpr std::uint64_t kSeedStride = 0x9E3779B97F4A7C15U;  // Keeps the shards' seeds apart.

void pin_this_thread(std::uint32_t shard, std::uint32_t cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (pthread_setaffinity_np(pthread_self(), sizeof set, &set) != 0) {
    base::log_warn("shard {} could not be pinned to cpu {}", shard, cpu);
  }
}

}  // namespace

base::Result<std::unique_ptr<ShardGroup>> ShardGroup::open(const ShardGroupOptions& options,
                                                           ShardProgramFactory& programs) {
  CHECK(options.shards > 0);
  std::unique_ptr<ShardGroup> group(new ShardGroup(options));
  if (base::Status status = group->open_shards(programs); !status.ok()) return status.error();
  return group;
}

base::Status ShardGroup::open_shards(ShardProgramFactory& programs) {
  if (base::Status status = lanes_.open(options_.shards); !status.ok()) return status;
  bound_ = options_.listen;
  std::vector<ActiveDriver*> drivers;
  for (std::uint32_t number = 0; number < options_.shards; ++number) {
    DriverOptions driver_options = options_.driver;
    driver_options.shard = number;
    driver_options.seed += number * kSeedStride;
    auto driver = ActiveDriver::open(driver_options);
    if (!driver.ok()) return driver.error();
    if (base::Status status = listen_on(number, *driver.value()); !status.ok()) return status;
    shards_.push_back(std::make_unique<Shard>(number, driver.take(), lanes_, options_.park_after));
    drivers.push_back(&shards_.back()->driver());
    base::Status status = shards_.back()->open(driver_options.descriptors);
    if (!status.ok()) return status;
  }
  for (ActiveDriver* driver : drivers) driver->meet(drivers);
  for (const auto& shard : shards_) shard->set_program(programs.make(*shard));
  return {};
}

base::Status ShardGroup::listen_on(std::uint32_t shard, ActiveDriver& driver) {
  for (std::size_t i = 0; i < bound_.size(); ++i) {
    const auto listening = driver.listen(bound_[i]);
    if (!listening.ok()) return listening.error();
    // The first shard's answer settles the port for those that follow.
    if (shard == 0) bound_[i] = listening.value().bound;
  }
  return {};
}

ShardGroup::~ShardGroup() {
  if (!threads_.empty()) {
    stop();
    join();
  }
  drop_messages();
}

base::Status ShardGroup::start() {
  CHECK(threads_.empty());
  running_.store(static_cast<std::uint32_t>(shards_.size()), std::memory_order_relaxed);
  for (const auto& shard : shards_) {
    threads_.emplace_back([this, number = shard->number()] {
      run_shard(number);
      running_.fetch_sub(1, std::memory_order_release);
    });
  }
  return {};
}

void ShardGroup::run_shard(std::uint32_t number) {
  const std::string name = options_.thread_name + "-" + std::to_string(number);
  pthread_setname_np(pthread_self(), name.c_str());
  if (!options_.cpus.empty()) {
    pin_this_thread(number, options_.cpus[number % options_.cpus.size()]);
  }
  // A kernel that knows no slices serves everybody all the same, only less evenly.
  if (shards_.size() > std::thread::hardware_concurrency()) {
    static_cast<void>(set_time_slice(base::kCrowdedSlice));
  }
  Shard& shard = *shards_[number];
  if (const base::Status status = shard.start(); !status.ok()) {
    base::log_error("shard {} did not start: {}", number, status.error().message);
    return;
  }
  shard.run();
}

void ShardGroup::drain(base::Duration grace) noexcept {
  for (const auto& shard : shards_) shard->request_drain(grace);
}

void ShardGroup::stop() noexcept {
  for (const auto& shard : shards_) shard->request_stop();
}

void ShardGroup::join() {
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

// What is still in the lanes goes back to the pools that it came from, before those go.
void ShardGroup::drop_messages() {
  const auto drop = [](const ShardMessage& message) {
    if (message.parcel != nullptr) message.parcel->release();
  };
  for (std::uint32_t from = 0; from < lanes_.shards(); ++from) {
    for (std::uint32_t to = 0; to < lanes_.shards(); ++to) {
      if (from != to) lanes_.lane(from, to).drain(base::kLaneEntries, drop);
    }
  }
  for (const auto& shard : shards_) shard->mailbox().drop_waiting();
}

}  // namespace engine
